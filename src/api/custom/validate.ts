/** Validates an object against a schema, in the words of kube-openapi (api-06 §4). */
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { isObject } from '../patch/merge.ts';
import {
  duplicate,
  type Errors,
  invalid,
  required,
  shown,
  tooLong,
  unsupported,
} from '../validation/errors.ts';
import { counterpart, type Schema, schemaOf } from './schema.ts';

/** What JSON calls a value, as schemas do. */
function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const hasType = (value: unknown, type: string): boolean => {
  const found = typeOf(value);
  return found === type || (type === 'number' && found === 'integer');
};

/**
 * @param old what stands there now, where that is known: what has not changed is not judged again, though the schema may
 *   have become stricter (CRDValidationRatcheting)
 */
export function validateSchema(
  value: unknown,
  schema: Schema,
  field: string,
  old?: unknown,
): Errors {
  const errors: Errors = [];
  if (old !== undefined && deepEqual(value, old)) return errors;
  if (!validateType(value, schema, field, errors)) return errors;
  if (schema.enum !== undefined && !schema.enum.some((one) => shown(one) === shown(value))) {
    errors.push(unsupported(field, value, schema.enum.map(String)));
  }
  if (typeof value === 'number') errors.push(...numberErrors(value, schema, field));
  if (typeof value === 'string') errors.push(...stringErrors(value, schema, field));
  if (Array.isArray(value)) errors.push(...listErrors(value, schema, field, old));
  if (isObject(value)) errors.push(...objectErrors(value, schema, field, old));
  errors.push(...combinedErrors(value, schema, field, old));
  return errors;
}

function validateType(value: unknown, schema: Schema, field: string, errors: Errors): boolean {
  if (value === null && schema.nullable === true) return true;
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'string' || Number.isInteger(value)) return true;
    errors.push(typeError(field, 'integer,string', value));
    return false;
  }
  const { type } = schema;
  if (type === undefined || type === '' || hasType(value, type)) return true;
  errors.push(typeError(field, type, value));
  return false;
}

const inBody = (field: string): string => (field === '' ? 'in body' : `${field} in body`);

/** The value of the wrong type is told by its type. */
function typeError(field: string, type: string, value: unknown): FieldError {
  const found = JSON.stringify(typeOf(value));
  const message = `Invalid value: ${found}: ${inBody(field)} must be of type ${type}: ${found}`;
  return { reason: 'FieldValueTypeInvalid', field, message };
}

function numberErrors(value: number, schema: Schema, field: string): Errors {
  const errors: Errors = [];
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = schema;
  const fail = (what: string) => errors.push(invalid(field, value, `${inBody(field)} ${what}`));
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    fail(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    fail(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) {
    fail(`should be a multiple of ${multipleOf}`);
  }
  return errors;
}

function stringErrors(value: string, schema: Schema, field: string): Errors {
  const errors: Errors = [];
  const { minLength, maxLength, pattern } = schema;
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(field, maxLength));
  if (minLength !== undefined && length < minLength) {
    errors.push(
      invalid(field, value, `${inBody(field)} should be at least ${minLength} chars long`),
    );
  }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    errors.push(invalid(field, value, `${inBody(field)} should match '${pattern}'`));
  }
  return errors;
}

const tooMany = (field: string, found: number, max: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${found}: must have at most ${max} items`,
});

function listErrors(list: readonly unknown[], schema: Schema, field: string, old: unknown): Errors {
  const errors: Errors = [];
  const { items, minItems, maxItems } = schema;
  if (maxItems !== undefined && list.length > maxItems) {
    errors.push(tooMany(field, list.length, maxItems));
  }
  if (minItems !== undefined && list.length < minItems) {
    const detail = `${inBody(field)} should have at least ${minItems} items`;
    errors.push(invalid(field, list.length, detail));
  }
  list.forEach((item, i) => {
    if (items === undefined) return;
    errors.push(...validateSchema(item, items, `${field}[${i}]`, counterpart(item, old, schema)));
  });
  const seen = new Set<string>();
  list.forEach((item, i) => {
    const identity = identityOf(item, schema);
    if (identity === undefined) return;
    if (seen.has(shown(identity))) errors.push(duplicate(`${field}[${i}]`, identity));
    seen.add(shown(identity));
  });
  return errors;
}

/** What may stand in the list only once. */
function identityOf(item: unknown, schema: Schema): unknown {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return item;
    case 'map': {
      if (!isObject(item)) return undefined;
      const keys = schema['x-kubernetes-list-map-keys'] ?? [];
      return Object.fromEntries(keys.map((key) => [key, item[key]]));
    }
    default:
      return undefined;
  }
}

function objectErrors(
  object: Readonly<Record<string, unknown>>,
  schema: Schema,
  field: string,
  old: unknown,
): Errors {
  const errors: Errors = [];
  const inside = (name: string) => (field === '' ? name : `${field}.${name}`);
  const count = Object.keys(object).length;
  const { minProperties, maxProperties } = schema;
  if (maxProperties !== undefined && count > maxProperties) {
    errors.push(tooMany(field, count, maxProperties));
  }
  if (minProperties !== undefined && count < minProperties) {
    const detail = `${inBody(field)} should have at least ${minProperties} properties`;
    errors.push(invalid(field, count, detail));
  }
  for (const name of schema.required ?? []) {
    if (object[name] === undefined) errors.push(required(inside(name)));
  }
  const order = Object.keys(schema.properties ?? {});
  const names = [...order, ...Object.keys(object).filter((name) => !order.includes(name))];
  for (const name of names) {
    const known = schemaOf(schema, name);
    if (known === undefined || object[name] === undefined) continue;
    const before = isObject(old) ? old[name] : undefined;
    errors.push(...validateSchema(object[name], known, inside(name), before));
  }
  return errors;
}

function combinedErrors(value: unknown, schema: Schema, field: string, old: unknown): Errors {
  const errors: Errors = [];
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  const holds = (one: Schema): boolean => validateSchema(value, one, field).length === 0;
  const fail = (what: string): void => {
    errors.push(invalid(field, typeOf(value), `${inBody(field)} ${what}`));
  };
  for (const one of allOf) errors.push(...validateSchema(value, one, field, old));
  if (anyOf.length > 0 && !anyOf.some(holds)) fail('must validate at least one schema (anyOf)');
  if (oneOf.length > 0) {
    const valid = oneOf.filter(holds).length;
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
    if (valid !== 1) fail(`must validate one and only one schema (oneOf). ${found}`);
  }
  if (not !== undefined && holds(not)) fail('must not validate the schema (not)');
  return errors;
}
