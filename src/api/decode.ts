/**
 * Decoding against the structure of the API: what Go's decoder would refuse (a value of another
 * type), and what only strict decoding tells (fields that no type has). Source: api-02 §6.
 */
import { isObject } from './patch/merge.ts';
import { quantityMistake } from './quantity.ts';
import { type FieldType, typeNameOf, typeOf } from './structure.ts';
import { type TimeLayout, timeMistake } from './timemistake.ts';

type Path = readonly (string | number)[];

export interface Mistake {
  readonly path: Path;
  /** What should be there, in words for people; undefined for a field that does not exist. */
  readonly expected?: string;
  /** Names of the fields that exist there. */
  readonly known?: readonly string[];
  /** As the API server tells it, after `json: ` or `strict decoding error: `. */
  readonly message: string;
  /** As it tells it of what it converts and does not decode: the result of a strategic merge patch. */
  readonly conversion?: string;
}

export interface Decoded {
  /** Always refused. Only the first, as the decoder stops there. */
  readonly mismatch: Mistake | undefined;
  readonly unknown: readonly Mistake[];
}

interface Walk {
  mismatch: Mistake | undefined;
  readonly unknown: Mistake[];
}

const nothing: Decoded = { mismatch: undefined, unknown: [] };

/** A whole object of a kind; kinds that the API does not have are not looked into. */
export function decode(object: unknown, apiVersion: string, kind: string): Decoded {
  const typeName = typeNameOf(apiVersion, kind);
  if (typeName === undefined) return nothing;
  const walk: Walk = { mismatch: undefined, unknown: [] };
  struct(object, typeName, [], { struct: '', fields: '' }, walk);
  return walk;
}

/** The metadata of an object of any kind. */
export function decodeMetadata(metadata: unknown): Decoded {
  const walk: Walk = { mismatch: undefined, unknown: [] };
  const type = 'apis.meta.v1.ObjectMeta';
  struct(metadata, type, ['metadata'], { struct: 'ObjectMeta', fields: '' }, walk);
  return walk;
}

