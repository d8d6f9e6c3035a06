/** Reads the fields of a scenario file: says which are unknown, and what was meant. */
import { UsageError } from '../../errors.ts';

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

/** The known name that differs least, if it does not differ much. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return row[b.length]!;
}
