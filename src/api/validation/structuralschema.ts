/** Whether a schema is structural: everything has a type, and junctors only look at values (KEP-693). */

import { preserves, type Schema } from '../custom/schema.ts';
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { type Errors, forbidden, invalid, required } from './errors.ts';

/** Where a schema is: what is missing there is said accordingly. */
type Level = 'root' | 'item' | 'field';

const untyped: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/** In the order of the texts, as upstream sorts them. */
export function structuralErrors(schema: Schema, at: string): readonly FieldError[] {
  const errors: Errors = [];
  validateInvariants(errors, schema, 'root', at);
  validateJunctorsComplete(errors, schema, schema, at, at);
  const text = ({ field, message }: FieldError): string => `${field}: ${message}`;
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function validateInvariants(errors: Errors, schema: Schema, level: Level, at: string): void {
  const { type, items, properties = {}, additionalProperties: rest } = schema;
  if (type === 'array' && items === undefined) {
    errors.push(required(`${at}.items`, 'must be specified'));
  }
  if (items !== undefined) validateInvariants(errors, items, 'item', `${at}.items`);
  for (const [name, one] of Object.entries(properties)) {
    validateInvariants(errors, one, 'field', `${at}.properties[${name}]`);
  }
  if (rest !== undefined && level === 'root') {
    errors.push(forbidden(`${at}.additionalProperties`, 'must not be used at the root'));
  }
  if (typeof rest === 'object') {
    validateInvariants(errors, rest, 'field', `${at}.additionalProperties`);
  }
  validateExtensions(errors, schema, at);
  validateValues(errors, schema, at, isIntOrString(schema.anyOf), isIntOrStringAllOf(schema));
  validateType(errors, schema, level, at);
  validateResource(errors, schema, level, at);
}

function validateExtensions(errors: Errors, schema: Schema, at: string): void {
  if (schema['x-kubernetes-int-or-string'] !== true) return;
  for (const name of [
    'x-kubernetes-preserve-unknown-fields',
    'x-kubernetes-embedded-resource',
  ] as const) {
    if (schema[name] !== true) continue;
    const why = 'must be false if x-kubernetes-int-or-string is true';
    errors.push(invalid(`${at}.${name}`, true, why));
  }
}

function validateType(errors: Errors, schema: Schema, level: Level, at: string): void {
  const { type } = schema;
  const field = `${at}.type`;
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  if (isEmbedded && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type ? invalid(field, type, why) : required(field, why));
  } else if (!type && schema['x-kubernetes-int-or-string'] !== true && !preserves(schema)) {
    errors.push(required(field, untyped[level]));
  }
  if (isEmbedded && schema.additionalProperties !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbidden(`${at}.additionalProperties`, why));
  }
  if (level === 'root' && type && type !== 'object') {
    errors.push(invalid(field, type, 'must be object at the root'));
  }
}

/** Of an object itself, the names are looked at and nothing else. */
function validateResource(errors: Errors, schema: Schema, level: Level, at: string): void {
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const { properties = {} } = schema;
  const isResource = level === 'root' || isEmbedded;
  for (const name of isResource ? ['kind', 'apiVersion'] : []) {
    const one = properties[name];
    if (one === undefined || one.type === 'string') continue;
    errors.push(invalid(`${at}.properties[${name}].type`, one.type ?? '', 'must be string'));
  }
  const { metadata } = properties;
  const field = `${at}.properties[metadata]`;
  if (metadata !== undefined && isResource && metadata.type !== 'object') {
    errors.push(invalid(`${field}.type`, metadata.type ?? '', 'must be object'));
  }
  if (metadata !== undefined && level === 'root' && !namesOnly(metadata)) {
    const why =
      'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbidden(field, why));
  }
  if (isEmbedded && !preserves(schema) && Object.keys(properties).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(`${at}.properties`, why));
  }
}

function namesOnly({ type: _type, default: _default, properties = {}, ...rest }: Schema): boolean {
  const names = Object.keys(properties);
  return (
    names.every((name) => name === 'name' || name === 'generateName') &&
    Object.values(rest).every((value) => value === undefined)
  );
}

const intOrString = [{ type: 'integer' }, { type: 'string' }];

const isIntOrString = (anyOf: readonly Schema[] | undefined): boolean =>
  anyOf !== undefined && deepEqual(anyOf, intOrString);

const isIntOrStringAllOf = ({ allOf }: Schema): boolean => isIntOrString(allOf?.[0]?.anyOf);

/** @param skipFirst the first of `allOf` says that a number or a text is meant */
function validateValues(
  errors: Errors,
  { anyOf = [], allOf = [], oneOf = [], not }: Schema,
  at: string,
  skipAnyOf: boolean,
  skipFirst: boolean,
): void {
  if (!skipAnyOf) {
    anyOf.forEach((one, i) => {
      validateNested(errors, one, `${at}.anyOf[${i}]`);
    });
  }
  allOf.forEach((one, i) => {
    validateNested(errors, one, `${at}.allOf[${i}]`, skipFirst && i === 0);
  });
  oneOf.forEach((one, i) => {
    validateNested(errors, one, `${at}.oneOf[${i}]`);
  });
  if (not !== undefined) validateNested(errors, not, `${at}.not`);
}

/** What says how things are, and so may not be where only values are looked at. */
const forbiddenNested: readonly (readonly [string, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['externalDocs', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function validateNested(errors: Errors, schema: Schema, at: string, skipAnyOf = false): void {
  const { items, properties = {} } = schema;
  validateValues(errors, schema, at, skipAnyOf, false);
  if (items !== undefined) validateNested(errors, items, `${at}.items`);
  for (const [name, one] of Object.entries(properties)) {
    validateNested(errors, one, `${at}.properties[${name}]`);
  }
  const given = schema as Readonly<Record<string, unknown>>;
  for (const [name, why] of forbiddenNested) {
    const value = given[name];
    const isNone = value === undefined || value === '' || value === false;
    if (isNone || (Array.isArray(value) && value.length === 0)) continue;
    errors.push(forbidden(`${at}.${name}`, why));
  }
  if (properties['metadata'] !== undefined) {
    const why = 'must not be specified in a nested context';
    errors.push(forbidden(`${at}.properties[metadata]`, why));
  }
}

/** What junctors look at is specified outside of them. */
function validateJunctorsComplete(
  errors: Errors,
  { allOf = [], anyOf = [], oneOf = [], not }: Schema,
  whole: Schema | undefined,
  wholeAt: string,
  at: string,
): void {
  const all = Object.entries({ allOf, anyOf, oneOf }).flatMap(([name, list]) =>
    list.map((one, i) => ({ one, field: `${at}.${name}[${i}]` })),
  );
  if (not !== undefined) all.push({ one: not, field: `${at}.not` });
  for (const { one, field } of all) validateComplete(errors, one, whole, wholeAt, field);
}

function validateComplete(
  errors: Errors,
  schema: Schema,
  whole: Schema | undefined,
  wholeAt: string,
  at: string,
): void {
  if (whole === undefined) {
    errors.push(required(wholeAt, `because it is defined in ${at}`));
    return;
  }
  validateJunctorsComplete(errors, schema, whole, wholeAt, at);
  const { items, properties = {} } = schema;
  if (items !== undefined) {
    validateComplete(errors, items, whole.items, `${wholeAt}.items`, `${at}.items`);
  }
  for (const [name, one] of Object.entries(properties)) {
    const step = `.properties[${name}]`;
    validateComplete(errors, one, whole.properties?.[name], `${wholeAt}${step}`, `${at}${step}`);
  }
}
