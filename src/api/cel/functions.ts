/** What can be called: on nothing, on a value, or in a namespace. Macros are in evaluate.ts. */
import { CelError, noOverload } from './error.ts';
import { kubernetesFunctions, kubernetesMethods, opaqueText } from './kubernetes.ts';
import { placeOf, textMethods } from './texts.ts';
import {
  durationOf,
  durationParts,
  durationText,
  instantOf,
  instantParts,
  instantText,
  lengthIn,
  partOf,
} from './time.ts';
import {
  CelType,
  Duration,
  Instant,
  isSame,
  list,
  number,
  Opaque,
  Optional,
  order,
  text,
  typeOf,
} from './values.ts';

export type Callable = (...args: unknown[]) => unknown;

const decoder = new TextDecoder();

function asInteger(value: unknown): number {
  if (value instanceof Instant) return Number(value.nanos / 1_000_000_000n);
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  if (typeof value === 'string')
    throw new CelError(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  throw noOverload();
}

function asDouble(value: unknown): number {
  const found = typeof value === 'string' ? Number(value) : number(value);
  if (Number.isNaN(found))
    throw new CelError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
  return found;
}

function asText(value: unknown): string {
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Instant) return instantText(value);
  if (value instanceof Uint8Array) return decoder.decode(value);
  if (value instanceof Opaque) {
    const found = opaqueText(value);
    if (found !== undefined) return found;
    throw noOverload();
  }
  if (typeof value === 'object') throw noOverload();
  return String(value);
}

function asTruth(value: unknown): boolean {
  if (value === true || value === 'true' || value === 'True' || value === 't' || value === '1')
    return true;
  if (value === false || value === 'false' || value === 'False' || value === 'f' || value === '0')
    return false;
  throw noOverload();
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  if (value instanceof Uint8Array) return value.length;
  return list(value).length;
}

const isZero = (value: unknown): boolean =>
  value === null ||
  value === false ||
  value === 0 ||
  value === '' ||
  (!(value instanceof Opaque) && typeof value === 'object' && sizeOf(value) === 0);

const plainFunctions: Readonly<Record<string, Callable>> = {
  size: sizeOf,
  int: asInteger,
  uint: asInteger,
  double: asDouble,
  string: asText,
  bool: asTruth,
  bytes: (value) => (value instanceof Uint8Array ? value : new TextEncoder().encode(text(value))),
  dyn: (value) => value,
  type: (value) => new CelType(typeOf(value)),
  duration: (value) => (value instanceof Duration ? value : durationOf(text(value))),
  timestamp(value) {
    if (value instanceof Instant) return value;
    if (typeof value === 'number') return new Instant(BigInt(value) * 1_000_000_000n);
    return instantOf(text(value));
  },
  matches: (value, pattern) => textMethods['matches']!(value, pattern),
  'optional.none': () => Optional.none,
  'optional.of': (value) => Optional.of(value),
  'optional.ofNonZeroValue': (value) => (isZero(value) ? Optional.none : Optional.of(value)),
};

const optional = (value: unknown): Optional => {
  if (value instanceof Optional) return value;
  throw noOverload();
};

function extreme(value: unknown, sign: 1 | -1): unknown {
  const all = list(value);
  if (all.length === 0) throw new CelError(`${sign > 0 ? 'max' : 'min'} called on empty list`);
  return all.reduce((most, one) => (order(one, most) * sign > 0 ? one : most));
}

function timePart(part: string): Callable {
  return (value, zone) => {
    if (value instanceof Instant)
      return partOf(value, part, zone === undefined ? 'UTC' : text(zone));
    if (value instanceof Duration) return lengthIn(value, part);
    throw noOverload();
  };
}

const listMethods: Readonly<Record<string, Callable>> = {
  size: sizeOf,
  join: (value, by = '') => list(value).map(text).join(text(by)),
  indexOf: (value, part, from) =>
    typeof value === 'string'
      ? placeOf(value, text(part), from, false)
      : list(value).findIndex((one) => isSame(one, part)),
  lastIndexOf: (value, part, from) =>
    typeof value === 'string'
      ? placeOf(value, text(part), from, true)
      : list(value).findLastIndex((one) => isSame(one, part)),
  isSorted: (value) => list(value).every((one, i, all) => i === 0 || order(all[i - 1], one) <= 0),
  sum(value) {
    const all = list(value);
    if (all.length > 0 && all.every((one) => one instanceof Duration)) {
      return new Duration(all.reduce((sum: bigint, one) => sum + (one as Duration).nanos, 0n));
    }
    return all.reduce<number>((sum, one) => sum + number(one), 0);
  },
  min: (value) => extreme(value, -1),
  max: (value) => extreme(value, 1),
  hasValue: (value) => optional(value).isThere,
  value: (value) => optional(value).value,
  or: (value, other) => (optional(value).isThere ? value : optional(other)),
  orValue: (value, other) => (optional(value).isThere ? optional(value).value : other),
  ...Object.fromEntries(
    [...new Set([...instantParts, ...durationParts])].map((part) => [part, timePart(part)]),
  ),
};

export const callables: ReadonlyMap<string, Callable> = new Map(
  Object.entries({ ...plainFunctions, ...kubernetesFunctions }),
);

export const callablesOn: ReadonlyMap<string, Callable> = new Map(
  Object.entries({ ...textMethods, ...listMethods, ...kubernetesMethods }),
);

/** Macros that go through a list or a map, with one variable or two. */
export const macros: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'existsOne',
  'filter',
  'map',
  'transformList',
  'transformMap',
  'optMap',
  'optFlatMap',
]);

/** Of the authorizer: what an environment that has one answers. */
const ofAuthorizer = [
  'path',
  'group',
  'resource',
  'subresource',
  'namespace',
  'name',
  'fieldSelector',
  'labelSelector',
  'serviceAccount',
  'check',
  'allowed',
  'reason',
  'errored',
  'error',
];

const names = [...callables.keys()];

export const functions: ReadonlySet<string> = new Set([
  'has',
  ...names.filter((name) => !name.includes('.')),
]);

export const namespaced: ReadonlySet<string> = new Set([
  'cel.bind',
  ...names.filter((name) => name.includes('.')),
]);

export const methods: ReadonlySet<string> = new Set([
  ...callablesOn.keys(),
  ...macros,
  ...ofAuthorizer,
]);
