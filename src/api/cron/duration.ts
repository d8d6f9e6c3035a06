/** Durations as Go writes them: `1h30m`, `1.5s`, `-2ms`. */

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds, or what is wrong in the words of Go's `time.ParseDuration`. */
export function parseDuration(text: string): number | string {
  const quoted = JSON.stringify(text);
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text)!;
  if (rest === '0') return 0;
  if (rest === '') return `time: invalid duration ${quoted}`;
  let total = 0;
  let left = rest;
  while (left !== '') {
    const [all = '', amount = ''] = /^(\d+\.?\d*|\.\d+)/.exec(left) ?? [];
    if (all === '') return `time: invalid duration ${quoted}`;
    left = left.slice(all.length);
    const [unit = ''] = /^[^.\d]*/.exec(left)!;
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    const ms = units[unit];
    if (ms === undefined) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    total += Number(amount) * ms;
    left = left.slice(unit.length);
  }
  return sign === '-' ? -total : total;
}
