/** The validation rules of a schema, judged where they stand (`x-kubernetes-validations`). */
import { evaluate } from '../cel/evaluate.ts';
import { CelError, type Expression, parseCel } from '../cel/parse.ts';
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { isObject } from '../patch/merge.ts';
import type { Errors } from '../validation/errors.ts';
import { type Schema, schemaOf, type ValidationRule } from './schema.ts';

const parsed = new Map<string, Expression>();

function expressionOf(rule: string): Expression {
  let expression = parsed.get(rule);
  if (expression === undefined) {
    expression = parseCel(rule);
    parsed.set(rule, expression);
  }
  return expression;
}

/** Why a rule cannot be used, if it cannot. */
export function ruleProblem(rule: string): string | undefined {
  try {
    expressionOf(rule);
    return undefined;
  } catch (error) {
    if (error instanceof CelError) return error.message;
    throw error;
  }
}

/** Whether any part of the schema has rules. */
export const hasRules = (schema: Schema): boolean =>
  schema['x-kubernetes-validations'] !== undefined ||
  Object.values(schema.properties ?? {}).some(hasRules) ||
  (schema.items !== undefined && hasRules(schema.items)) ||
  (typeof schema.additionalProperties === 'object' && hasRules(schema.additionalProperties));

/** `old` is what stands there now; undefined on create, and where the two cannot be told to be the same. */
export function judgeRules(value: unknown, old: unknown, schema: Schema, field: string): Errors {
  const errors: Errors = [];
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const error = judge(rule, value, old, field);
    if (error !== undefined) errors.push(error);
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    for (const [i, item] of value.entries()) {
      const before = counterpart(item, old, schema);
      errors.push(...judgeRules(item, before, schema.items, `${field}[${i}]`));
    }
  }
  if (isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      const known = schemaOf(schema, name);
      if (known === undefined) continue;
      const before = isObject(old) ? old[name] : undefined;
      errors.push(...judgeRules(part, before, known, field === '' ? name : `${field}.${name}`));
    }
  }
  return errors;
}

/** The item of the old list with the same keys. */
function counterpart(item: unknown, old: unknown, schema: Schema): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const same = (one: unknown) =>
    isObject(one) && isObject(item) && keys.every((key) => deepEqual(one[key], item[key]));
  return old.find(same);
}

function judge(
  { rule, message, reason, fieldPath = '' }: ValidationRule,
  value: unknown,
  old: unknown,
  field: string,
): FieldError | undefined {
  const ofChange = /\boldSelf\b/.test(rule);
  if (ofChange && old === undefined) return undefined;
  const names = ofChange ? { self: value, oldSelf: old } : { self: value };
  let problem = message?.trim() || `failed rule: ${rule}`;
  try {
    if (evaluate(expressionOf(rule), names) === true) return undefined;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    problem = `rule evaluation error: ${error.message}`;
  }
  return ruleError(`${field}${fieldPath}`.replace(/^\./, '') || '<nil>', reason, value, problem);
}

function ruleError(
  field: string,
  reason: string | undefined,
  value: unknown,
  problem: string,
): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return { reason, field, message: `Forbidden: ${problem}` };
    case 'FieldValueRequired':
      return { reason, field, message: `Required value: ${problem}` };
    default: {
      const shown = Array.isArray(value) ? 'array' : typeof value;
      const message = `Invalid value: ${JSON.stringify(shown)}: ${problem}`;
      return { reason: reason ?? 'FieldValueInvalid', field, message };
    }
  }
}

/** Told where rules could not be judged because of other errors. */
export const unjudged: FieldError = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};
