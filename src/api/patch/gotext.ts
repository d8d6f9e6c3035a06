/** Data as Go's formatting verbs show it, where messages quote it. */

/** Plain data as Go's `%v` shows it: `map[spec:map[foo:1]]`. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value ?? '<nil>');
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${pairs.map(([name, part]) => `${name}:${goText(part)}`).join(' ')}]`;
}

/** Labels as Go's `%#v` shows them: `map[string]string{"app":"web"}`. */
export function goStringMap(map: Readonly<Record<string, string>> | undefined): string {
  if (map === undefined) return 'map[string]string(nil)';
  const pairs = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `map[string]string{${parts.join(', ')}}`;
}
