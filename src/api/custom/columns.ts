/** The columns that a definition gives the tables of its objects (api-08 §1). */
import { canonicalJson } from '../canonicaljson.ts';
import { ageOf, type Cell, type Column, nameColumn } from '../columns/column.ts';
import { find, parsePath } from '../jsonpath/index.ts';
import { timeMistake } from '../timemistake.ts';
import type { DefinedVersion, PrinterColumn } from './definition.ts';

const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** Those before the first whose path is none: a table is shown all the same. */
export function columnsFrom({ additionalPrinterColumns = [] }: DefinedVersion): readonly Column[] {
  const columns: Column[] = [nameColumn];
  for (const one of additionalPrinterColumns.length === 0 ? [age] : additionalPrinterColumns) {
    const column = columnFrom(one);
    if (column === undefined) break;
    columns.push(column);
  }
  return columns;
}

function columnFrom(printed: PrinterColumn): Column | undefined {
  const { name, type, jsonPath, format = '', priority = 0 } = printed;
  const steps = parsePath(jsonPath);
  if (steps === undefined) return undefined;
  const description =
    printed.description || `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return {
    name,
    ...(priority > 0 ? { wide: true as const } : {}),
    declared: { type, format, description, priority },
    cell(object, now) {
      // However many there are, the first is shown.
      const [value] = find(object, steps);
      return value === undefined ? null : cellOf(type, value, now);
    },
  };
}

/** Null for a value that is not of the column's type. */
function cellOf(type: string, value: unknown, now: number): Cell {
  switch (type) {
    case 'string':
      return textOf(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    default:
      return typeof value === 'string' ? dateText(value, now) : null;
  }
}

function dateText(text: string, now: number): string {
  if (text === '' || text === 'null') return ageOf(undefined, now);
  const isTime = timeMistake(text, '2006-01-02T15:04:05Z07:00') === undefined;
  return isTime ? ageOf(text, now) : '<invalid>';
}

/** As Go prints a value that it knows nothing of; what has parts, as JSON. */
function textOf(value: unknown): string {
  if (value === null) return '<no value>';
  if (typeof value === 'number') return numberText(value);
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}

/** Numbers with a fraction have an exponent from a million on, and below a ten-thousandth. */
function numberText(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || (size >= 1e-4 && size < 1e6)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
