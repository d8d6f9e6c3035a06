/** Values of CEL that JSON does not have. Numbers are numbers: what is whole counts as an integer. */
import { deepEqual } from '../equal.ts';
import { CelError, noOverload } from './error.ts';

/** A value with no fields: all that it knows, its methods tell. */
export abstract class Opaque {
  abstract readonly type: string;
  /** Whether another value of the same class is the same. */
  abstract same(other: this): boolean;
}

export class CelType extends Opaque {
  readonly type = 'type';
  readonly of: string;

  constructor(of: string) {
    super();
    this.of = of;
  }

  same(other: CelType): boolean {
    return this.of === other.of;
  }
}

/** Something, or nothing. */
export class Optional extends Opaque {
  readonly type = 'optional_type';
  readonly isThere: boolean;
  readonly #value: unknown;

  private constructor(isThere: boolean, value?: unknown) {
    super();
    this.isThere = isThere;
    this.#value = value;
  }

  static readonly none = new Optional(false);
  static of = (value: unknown): Optional => new Optional(true, value);

  get value(): unknown {
    if (!this.isThere) throw new CelError('optional.none() dereference');
    return this.#value;
  }

  same(other: Optional): boolean {
    return this.isThere === other.isThere && isSame(this.#value, other.#value);
  }
}

/** A length of time, in nanoseconds. */
export class Duration extends Opaque {
  readonly type = 'google.protobuf.Duration';
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }

  same(other: Duration): boolean {
    return this.nanos === other.nanos;
  }
}

/** An instant, in nanoseconds since 1970. */
export class Instant extends Opaque {
  readonly type = 'google.protobuf.Timestamp';
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }

  same(other: Instant): boolean {
    return this.nanos === other.nanos;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Opaque) &&
  !(value instanceof Uint8Array);

export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Opaque || b instanceof Opaque) {
    if (!(a instanceof Opaque) || !(b instanceof Opaque) || a.type !== b.type) return false;
    return a.same(b as never);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return deepEqual([...a], [...b]);
  if (!isMap(a) || !isMap(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}

export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null_type';
  if (value instanceof Opaque) return value.type;
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint8Array) return 'bytes';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int' : 'double';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return 'map';
  }
}

export function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw noOverload();
}

export function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw noOverload();
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw noOverload();
}

/** Of a map, its keys. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isMap(value)) return Object.keys(value);
  throw noOverload();
}

/** Below 0, 0 or above it. */
export function order(a: unknown, b: unknown): number {
  if (typeof a === 'string') {
    const other = text(b);
    return a < other ? -1 : a > other ? 1 : 0;
  }
  if (typeof a === 'boolean') return Number(a) - Number(truth(b));
  if (a instanceof Duration && b instanceof Duration) return sign(a.nanos - b.nanos);
  if (a instanceof Instant && b instanceof Instant) return sign(a.nanos - b.nanos);
  return number(a) - number(b);
}

const sign = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);
