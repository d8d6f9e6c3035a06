/** Whether the defaults of a schema are what it asks for (apiextensions, structural defaulting's ValidateDefaults). */
import { pruned } from '../custom/prune.ts';
import type { Schema } from '../custom/schema.ts';
import { validateSchema } from '../custom/validate.ts';
import type { FieldError } from '../kind.ts';
import { type Errors, invalid } from './errors.ts';

export function defaultErrors(schema: Schema, at: string): readonly FieldError[] {
  const errors: Errors = [];
  validateDefaults(errors, schema, at);
  return errors;
}

/** Defaults inside of a default are only those that it leaves to be filled in. */
function validateDefaults(errors: Errors, schema: Schema, at: string): void {
  const { items, properties = {}, additionalProperties: rest, default: given } = schema;
  if (given !== undefined) validateDefault(errors, given, schema, `${at}.default`);
  if (typeof rest === 'object') validateDefaults(errors, rest, `${at}.additionalProperties`);
  if (items !== undefined) validateDefaults(errors, items, `${at}.items`);
  for (const [name, one] of Object.entries(properties)) {
    validateDefaults(errors, one, `${at}.properties[${name}]`);
  }
}

function validateDefault(errors: Errors, given: unknown, schema: Schema, at: string): void {
  if (pruned(given, schema, undefined, ['default']) !== given) {
    errors.push(invalid(at, given, 'must not have unknown fields'));
  }
  for (const error of validateSchema(given, schema, '')) {
    const dot = error.field === '' || error.field.startsWith('[') ? '' : '.';
    const field = `${at}${dot}${error.field}`;
    errors.push({ ...error, field });
  }
}
