/** JSON Patch (RFC 6902), as the API server applies it: the first operation that fails fails all. */
import { deepEqual } from '../equal.ts';
import { isObject } from './merge.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export type Patched =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: 'BadRequest' | 'Invalid'; readonly message: string };

export function jsonPatch(target: unknown, patch: unknown): Patched {
  if (!Array.isArray(patch)) {
    return bad('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  let value = target;
  for (const given of patch as readonly unknown[]) {
    if (given !== null && !isObject(given)) {
      const found = Array.isArray(given) ? 'array' : typeof given;
      return bad(`json: cannot unmarshal ${found} into Go value of type jsonpatch.Operation`);
    }
    const { op = 'unknown', path, from } = given ?? {};
    if (typeof op !== 'string' || op === 'unknown') return invalid('Unexpected kind: unknown');
    const isWhole = typeof path === 'string' && (from === undefined || typeof from === 'string');
    if (!isWhole) return invalid(`${op} operation: missing path`);
    const next = apply(value, given as unknown as Operation);
    if (!next.ok) return next;
    value = next.value;
  }
  return { ok: true, value };
}

function apply(target: unknown, { op, path, from, value }: Operation): Patched {
  const at = pointer(path);
  switch (op) {
    case 'add':
      return edit(target, at, path, 'add', (parent, name) => insert(parent, name, value));
    case 'remove':
      return edit(target, at, path, 'remove', remove);
    case 'replace':
      if (find(target, at) === missing) return unable('replace', path, 'missing key');
      return edit(target, at, path, 'replace', (parent, name) => replace(parent, name, value));
    case 'test': {
      const found = find(target, at);
      const same = found === missing ? value === null : deepEqual(found, value);
      if (same) return { ok: true, value: target };
      return invalid(`testing value ${path} failed: test failed`);
    }
    case 'copy':
    case 'move': {
      const source = pointer(from ?? '');
      const found = find(target, source);
      if (found === missing) return unable(op, from ?? '', 'missing key');
      const without = op === 'copy' ? target : edit(target, source, from ?? '', op, remove);
      const base = op === 'copy' ? target : (without as { value: unknown }).value;
      return edit(base, at, path, op, (parent, name) => insert(parent, name, found));
    }
    default:
      return invalid(`Unexpected kind: ${op}`);
  }
}

type Edit = (parent: unknown, name: string) => unknown;

const missing = Symbol('missing');

function edit(
  target: unknown,
  at: readonly string[],
  path: string,
  op: string,
  change: Edit,
): Patched {
  if (at.length === 0) {
    const holder = change({ '': target }, '') as Record<string, unknown>;
    return { ok: true, value: holder[''] };
  }
  const value = descend(target, at, change);
  return value === missing ? unable(op, path, 'missing path') : { ok: true, value };
}

function descend(target: unknown, at: readonly string[], change: Edit): unknown {
  const [name, ...rest] = at;
  if (rest.length === 0) return change(target, name!);
  const child = find(target, [name!]);
  if (child === missing) return missing;
  const next = descend(child, rest, change);
  return next === missing ? missing : replace(target, name!, next);
}

function insert(parent: unknown, name: string, value: unknown): unknown {
  if (Array.isArray(parent)) {
    const index = name === '-' ? parent.length : Number(name);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) return missing;
    return [...parent.slice(0, index), value, ...parent.slice(index)];
  }
  return isObject(parent) ? { ...parent, [name]: value } : missing;
}

function replace(parent: unknown, name: string, value: unknown): unknown {
  if (!Array.isArray(parent)) return isObject(parent) ? { ...parent, [name]: value } : missing;
  const copy = [...parent];
  copy[Number(name)] = value;
  return copy;
}

function remove(parent: unknown, name: string): unknown {
  if (find(parent, [name]) === missing) return missing;
  if (Array.isArray(parent)) return parent.filter((_, i) => i !== Number(name));
  const { [name]: _, ...rest } = parent as Record<string, unknown>;
  return rest;
}

function find(target: unknown, at: readonly string[]): unknown {
  let value = target;
  for (const name of at) {
    if (Array.isArray(value)) {
      const index = Number(name);
      if (!/^\d+$/.test(name) || index >= value.length) return missing;
      value = value[index];
    } else if (isObject(value) && Object.hasOwn(value, name)) value = value[name];
    else return missing;
  }
  return value;
}

const pointer = (path: string): readonly string[] =>
  path === ''
    ? []
    : path
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const bad = (message: string): Patched => ({ ok: false, reason: 'BadRequest', message });
const invalid = (message: string): Patched => ({ ok: false, reason: 'Invalid', message });
const unable = (op: string, path: string, why: string): Patched =>
  invalid(
    op === 'remove'
      ? `remove operation does not apply: doc is missing path: "${path}": missing value`
      : `${op} operation does not apply: doc is missing ${why === 'missing key' ? 'key' : 'path'}: "${path}": missing value`,
  );
