/** What rules see of a value: texts that are times, lengths of time or bytes by their format are those (KEP-2876). */
import { CelError } from '../cel/error.ts';
import { durationOf, instantOf } from '../cel/time.ts';
import { isObject } from '../patch/merge.ts';
import { type Schema, schemaOf } from './schema.ts';

type Reader = (text: string) => unknown;

const readers: Readonly<Record<string, Reader>> = {
  'date-time': instantOf,
  date: (text) => instantOf(`${text}T00:00:00Z`),
  duration: durationOf,
};

const remembered = new WeakMap<Schema, boolean>();

/** Whether anything in it reads otherwise than it is written. */
function isTranslated(schema: Schema): boolean {
  let found = remembered.get(schema);
  if (found === undefined) {
    const { items, additionalProperties, properties = {}, format, type } = schema;
    found =
      (type === 'string' && readers[format ?? ''] !== undefined) ||
      (items !== undefined && isTranslated(items)) ||
      (typeof additionalProperties === 'object' && isTranslated(additionalProperties)) ||
      Object.values(properties).some(isTranslated);
    remembered.set(schema, found);
  }
  return found;
}

/** The value itself, where nothing in it is translated. Texts that cannot be read stay texts. */
export function celValue(value: unknown, schema: Schema | undefined): unknown {
  if (schema === undefined || !isTranslated(schema)) return value;
  if (Array.isArray(value)) return value.map((item) => celValue(item, schema.items));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, celValue(part, schemaOf(schema, name))]),
    );
  }
  const reader = readers[schema.format ?? ''];
  if (typeof value !== 'string' || reader === undefined) return value;
  try {
    return reader(value);
  } catch (error) {
    if (error instanceof CelError) return value;
    throw error;
  }
}
