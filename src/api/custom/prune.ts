/** Pruning and defaulting: what a schema takes away from an object, and what it adds (api-06 §4). */
import type { Mistake } from '../decode.ts';
import { pathText } from '../decode.ts';
import { isObject } from '../patch/merge.ts';
import { preserves, type Schema, schemaOf } from './schema.ts';

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

/** Every object has these at its root, whatever the schema says. */
const always = new Set(['apiVersion', 'kind', 'metadata']);

/** `value` without what the schema does not know; itself if it knows all. Reports such fields. */
export function pruned<T>(
  value: T,
  schema: Schema | undefined,
  report?: (mistake: Mistake) => void,
  path: Path = [],
): T {
  if (Array.isArray(value)) {
    const items = value.map((item, i) => pruned(item, schema?.items, report, [...path, i]));
    return items.every((item, i) => item === value[i]) ? value : (items as T);
  }
  if (!isObject(value) || schema === undefined) return value;
  const isResource = path.length === 0 || schema['x-kubernetes-embedded-resource'] === true;
  const out: Record<string, unknown> = {};
  let same = true;
  for (const [name, part] of Object.entries(value)) {
    const at = [...path, name];
    const known = schemaOf(schema, name);
    const kept = isResource && always.has(name);
    if (known === undefined && !kept && !isOpen(schema)) {
      same = false;
      const message = `unknown field "${pathText(at)}"`;
      report?.({ path: at, known: Object.keys(schema.properties ?? {}), message });
      continue;
    }
    // A null that may not be is nothing; where there is a default, that comes later.
    if (part === null && known !== undefined && !kept && isRefused(known)) {
      same = false;
      continue;
    }
    out[name] = kept ? part : pruned(part, known, report, at);
    if (out[name] !== part) same = false;
  }
  return same ? value : (out as T);
}

const isRefused = ({ nullable, default: otherwise }: Schema): boolean =>
  nullable !== true && otherwise === undefined;

/** Fields that the schema does not name are kept. */
const isOpen = (schema: Schema): boolean =>
  preserves(schema) || schema.additionalProperties === true;

/** `value` with the schema's defaults; itself if nothing was left out. */
export function defaulted<T>(value: T, schema: Schema | undefined): T {
  if (schema === undefined) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => defaulted(item, schema.items));
    return items.every((item, i) => item === value[i]) ? value : (items as T);
  }
  if (!isObject(value)) return value;
  const out: Record<string, unknown> = { ...value };
  let same = true;
  for (const [name, { default: otherwise, nullable }] of Object.entries(schema.properties ?? {})) {
    // A null that may not be is as good as nothing, where there is a default.
    const missing = !Object.hasOwn(value, name) || (value[name] === null && nullable !== true);
    if (otherwise === undefined || !missing) continue;
    out[name] = otherwise;
    same = false;
  }
  for (const [name, part] of Object.entries(out)) {
    const next = defaulted(part, schemaOf(schema, name));
    if (next === part) continue;
    out[name] = next;
    same = false;
  }
  return same ? value : (out as T & Fields);
}
