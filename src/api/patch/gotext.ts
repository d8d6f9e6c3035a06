/** Plain data as Go's `%v` shows it: `map[spec:map[foo:1]]`. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value ?? '<nil>');
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${pairs.map(([name, part]) => `${name}:${goText(part)}`).join(' ')}]`;
}
