/** Field errors in upstream's words (k8s.io/apimachinery/pkg/util/validation/field). */
import type { FieldError } from '../kind.ts';

export type Errors = FieldError[];

/** A value as messages of 1.36 show it: as JSON, names in order. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`;
  const pairs = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, part]) => `${JSON.stringify(name)}:${shown(part)}`).join(',')}}`;
}

export const required = (field: string, detail?: string): FieldError => ({
  reason: 'FieldValueRequired',
  field,
  message: detail === undefined ? 'Required value' : `Required value: ${detail}`,
});

export const invalid = (field: string, value: unknown, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${shown(value)}: ${detail}`,
});

/** An invalid value that is shown as given, because its type writes itself. */
export const invalidRaw = (field: string, text: string, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${text}: ${detail}`,
});

export const duplicate = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${shown(value)}`,
});

export const forbidden = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field,
  message: `Forbidden: ${detail}`,
});

export const notFound = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueNotFound',
  field,
  message: `Not found: ${shown(value)}`,
});

export const unsupported = (
  field: string,
  value: unknown,
  supported: readonly string[],
): FieldError => unsupportedRaw(field, shown(value), supported);

/** A value that is shown as given. */
export const unsupportedRaw = (
  field: string,
  text: string,
  supported: readonly string[],
): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${text}: supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}`,
});

export const tooLong = (field: string, bytes: number): FieldError => ({
  reason: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${bytes} bytes`,
});

export const tooMany = (field: string, found: number, max: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${found}: must have at most ${max} items`,
});

/** Adds an error unless the number is absent or at least 0. */
export function nonNegative(errors: Errors, field: string, value: number | undefined): void {
  if (value !== undefined && value < 0) {
    errors.push(invalid(field, value, 'must be greater than or equal to 0'));
  }
}
