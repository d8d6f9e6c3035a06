/** The validation rules of a schema, judged where they stand (`x-kubernetes-validations`). */
import { expressionOf } from '../cel/check.ts';
import { CelError } from '../cel/error.ts';
import { evaluate, type Names } from '../cel/evaluate.ts';
import { Optional } from '../cel/values.ts';
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { isObject } from '../patch/merge.ts';
import type { Errors } from '../validation/errors.ts';
import { celValue } from './celvalue.ts';
import { counterpart, type Schema, schemaOf, type ValidationRule } from './schema.ts';

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
    const error = judge(rule, value, old, schema, field);
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

function judge(
  rule: ValidationRule,
  value: unknown,
  old: unknown,
  schema: Schema,
  field: string,
): FieldError | undefined {
  const { reason, fieldPath = '', optionalOldSelf = false } = rule;
  const ofChange = /\boldSelf\b/.test(rule.rule);
  if (ofChange && old === undefined && !optionalOldSelf) return undefined;
  // What has not changed is not judged again by what is said of it alone.
  if (!ofChange && old !== undefined && deepEqual(value, old)) return undefined;
  const before = old === undefined ? undefined : celValue(old, schema);
  const oldSelf = !optionalOldSelf
    ? before
    : old === undefined
      ? Optional.none
      : Optional.of(before);
  const self = celValue(value, schema);
  const names = ofChange ? { self, oldSelf } : { self };
  let problem: string;
  try {
    if (evaluate(expressionOf(rule.rule), names) === true) return undefined;
    problem = messageOf(rule, names);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    problem = `rule evaluation error: ${error.message}`;
  }
  return ruleError(`${field}${fieldPath}`.replace(/^\./, '') || '<nil>', reason, value, problem);
}

const messageMax = 5_120;

/** What its expression makes of the object, if that is one line; what was written down otherwise. */
function messageOf({ rule, message, messageExpression }: ValidationRule, names: Names): string {
  const otherwise = message?.trim() || `failed rule: ${rule}`;
  if (!messageExpression) return otherwise;
  try {
    const found = evaluate(expressionOf(messageExpression), names);
    const said = typeof found === 'string' ? found.trim() : '';
    return said === '' || said.length > messageMax || said.includes('\n') ? otherwise : said;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return otherwise;
  }
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
