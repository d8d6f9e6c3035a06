/** Rate limiters of client-go's workqueue (ctl-01 §1): how long a failed key waits. */
import type { Key } from '../api/meta.ts';

/** Of controllers that say nothing else. */
export const defaultBackoff = { baseMs: 5, maxMs: 1_000_000 };

/** Delay = base × 2^(failures so far), at most `maxMs`; every `when` counts as one more failure. */
export class ExponentialBackoff {
  readonly #failures = new Map<Key, number>();
  readonly #baseMs: number;
  readonly #maxMs: number;

  constructor(baseMs = defaultBackoff.baseMs, maxMs = defaultBackoff.maxMs) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
  }

  /** Milliseconds to wait now. */
  when(key: Key): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(this.#baseMs * 2 ** failures, this.#maxMs);
  }

  requeues(key: Key): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: Key): void {
    if (this.#failures.size > 0) this.#failures.delete(key);
  }

  memory(): unknown {
    return [...this.#failures];
  }
}

/** Over all keys: `burst` at once, then `perSecond`; the n-th beyond the burst reserves its turn. */
export class TokenBucket {
  #tokens: number;
  #at = 0;
  readonly #perSecond: number;
  readonly #burst: number;

  constructor(perSecond = 10, burst = 100) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Milliseconds to wait at time `now` (ms). */
  when(now: number): number {
    this.#refill(now);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1000;
  }

  /** Takes a token if there is one now. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Tokens missing: two buckets that are full are equal, whenever they were last used. */
  memory(now: number): number {
    this.#refill(now);
    return this.#burst - this.#tokens;
  }

  #refill(now: number): void {
    this.#tokens = Math.min(
      this.#burst,
      this.#tokens + ((now - this.#at) / 1000) * this.#perSecond,
    );
    this.#at = now;
  }
}
