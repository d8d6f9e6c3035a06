/** Reads the fields of a scenario file: says which are unknown, and what was meant. */
import { UsageError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The value as a mapping whose names are all known. */
export function fieldsOf(value: unknown, known: readonly string[], where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${where}: expected a mapping with ${known.join(', ')}`);
  }
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new UsageError(`${where}: unknown field ${JSON.stringify(name)}; ${hint}`);
  }
  return value as Fields;
}

export function text(fields: Fields, name: string, where: string): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new UsageError(`${where}: ${name} must be a text, not ${JSON.stringify(value)}`);
}
