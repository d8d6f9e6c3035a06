/**
 * JSON as the API's own encoder would have written it: what is empty or zero is absent.
 *
 * Stored objects are compared, and a difference is a write. `paused: false` and `tolerations: []`
 * must therefore be the same as nothing, as they are to Go's `omitempty`, while the zero of a
 * pointer (`replicas: 0`) and an empty struct (`emptyDir: {}`) say something.
 */
import { presenceText } from './data/presence.ts';
import { isObject, setOwn } from './patch/merge.ts';
import { formatQuantity, isKeptAsTyped, parseQuantity } from './quantity.ts';
import { type FieldType, typeOf } from './structure.ts';
import { parseTimestamp, timestamp } from './time.ts';

type Json = Readonly<Record<string, unknown>>;

interface Presence {
  /** Left out when zero. */
  readonly omitted: ReadonlySet<string>;
  /** Always written, empty or not. */
  readonly kept: ReadonlySet<string>;
}

const quantity = 'api.resource.Quantity';
const wholeTime = 'apis.meta.v1.Time';
const microTime = 'apis.meta.v1.MicroTime';
const unknownType: Presence = { omitted: new Set(), kept: new Set() };

let presences: Map<string, Presence> | undefined;

function presenceOf(typeName: string): Presence {
  presences ??= new Map(
    presenceText.split('\n').map((line) => {
      const [name = '', omitted = '', kept = ''] = line.split(':');
      return [name, { omitted: new Set(omitted.split(',')), kept: new Set(kept.split(',')) }];
    }),
  );
  return presences.get(typeName) ?? unknownType;
}

/**
 * `value`, of the named type, in that form; the same object if it is in it already. Parts that are
 * identical to those of `known`, which is in that form, are not looked at.
 * @param strip leaves out fields that the type does not have, as Go's decoder does.
 */
export function normalized<T>(
  value: T,
  typeName: string | undefined,
  known?: unknown,
  strip = false,
): T {
  if (value === known || !isObject(value)) return value;
  const fields = typeOf(typeName)?.fields;
  if (typeName === undefined || fields === undefined) return value;
  const { omitted, kept } = presenceOf(typeName);
  const before = isObject(known) ? known : undefined;
  const out: Record<string, unknown> = {};
  let same = true;
  const given = value as Json;
  for (const name in given) {
    const part = given[name];
    const type = Object.hasOwn(fields, name) ? fields[name]! : undefined;
    const next = type === undefined ? part : field(part, type, ownOf(before, name), strip);
    const absent =
      next === undefined ||
      (strip && type === undefined) ||
      (next === null && !isNullTime(type)) ||
      (isEmpty(next, type) &&
        type?.ref !== 'apiextensions.v1.JSON' &&
        (!kept.has(name) || name === 'creationTimestamp')) ||
      (isZero(next) && omitted.has(name));
    if (absent) same = false;
    else {
      if (next !== part) same = false;
      setOwn(out, name, next);
    }
  }
  return same ? value : (out as T);
}

const ownOf = (object: Json | undefined, name: string): unknown =>
  object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;

function field(value: unknown, type: FieldType, known: unknown, strip: boolean): unknown {
  if (value === known) return value;
  if (type.ref === quantity) return canonicalQuantity(value, false);
  if (type.ref === wholeTime || type.ref === microTime) return canonicalTime(value, type.ref);
  if (type.ref !== undefined) return normalized(value, type.ref, known, strip);
  if (type.items !== undefined && Array.isArray(value)) {
    const old: readonly unknown[] = Array.isArray(known) ? known : [];
    return list(value, type.items, old, strip);
  }
  if (type.map !== undefined && isObject(value)) {
    const { map } = type;
    if (map.ref === undefined && !Object.values(value).includes(null)) return value;
    const change = (part: unknown) =>
      map.ref === quantity
        ? canonicalQuantity(part, true)
        : normalized(part, map.ref, undefined, strip);
    const changed = Object.entries(value).map(
      ([name, part]) => [name, change(part ?? zeroOf(map))] as const,
    );
    const same = changed.every(([name, part]) => value[name] === part);
    return same ? value : Object.fromEntries(changed);
  }
  return value;
}

/** What null is to Go where a value must be. */
function zeroOf({ ref, items, map, type }: FieldType): unknown {
  if (ref === quantity) return '0';
  if (ref !== undefined || map !== undefined) return {};
  if (items !== undefined) return [];
  if (type === 'boolean') return false;
  return type === 'integer' || type === 'number' ? 0 : '';
}

function list(
  value: readonly unknown[],
  type: FieldType,
  known: readonly unknown[],
  strip: boolean,
): readonly unknown[] {
  let same = true;
  const changed: unknown[] = [];
  for (let i = 0; i < value.length; i++) {
    const next = field(value[i] ?? zeroOf(type), type, known[i], strip);
    if (next !== value[i]) same = false;
    changed.push(next);
  }
  return same ? value : changed;
}

/** Times that are always written are null where there is none. */
const isNullTime = (type: FieldType | undefined): boolean => type?.ref?.endsWith('Time') === true;

/** Nothing, an empty list or an empty map; an empty struct is not nothing. */
function isEmpty(value: unknown, type: FieldType | undefined): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return type?.map !== undefined && isObject(value) && Object.keys(value).length === 0;
}

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;

/**
 * A quantity as it is stored (api-05 §6): most texts as typed, all else in canonical form. Lists of
 * resources know nothing smaller than a thousandth.
 */
function canonicalQuantity(value: unknown, inResourceList: boolean): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const text = String(value).trim();
  if (isKeptAsTyped(text, inResourceList ? 3 : 9)) return text;
  const parsed = parseQuantity(text);
  if (parsed === undefined) return value;
  const { nanos, format } = parsed;
  const below = inResourceList ? nanos % 1_000_000n : 0n;
  const away = nanos > 0n ? 1_000_000n : -1_000_000n;
  const rounded = below === 0n ? nanos : nanos - below + away;
  return formatQuantity({ nanos: rounded, format });
}

/** A time as it is stored: in UTC, and without what is smaller than the type knows. */
function canonicalTime(value: unknown, type: string): unknown {
  const length = type === wholeTime ? 20 : 27;
  if (typeof value !== 'string' || (value.length === length && value.endsWith('Z'))) return value;
  const at = parseTimestamp(value);
  if (Number.isNaN(at)) return value;
  if (type === wholeTime) return timestamp(at);
  const micros = /[.,](\d{6})/.exec(value)?.[1];
  return micros === undefined ? value : `${timestamp(at).slice(0, -1)}.${micros}Z`;
}

/** What Go writes of a struct of which nothing is set: `{}` for structs in it, null for the rest. */
export function alwaysWritten(typeName: string | undefined): Json {
  const fields = typeOf(typeName)?.fields;
  if (typeName === undefined || fields === undefined) return {};
  const { kept } = presenceOf(typeName);
  const names = Object.keys(fields).filter((name) => kept.has(name));
  return Object.fromEntries(
    names.map((name) => {
      const { ref } = fields[name]!;
      const isStruct = ref !== undefined && typeOf(ref)?.fields !== undefined;
      return [name, isStruct ? alwaysWritten(ref) : null];
    }),
  );
}
