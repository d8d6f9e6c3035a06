/** Reads values of a configuration file: what is wrong is told in one line, with its place. */
import { UsageError } from '../../errors.ts';
import { type Fields, fieldsOf } from '../../sim/scenario/fields.ts';

/** Values of one mapping. */
export class Reader {
  readonly where: string;
  readonly #fields: Fields;

  constructor(value: unknown, known: readonly string[], where: string) {
    this.where = where;
    this.#fields = fieldsOf(value ?? {}, known, where);
  }

  /** Where a field is, for messages. */
  at(name: string): string {
    return `${this.where}.${name}`;
  }

  raw(name: string): unknown {
    return this.#fields[name] ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.mistake(name, `expected a text, not ${JSON.stringify(value)}`);
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.mistake(name, `expected true or false, not ${JSON.stringify(value)}`);
  }

  /** A whole number between bounds. */
  integer(name: string, least: number, most = 2 ** 31 - 1): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
      return value as number;
    }
    const range = most === 2 ** 31 - 1 ? `of at least ${least}` : `from ${least} to ${most}`;
    throw this.mistake(name, `expected a whole number ${range}, not ${JSON.stringify(value)}`);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined || (allowed as readonly string[]).includes(value)) return value as T;
    throw this.mistake(name, `expected ${allowed.join(' or ')}, not ${value}`);
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.raw(name);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.mistake(name, 'expected a list');
  }

  /** The items of a list, each read as a mapping. */
  each<T>(name: string, known: readonly string[], read: (item: Reader) => T): T[] | undefined {
    return this.list(name)?.map((item, i) =>
      read(new Reader(item, known, `${this.at(name)}[${i}]`)),
    );
  }

  texts(name: string): readonly string[] | undefined {
    return this.list(name)?.map((item) => {
      if (typeof item === 'string') return item;
      throw this.mistake(name, `expected texts, not ${JSON.stringify(item)}`);
    });
  }

  mistake(name: string, what: string): UsageError {
    return new UsageError(`${this.at(name)}: ${what}`);
  }
}

/** Only what is set. */
export const defined = <T extends object>(
  fields: T,
): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
