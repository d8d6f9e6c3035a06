/** Folds entries into a log and a store: every cursor of it can then be looked at. */
import { indexesOf } from '../api/index.ts';
import type { Entry } from '../log/entry.ts';
import { Store } from '../store/store.ts';
import type { View } from '../store/view.ts';

/** A run that is over, or was recorded: what there is to look at. */
export class History {
  readonly entries: readonly Entry[];
  readonly store = new Store(indexesOf);
  /** Revision of the store after each entry. */
  readonly #revisions: Uint32Array;

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
    this.#revisions = new Uint32Array(entries.length + 1);
    let revision = 0;
    for (const entry of entries) {
      if (entry.type === 'write') {
        this.store.apply(entry);
        revision = entry.revision;
      }
      this.#revisions[entry.n] = revision;
    }
  }

  get length(): number {
    return this.entries.length;
  }

  at(n: number): Entry | undefined {
    return this.entries[n - 1];
  }

  revisionAt(cursor: number): number {
    return this.#revisions[Math.min(cursor, this.length)] ?? 0;
  }

  /** All objects as they were after entry `cursor`. */
  view(cursor = this.length): View {
    return this.store.view(this.revisionAt(cursor));
  }

  /** Simulated ms at a cursor. */
  timeAt(cursor: number): number {
    return this.at(cursor)?.t ?? 0;
  }
}
