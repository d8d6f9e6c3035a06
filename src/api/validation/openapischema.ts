/** What the schema of a custom resource may say at all (upstream's `ValidateCustomResourceDefinitionOpenAPISchema`). */
import { problemOf } from '../cel/check.ts';
import { fieldProblem } from '../custom/rulecheck.ts';
import type { Schema, ValidationRule } from '../custom/schema.ts';
import type { FieldError } from '../kind.ts';
import { type Errors, forbidden, invalid, invalidRaw, required, unsupported } from './errors.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const listTypes = ['atomic', 'set', 'map'];
const mapTypes = ['atomic', 'granular'];
const ofMetadata = ['metadata', 'kind', 'apiVersion'];

/** Rules of CEL are looked at only where the schema around them is right. */
export function openAPIErrors(schema: Schema, at: string, isRight: boolean): readonly FieldError[] {
  const errors: Errors = [];
  const rules: Errors = [];
  validateSchema({ errors, rules, isRight }, schema, at);
  return [...errors, ...rules];
}

interface Findings {
  readonly errors: Errors;
  readonly rules: Errors;
  readonly isRight: boolean;
}

/** @param undefaulted why there may be no default */
function validateSchema(found: Findings, schema: Schema, at: string, undefaulted?: string): void {
  const { errors } = found;
  const before = errors.length;
  const { type, uniqueItems, additionalProperties: rest, properties = {} } = schema;
  if (type && !types.includes(type)) errors.push(unsupported(`${at}.type`, type, types));
  if (schema.default !== undefined && undefaulted !== undefined) {
    errors.push(forbidden(`${at}.default`, `must not be set ${undefaulted}`));
  }
  validateUnknown(errors, schema, at);
  if (uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(`${at}.uniqueItems`, why));
  }
  if (rest !== undefined && rest !== true && Object.keys(properties).length > 0) {
    const why = 'additionalProperties and properties are mutual exclusive';
    errors.push(forbidden(`${at}.additionalProperties`, why));
  }
  for (const [part, field, why] of partsOf(schema, at, undefaulted)) {
    validateSchema(found, part, field, why);
  }
  validateExtensions(errors, schema, at);
  const rules = schema['x-kubernetes-validations'] ?? [];
  rules.forEach((rule, i) => {
    validateRule(errors, rule, `${at}.x-kubernetes-validations[${i}]`);
  });
  if (!found.isRight || errors.length > before) return;
  rules.forEach((rule, i) => {
    for (const part of ['rule', 'messageExpression'] as const) {
      const why = rule[part] ? compileProblem(rule[part], rule, schema, at) : undefined;
      if (why === undefined) continue;
      const name = part === 'rule' ? '' : 'messageExpression ';
      const detail = `${name}compilation failed: ${why}`;
      const field = `${at}.x-kubernetes-validations[${i}].${part}`;
      found.rules.push(invalidRaw(field, ruleText(rule), detail));
    }
  });
}

/** Names that nothing has are found first, and fields that the schema does not have. */
const compileProblem = (
  source: string,
  { optionalOldSelf }: ValidationRule,
  schema: Schema,
  at: string,
): string | undefined =>
  problemOf(source, ['self', 'oldSelf']) ??
  fieldProblem(source, schema, at.endsWith('.openAPIV3Schema'), optionalOldSelf === true);

type Part = readonly [schema: Schema, at: string, undefaulted?: string];

/** The schemas in a schema. Of the object as a whole, and of nothing else, the path has no steps yet. */
function partsOf(schema: Schema, at: string, undefaulted: string | undefined): readonly Part[] {
  const { properties = {}, additionalProperties: rest, items, not } = schema;
  const isRoot = at.endsWith('.openAPIV3Schema');
  const list = (name: 'allOf' | 'oneOf' | 'anyOf'): readonly Part[] =>
    (schema[name] ?? []).map((one, i) => [one, `${at}.${name}[${i}]`, undefaulted] as Part);
  return [
    ...(typeof rest === 'object'
      ? [[rest, `${at}.additionalProperties`, undefaulted] as Part]
      : []),
    ...Object.entries(properties).map(([name, one]): Part => {
      const why = isRoot && ofMetadata.includes(name) ? `in top-level ${name}` : undefaulted;
      return why === undefined
        ? [one, `${at}.properties[${name}]`]
        : [one, `${at}.properties[${name}]`, why];
    }),
    ...(not === undefined ? [] : [[not, `${at}.not`, undefaulted] as Part]),
    ...list('allOf'),
    ...list('oneOf'),
    ...list('anyOf'),
    ...(items === undefined ? [] : [[items, `${at}.items`, undefaulted] as Part]),
  ];
}

const unknown = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
];

function validateUnknown(errors: Errors, schema: Schema, at: string): void {
  const given = schema as Readonly<Record<string, unknown>>;
  for (const name of unknown) {
    if (given[name] === undefined) continue;
    errors.push(forbidden(`${at}.${name}`, `${name} is not supported`));
  }
  if (schema.type === 'null') {
    const why = 'type cannot be set to null, use nullable as an alternative';
    errors.push(forbidden(`${at}.type`, why));
  }
}