/** `spec.containers[0].image`. */
export const pathText = (path: Path): string =>
  path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${part}`))
    .join('');

/** Where Go says it is: the innermost struct, and the names of the fields that lead there. */
interface Place {
  readonly struct: string;
  readonly fields: string;
}

function struct(value: unknown, typeName: string, path: Path, place: Place, walk: Walk): void {
  if (schemaChoices.has(typeName)) {
    if (isObject(value)) struct(value, 'apiextensions.v1.JSONSchemaProps', path, place, walk);
    return;
  }
  const special = specials[typeName];
  if (special !== undefined) {
    const problem = special(value);
    if (problem !== undefined) refuse(walk, path, problem.expected, problem.message);
    return;
  }
  const fields = typeOf(typeName)?.fields;
  if (!isObject(value)) return mismatch(value, goName(typeName), 'a mapping', path, place, walk);
  if (fields === undefined) return;
  for (const [name, part] of Object.entries(value)) {
    const at = [...path, name];
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (type === undefined) {
      const message = `unknown field "${pathText(at)}"`;
      walk.unknown.push({ path: at, known: Object.keys(fields), message });
    } else {
      const inside = place.fields === '' ? name : `${place.fields}.${name}`;
      field(part, type, at, { struct: typeName.split('.').at(-1)!, fields: inside }, walk);
    }
  }
}

function field(value: unknown, type: FieldType, path: Path, place: Place, walk: Walk): void {
  if (value === null || value === undefined) return;
  if (type.ref !== undefined) return struct(value, type.ref, path, place, walk);
  const { items, map } = type;
  if (items !== undefined) {
    if (!Array.isArray(value)) return mismatch(value, goType(type), 'a list', path, place, walk);
    for (const [i, item] of value.entries()) field(item, items, [...path, i], place, walk);
  } else if (map !== undefined) {
    if (!isObject(value)) return mismatch(value, goType(type), 'a mapping', path, place, walk);
    for (const [name, part] of Object.entries(value))
      field(part, map, [...path, name], place, walk);
  } else {
    const expected = scalarProblem(value, type);
    if (expected !== undefined) return mismatch(value, goType(type), expected, path, place, walk);
    if (type.format !== 'byte') return;
    const at = base64Mistake(value as string);
    if (at !== undefined) refuse(walk, path, 'base64', `illegal base64 data at input byte ${at}`);
  }
}

/** Where Go's decoder stops: at a character that is none of base64, or where a group begins that ends too soon. */
function base64Mistake(text: string): number | undefined {
  const data = text.replace(/[\r\n]/g, '');
  const end = data.replace(/={1,2}$/, '');
  const wrong = end.search(/[^A-Za-z0-9+/]/);
  if (wrong >= 0) return wrong;
  return data.length % 4 === 0 ? undefined : end.length - (end.length % 4);
}

const largest: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };

/** What is expected instead, if the value is not of the type. */
function scalarProblem(value: unknown, { type, format }: FieldType): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? undefined : 'a string (in quotes)';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'integer': {
      const limit = largest[format ?? 'int64']!;
      const fits =
        Number.isInteger(value) && (value as number) < limit && (value as number) >= -limit;
      if (fits) return undefined;
      return `a whole number${format === 'int32' ? ' of at most 2147483647' : ''}`;
    }
    case 'number':
      return typeof value === 'number' ? undefined : 'a number';
    case 'object':
      return isObject(value) ? undefined : 'a mapping';
    default:
      return undefined;
  }
}

interface Problem {
  readonly expected: string;
  readonly message: string;
}

const time =
  (layout: TimeLayout) =>
  (value: unknown): Problem | undefined => {
    if (value === null) return undefined;
    const expected = 'a time such as 2026-01-31T12:00:00Z';
    if (typeof value !== 'string') {
      const message = `json: cannot unmarshal ${jsonName(value)} into Go value of type string`;
      return { expected, message };
    }
    const message = timeMistake(value, layout);
    return message === undefined ? undefined : { expected, message };
  };

/** A schema, or something else in its place. */
const schemaChoices = new Set([
  'apiextensions.v1.JSONSchemaPropsOrArray',
  'apiextensions.v1.JSONSchemaPropsOrBool',
  'apiextensions.v1.JSONSchemaPropsOrStringArray',
]);

/** Types that read themselves. */
const specials: Readonly<Record<string, (value: unknown) => Problem | undefined>> = {
  'api.resource.Quantity': (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    const message = quantityMistake(typeof text === 'string' ? text.trim() : '');
    return message === undefined
      ? undefined
      : { expected: 'a quantity such as 500m or 128Mi', message };
  },
  'util.intstr.IntOrString': (value) => {
    if (
      typeof value === 'string' ||
      scalarProblem(value, { type: 'integer', format: 'int32' }) === undefined
    )
      return undefined;
    const message = `json: cannot unmarshal ${jsonName(value)} into Go value of type int32`;
    return { expected: 'a whole number, or a string such as 25%', message };
  },
  'apiextensions.v1.JSON': () => undefined,
  'apis.meta.v1.Time': time('2006-01-02T15:04:05Z07:00'),
  'apis.meta.v1.MicroTime': time('2006-01-02T15:04:05.000000Z07:00'),
};

function mismatch(
  value: unknown,
  type: string,
  expected: string,
  path: Path,
  { struct: owner, fields }: Place,
  walk: Walk,
): void {
  const where = owner === '' ? 'value' : `struct field ${owner}.${fields}`;
  const isUnfit = typeof value === 'number' && /^int\d+$/.test(type);
  const found = isUnfit ? `number ${value}` : jsonName(value);
  const message = `json: cannot unmarshal ${found} into Go ${where} of type ${type}`;
  refuse(walk, path, expected, message, conversionMistake(value, type));
}

function refuse(
  walk: Walk,
  path: Path,
  expected: string,
  message: string,
  conversion = message,
): void {
  walk.mismatch ??= { path, expected, message, conversion };
}

/** Go's own names of the kinds of values (`runtime.DefaultUnstructuredConverter`). */
function conversionMistake(value: unknown, type: string): string {
  const kind = Array.isArray(value)
    ? 'slice'
    : typeof value === 'number'
      ? Number.isInteger(value)
        ? 'int64'
        : 'float64'
      : typeof value === 'boolean'
        ? 'bool'
        : isObject(value)
          ? 'map'
          : 'string';
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`;
  if (!/^(string|bool|u?int\d+|float\d+)$/.test(type)) return `cannot restore struct from: ${kind}`;
  const isConvertible = kind.endsWith('64') && type !== 'bool';
  return isConvertible ? `cannot convert ${kind} to ${type}` : `unrecognized type: ${type}`;
}

/** What Go calls a JSON value. */
function jsonName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

/** `v1.Container`. */
const goName = (typeName: string): string => typeName.split('.').slice(-2).join('.');

function goType({ type, format, ref, items, map }: FieldType): string {
  if (ref !== undefined) return goName(ref);
  if (items !== undefined) return `[]${goType(items)}`;
  if (map !== undefined) return `map[string]${goType(map)}`;
  if (format === 'byte') return '[]uint8';
  if (type === 'integer') return format ?? 'int64';
  if (type === 'number') return 'float64';
  return type === 'boolean' ? 'bool' : (type ?? 'string');
}
