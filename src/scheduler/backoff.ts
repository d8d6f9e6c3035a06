/** How long a Pod waits after it failed so often (sched-02): 1 s, 2 s, 4 s, 8 s, 10 s … */

export interface BackoffLimits {
  readonly initialMs: number;
  readonly maxMs: number;
}

export const defaultBackoff: BackoffLimits = { initialMs: 1_000, maxMs: 10_000 };

export const backoffOf = (count: number, { initialMs, maxMs } = defaultBackoff): number =>
  count === 0 ? 0 : Math.min(initialMs * 2 ** (count - 1), maxMs);