function validateExtensions(errors: Errors, schema: Schema, at: string): void {
  const given = schema as Readonly<Record<string, unknown>>;
  if (given['x-kubernetes-preserve-unknown-fields'] === false) {
    const field = `${at}.x-kubernetes-preserve-unknown-fields`;
    errors.push(invalid(field, false, 'must be true or undefined'));
  }
  const { 'x-kubernetes-list-type': list, 'x-kubernetes-list-map-keys': keys = [] } = schema;
  const map = given['x-kubernetes-map-type'];
  validateForm(errors, schema, at, 'map', map, 'object');
  if (map !== undefined && !mapTypes.includes(String(map))) {
    errors.push(unsupported(`${at}.x-kubernetes-map-type`, map, mapTypes));
  }
  validateForm(errors, schema, at, 'list', list, 'array');
  if (list === 'set' && schema.type === 'array') validateSet(errors, schema.items, at);
  if (list !== undefined && !listTypes.includes(list)) {
    errors.push(unsupported(`${at}.x-kubernetes-list-type`, list, listTypes));
  }
  if (keys.length > 0 && list !== 'map') {
    const field = `${at}.x-kubernetes-list-type`;
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(list === undefined ? required(field, why) : invalid(field, list, why));
  }
  if (list === 'map') validateMap(errors, schema, keys, at);
  if (list === 'map' || list === 'set') validateItems(errors, schema, list, keys, at);
}

function validateForm(
  errors: Errors,
  { type }: Schema,
  at: string,
  what: string,
  given: unknown,
  wanted: string,
): void {
  if (given === undefined || type === wanted) return;
  const why = `must be ${wanted} if x-kubernetes-${what}-type is specified`;
  errors.push(type ? invalid(`${at}.type`, type, why) : required(`${at}.type`, why));
}

function validateSet(errors: Errors, items: Schema | undefined, at: string): void {
  if (items === undefined) return;
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const list = items['x-kubernetes-list-type'];
  if (items.type === 'array' && list !== undefined && list !== 'atomic') {
    errors.push(invalid(`${at}.items.x-kubernetes-list-type`, list, why));
  }
  const map = (items as Readonly<Record<string, unknown>>)['x-kubernetes-map-type'];
  if (items.type === 'object' && map !== 'atomic') {
    errors.push(invalid(`${at}.items.x-kubernetes-map-type`, list, why));
  }
}

function validateMap(errors: Errors, { items }: Schema, keys: readonly string[], at: string): void {
  const field = `${at}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) {
    errors.push(required(field, 'must not be empty if x-kubernetes-list-type is map'));
  }
  if (items === undefined) {
    const why = 'must have a schema if x-kubernetes-list-type is map';
    errors.push(required(`${at}.items`, why));
    return;
  }
  if (items.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    errors.push(invalid(`${at}.items.type`, items.type ?? '', why));
    return;
  }
  keys.forEach((key, i) => {
    const type = items.properties?.[key]?.type;
    if (items.properties?.[key] === undefined) {
      errors.push(invalid(field, keys, 'entries must all be names of item properties'));
    } else if (type === 'array' || type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(`${at}.items.properties[${key}].type`, 'object', why));
    }
    if (keys.indexOf(key) < i) {
      errors.push(invalid(field, keys, 'must not contain duplicate entries'));
    }
  });
}

function validateItems(
  errors: Errors,
  { items }: Schema,
  list: string,
  keys: readonly string[],
  at: string,
): void {
  if (items?.nullable === true) {
    const why = `cannot be nullable when x-kubernetes-list-type is ${list}`;
    errors.push(forbidden(`${at}.items.nullable`, why));
  }
  for (const key of list === 'map' ? keys : []) {
    const one = items?.properties?.[key];
    if (one === undefined) continue;
    const field = `${at}.items.properties[${key}]`;
    const why = 'this property is in x-kubernetes-list-map-keys, so it';
    if (items?.required?.includes(key) !== true && one.default === undefined) {
      errors.push(
        required(`${field}.default`, `${why} must have a default or be a required property`),
      );
    }
    if (one.nullable === true) {
      errors.push(forbidden(`${field}.nullable`, `${why} cannot be nullable`));
    }
  }
}

const reasons = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
];

function validateRule(errors: Errors, given: ValidationRule, at: string): void {
  const { rule = '', message = '', reason } = given;
  const hasLines = (text: string): boolean => /[\n\r]/.test(text.trim());
  if (rule.trim() === '') errors.push(required(`${at}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '') {
    errors.push(invalid(`${at}.message`, message, 'message must be non-empty if specified'));
  } else if (hasLines(message)) {
    errors.push(invalid(`${at}.message`, message, 'message must not contain line breaks'));
  } else if (hasLines(rule) && message.trim() === '') {
    const why = 'message must be specified if rule contains line breaks';
    errors.push(required(`${at}.message`, why));
  }
  if (reason !== undefined && !reasons.includes(reason)) {
    errors.push(unsupported(`${at}.reason`, reason, reasons));
  }
}

/** As the server writes a rule. */
function ruleText(given: ValidationRule): string {
  const { rule, message = '', messageExpression = '', reason, fieldPath = '' } = given;
  return JSON.stringify({
    Rule: rule,
    Message: message,
    MessageExpression: messageExpression,
    Reason: reason ?? null,
    FieldPath: fieldPath,
    OptionalOldSelf: given.optionalOldSelf ?? null,
  });
}
