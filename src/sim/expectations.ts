/**
 * What a controller has written but its cache has not shown yet (ctl-01 §3).
 *
 * Until they are fulfilled the cache is known to be stale for that key, and acting on it would
 * repeat the same writes. They expire after five minutes, which is how k/k#129795 happens.
 */
import type { Key } from '../api/meta.ts';

export const expectationsTtlMs = 5 * 60_000;

interface Expected {
  creations: number;
  deletions: number;
  readonly since: number;
  /** Keys of objects whose deletion is awaited; seeing one twice counts once. */
  readonly deleting: Set<Key> | undefined;
}

export class Expectations {
  readonly #expected = new Map<Key, Expected>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** No record, nothing outstanding, or expired. */
  satisfied(owner: Key): boolean {
    const expected = this.#expected.get(owner);
    if (expected === undefined) return true;
    if (expected.creations <= 0 && expected.deletions <= 0) return true;
    return this.#now() - expected.since > expectationsTtlMs;
  }

  expectCreations(owner: Key, count: number): void {
    this.#expected.set(owner, this.#fresh(count, 0, undefined));
  }

  expectDeletions(owner: Key, keys: readonly Key[]): void {
    this.#expected.set(owner, this.#fresh(0, keys.length, new Set(keys)));
  }

  creationObserved(owner: Key): void {
    const expected = this.#expected.get(owner);
    if (expected !== undefined) expected.creations -= 1;
  }

  deletionObserved(owner: Key, dependent: Key): void {
    const expected = this.#expected.get(owner);
    if (expected?.deleting?.delete(dependent)) expected.deletions -= 1;
  }

  /** Lowers what is expected by creations that will not be tried. */
  creationsSkipped(owner: Key, count: number): void {
    const expected = this.#expected.get(owner);
    if (expected !== undefined) expected.creations -= count;
  }

  forget(owner: Key): void {
    this.#expected.delete(owner);
  }

  memory(): unknown {
    return [...this.#expected]
      .filter(([, { creations, deletions }]) => creations > 0 || deletions > 0)
      .map(([owner, e]) => [owner, e.creations, e.deletions, [...(e.deleting ?? [])], e.since]);
  }

  #fresh(creations: number, deletions: number, deleting: Set<Key> | undefined): Expected {
    return { creations, deletions, since: this.#now(), deleting };
  }
}
