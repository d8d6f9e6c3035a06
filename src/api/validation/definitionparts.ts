/** Parts of CustomResourceDefinitions: names, subresources, columns of tables. */
import type { DefinedVersion, Names, PrinterColumn } from '../custom/definition.ts';
import { type Errors, invalid, required } from './errors.ts';
import { label1035Errors } from './names.ts';

export function validateNames(errors: Errors, names: Partial<Names>, at: string): void {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names;
  const label = (field: string, text: string | undefined, prefix = ''): void => {
    const wrong = text ? label1035Errors(prefix === '' ? text : text.toLowerCase()) : [];
    if (wrong.length > 0) errors.push(invalid(`${at}.${field}`, text, prefix + wrong.join(',')));
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  label('plural', plural);
  label('singular', singular);
  label('kind', kind, mixed);
  label('listKind', listKind, mixed);
  shortNames.forEach((name, i) => {
    label(`shortNames[${i}]`, name);
  });
  if (kind && kind === listKind) {
    errors.push(invalid(`${at}.listKind`, listKind, 'kind and listKind may not be the same'));
  }
  categories.forEach((name, i) => {
    label(`categories[${i}]`, name);
  });
}

export function validateSubresources(
  errors: Errors,
  subresources: DefinedVersion['subresources'],
  at: string,
): void {
  const { scale } = subresources ?? {};
  if (scale === undefined) return;
  const path = (field: string, text: string | undefined, why: string, ...roots: string[]): void => {
    const name = `${at}.scale.${field}`;
    if (!text) errors.push(required(name));
    else if (!text.startsWith('.')) errors.push(invalid(name, text, notSimple));
    else if (!roots.some((root) => text.startsWith(root))) errors.push(invalid(name, text, why));
  };
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  path('specReplicasPath', specReplicasPath, 'should be a json path under .spec', '.spec.');
  path('statusReplicasPath', statusReplicasPath, 'should be a json path under .status', '.status.');
  if (!labelSelectorPath) return;
  const either = 'should be a json path under either .spec or .status';
  path('labelSelectorPath', labelSelectorPath, either, '.spec.', '.status.');
}

const notSimple = 'must be a simple json path starting with .';
const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = [
  'byte',
  'date',
  'date-time',
  'double',
  'float',
  'int32',
  'int64',
  'password',
];

export function validateColumn(errors: Errors, column: PrinterColumn, at: string): void {
  const { name, type, format, jsonPath } = column;
  const oneOf = (known: readonly string[]): string => `must be one of ${known.join(',')}`;
  if (!name) errors.push(required(`${at}.name`));
  if (!type) errors.push(required(`${at}.type`, oneOf(columnTypes)));
  else if (!columnTypes.includes(type)) {
    errors.push(invalid(`${at}.type`, type, oneOf(columnTypes)));
  }
  if (format && !columnFormats.includes(format)) {
    errors.push(invalid(`${at}.format`, format, oneOf(columnFormats)));
  }
  const field = `${at}.JSONPath`;
  if (!jsonPath) errors.push(required(field));
  else if (!jsonPath.startsWith('.')) errors.push(invalid(field, jsonPath, notSimple));
}

const warningMax = 256;

export function validateDeprecation(errors: Errors, version: DefinedVersion, at: string): void {
  const { deprecated, deprecationWarning: text } = version;
  const field = `${at}.deprecationWarning`;
  if (text === undefined) return;
  if (deprecated !== true) {
    errors.push(invalid(field, text, 'can only be set for deprecated versions'));
    return;
  }
  if (text.length > warningMax) {
    errors.push(invalid(field, text, `must be <= ${warningMax} characters long`));
  }
  if (text === '') errors.push(invalid(field, text, 'must not be an empty string'));
}
