/**
 * What a controller has written but its cache has not shown yet (ctl-01 §3).
 *
 * Until they are fulfilled the cache is known to be stale for that key, and acting on it would
 * repeat the same writes. They expire after five minutes, which is how k/k#129795 happens.
 */
import type { Key } from '../api/meta.ts';

export const expectationsTtlMs = 5 * 60_000;

interface Expected {
  /** Creations that will be made, or were. */
  creations: number;
  /** Creations that events have shown. */
  seen: number;
  /** Revisions of the creations that were answered. */
  readonly written: number[];
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

  /**
   * No record, nothing outstanding, or expired. `shown` is the newest revision that the cache of the
   * dependents shows: what is older has been seen, even if its event was lost with a broken watch.
   */
  satisfied(owner: Key, shown: number): boolean {
    const expected = this.#expected.get(owner);
    if (expected === undefined) return true;
    if (outstanding(expected, shown) <= 0 && expected.deletions <= 0) return true;
    return this.#now() - expected.since > expectationsTtlMs;
  }

  expectCreations(owner: Key, count: number): void {
    this.#expected.set(owner, this.#fresh(count, 0, undefined));
  }

  expectDeletions(owner: Key, keys: readonly Key[]): void {
    this.#expected.set(owner, this.#fresh(0, keys.length, new Set(keys)));
  }

  /** Both at once, as one pass may create some and delete others. */
  expect(owner: Key, creations: number, deletions: readonly Key[]): void {
    this.#expected.set(owner, this.#fresh(creations, deletions.length, new Set(deletions)));
  }

  creationObserved(owner: Key): void {
    const expected = this.#expected.get(owner);
    if (expected !== undefined) expected.seen += 1;
  }

  /** A creation was answered: it is in the store since this revision. */
  creationWritten(owner: Key, resourceVersion: string): void {
    this.#expected.get(owner)?.written.push(Number(resourceVersion));
  }

  deletionObserved(owner: Key, dependent: Key): void {
    const expected = this.#expected.get(owner);
    if (expected?.deleting?.delete(dependent)) expected.deletions -= 1;
  }

  /** Lowers what is expected by creations that failed, or will not be tried. */
  creationsDropped(owner: Key, count: number): void {
    const expected = this.#expected.get(owner);
    if (expected !== undefined) expected.creations -= count;
  }

  forget(owner: Key): void {
    this.#expected.delete(owner);
  }

  memory(): unknown {
    return [...this.#expected]
      .filter(([, e]) => e.creations > e.seen || e.deletions > 0)
      .map(([owner, e]) => [owner, e.creations - e.seen, e.deletions, [...(e.deleting ?? [])]]);
  }

  #fresh(creations: number, deletions: number, deleting: Set<Key> | undefined): Expected {
    return { creations, seen: 0, written: [], deletions, since: this.#now(), deleting };
  }
}

function outstanding({ creations, seen, written }: Expected, shown: number): number {
  if (creations <= seen) return 0;
  let older = 0;
  for (const revision of written) if (revision <= shown) older += 1;
  return creations - Math.max(seen, older);
}
