/**
 * Back-off of container restarts and of image pulls (kubelet-00, kubelet-03): an entry per key,
 * doubled with each attempt, forgotten after a while without one.
 */

export interface BackoffLimits {
  readonly initialMs: number;
  readonly maxMs: number;
  /** An entry that was not touched for longer is gone. */
  readonly resetAfterMs: number;
}

export interface BackoffEntry {
  readonly delayMs: number;
  readonly updatedAt: number;
}

export const restartBackoff: BackoffLimits = {
  initialMs: 10_000,
  maxMs: 300_000,
  resetAfterMs: 600_000,
};
export const pullBackoff: BackoffLimits = restartBackoff;

const isExpired = ({ updatedAt }: BackoffEntry, at: number, { resetAfterMs }: BackoffLimits) =>
  at - updatedAt > resetAfterMs;

/** How long it still has to be waited at `now`, counted from `since`: an exit, or the last failure. */
export function backoffWait(
  entry: BackoffEntry | undefined,
  since: number,
  now: number,
  limits: BackoffLimits,
): number {
  if (entry === undefined || isExpired(entry, since, limits)) return 0;
  return Math.max(entry.delayMs - (now - since), 0);
}

/** The entry after the attempt that is made at `now`. */
export function backoffNext(
  entry: BackoffEntry | undefined,
  since: number,
  now: number,
  limits: BackoffLimits,
): BackoffEntry {
  const isFirst = entry === undefined || isExpired(entry, since, limits);
  const delayMs = isFirst ? limits.initialMs : Math.min(entry.delayMs * 2, limits.maxMs);
  return { delayMs, updatedAt: now };
}
