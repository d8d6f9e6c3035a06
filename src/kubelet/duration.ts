/** Durations as Go prints them: `10s`, `1m20s`, `1.5s`, `150ms`. */

export function goDuration(ms: number): string {
  if (ms < 1000) return ms === 0 ? '0s' : `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  const tail = minutes > 0 || hours > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
  return hours > 0 ? `${hours}h${tail}` : tail;
}
