/** Crash-loop back-off (kubelet-03): 10 s, doubled at each restart, at most 5 min. */

const baseMs = 10_000;
const maxMs = 300_000;

/** A container that ran so long is forgiven. */
const resetAfterMs = 2 * maxMs;

export class Backoff {
  #delayMs = 0;
  #lastEndAt = Number.NEGATIVE_INFINITY;

  /** The container ended at `now`: how long it waits before it is started again. */
  next(now: number): number {
    if (now - this.#lastEndAt > resetAfterMs) this.#delayMs = 0;
    const delay = this.#delayMs;
    this.#delayMs = Math.min(delay === 0 ? baseMs : delay * 2, maxMs);
    this.#lastEndAt = now + delay;
    return delay;
  }
}
