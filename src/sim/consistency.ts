/**
 * What a controller has written, against what its caches show (KEP-5647, on by default in 1.36).
 *
 * Expectations count and expire; this compares revisions and does not. A pass that begins before
 * the caches show the writes of the last one is refused and retried. Before it there were only
 * expectations: then nothing is remembered here, and no cache is known to be stale.
 */
import type { Key } from '../api/meta.ts';

/** How controllers know that a cache is too old to act on: with expectations alone, or by revisions too. */
export type Staleness = 'expectations' | 'consistency';

export class Consistency {
  /** Newest revision written for an owner's key, by kind of the object written. */
  readonly #written = new Map<Key, Map<string, number>>();

  readonly #remembers: boolean;

  constructor(staleness: Staleness = 'consistency') {
    this.#remembers = staleness === 'consistency';
  }

  wrote(owner: Key, kind: string, resourceVersion: string): void {
    if (!this.#remembers) return;
    let kinds = this.#written.get(owner);
    if (kinds === undefined) {
      kinds = new Map();
      this.#written.set(owner, kinds);
    }
    kinds.set(kind, Math.max(kinds.get(kind) ?? 0, Number(resourceVersion)));
  }

  /** The kind whose cache is too old for the owner, if there is one. */
  stale(owner: Key, shownOf: (kind: string) => number): string | undefined {
    for (const [kind, revision] of this.#written.get(owner) ?? []) {
      if (shownOf(kind) < revision) return kind;
    }
    return undefined;
  }

  forget(owner: Key): void {
    this.#written.delete(owner);
  }

  /** Writes that the caches do not show yet. */
  memory(shownOf: (kind: string) => number): unknown {
    return [...this.#written].flatMap(([owner, kinds]) =>
      [...kinds]
        .filter(([kind, revision]) => shownOf(kind) < revision)
        .map(([kind]) => [owner, kind]),
    );
  }
}
