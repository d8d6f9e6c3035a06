/** Parts of objects whose types are only in the structure of the API, read without surprises. */
import { isObject } from './patch/merge.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const mapping = (value: unknown): Fields => (isObject(value) ? value : {});

export const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map(mapping) : [];

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

/** Empty where nothing is. */
export const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : String(value);
