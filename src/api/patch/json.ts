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
  | {
      readonly ok: false;
      readonly reason: 'BadRequest' | 'Invalid' | 'RequestEntityTooLarge';
      readonly message: string;
    };

/** Operations that one patch may have. */
const operationsMax = 10_000;

/** @param typed what the server's decoder reads first, where it looks for fields that do not exist. */
export function jsonPatch(target: unknown, patch: unknown, typed = true): Patched {
  const mistake = operationsMistake(patch, typed);
  if (mistake !== undefined) return mistake;
  const operations = patch as readonly (Operation | null)[];
  if (operations.length > operationsMax) {
    const message = `The allowed maximum operations in a JSON patch is ${operationsMax}, got ${operations.length}`;
    return { ok: false, reason: 'RequestEntityTooLarge', message };
  }
  let value = target;
  for (const given of operations) {
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

/** What cannot even be read as operations. */
function operationsMistake(patch: unknown, typed: boolean): Patched | undefined {
  const whole = typed ? '[]handlers.jsonPatchOp' : 'jsonpatch.Patch';
  const one = typed ? 'handlers.jsonPatchOp' : 'jsonpatch.Operation';
  const unfit = (value: unknown, type: string, where = 'value'): Patched =>
    bad(`json: cannot unmarshal ${kindOf(value)} into Go ${where} of type ${type}`, typed);
  if (!Array.isArray(patch)) return unfit(patch, whole);
  for (const given of patch as readonly unknown[]) {
    if (given === null) continue;
    if (!isObject(given)) return unfit(given, one);
    const name = typed ? texts.find((text) => !isText(given[text])) : undefined;
    if (name !== undefined) return unfit(given[name], 'string', `struct field jsonPatchOp.${name}`);
  }
  return undefined;
}

const texts = ['op', 'path', 'from'];
const isText = (value: unknown): boolean =>
  value === undefined || value === null || typeof value === 'string';

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function apply(target: unknown, { op, path, from, value }: Operation): Patched {
  const at = pointer(path);
  // The whole has nothing around it that it could be added to, or taken from.
  if (at.length === 0 && op !== 'replace' && op !== 'test') return unable(op, path, 'missing path');
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
      const isThere = at.length === 0 || find(target, at.slice(0, -1)) !== missing;
      const isNull = (value ?? null) === null && isThere;
      const same = found === missing || found === null ? isNull : deepEqual(found, value);
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
    const index = name === '-' ? parent.length : indexIn(parent.length + 1, name);
    if (index === undefined) return missing;
    return [...parent.slice(0, index), value, ...parent.slice(index)];
  }
  return isObject(parent) ? { ...parent, [name]: value } : missing;
}

/** Negative indexes count from the end. */
function indexIn(length: number, name: string): number | undefined {
  if (!/^[+-]?\d+$/.test(name)) return undefined;
  const given = Number(name);
  const index = given < 0 ? given + length : given;
  return index >= 0 && index < length ? index : undefined;
}

function replace(parent: unknown, name: string, value: unknown): unknown {
  if (!Array.isArray(parent)) return isObject(parent) ? { ...parent, [name]: value } : missing;
  const index = indexIn(parent.length, name);
  return index === undefined ? missing : parent.with(index, value);
}

function remove(parent: unknown, name: string): unknown {
  if (find(parent, [name]) === missing) return missing;
  if (Array.isArray(parent)) return parent.toSpliced(indexIn(parent.length, name)!, 1);
  const { [name]: _, ...rest } = parent as Record<string, unknown>;
  return rest;
}

function find(target: unknown, at: readonly string[]): unknown {
  let value = target;
  for (const name of at) {
    if (Array.isArray(value)) {
      const index = indexIn(value.length, name);
      if (index === undefined) return missing;
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

const bad = (why: string, typed: boolean): Patched => ({
  ok: false,
  reason: 'BadRequest',
  message: typed ? `error decoding patch: ${why}` : why,
});
const invalid = (message: string): Patched => ({ ok: false, reason: 'Invalid', message });
const unable = (op: string, path: string, why: string): Patched =>
  invalid(
    op === 'remove'
      ? `remove operation does not apply: doc is missing path: "${path}": missing value`
      : `${op} operation does not apply: doc is missing ${why === 'missing key' ? 'key' : 'path'}: "${path}": missing value`,
  );
