/** Folds entries into a log and a store: every cursor of it can then be looked at. */
import { indexesOf } from '../api/index.ts';
import type { Entry } from '../log/entry.ts';
import type { Simulation } from '../sim/simulation.ts';
import { Store } from '../store/store.ts';
import type { View } from '../store/view.ts';

/** A run that is over, or was recorded: what there is to look at. */
export class History {
  /** Those that are remembered. */
  readonly entries: readonly Entry[];
  readonly store: Store;
  /** Entries before those. */
  readonly #gone: number;
  /** Revision of the store after each entry, from the one before the first. */
  readonly #revisions: Uint32Array;

  /** `store`: what the entries were folded into already; it may remember more. */
  constructor(entries: readonly Entry[], store?: Store) {
    this.entries = entries;
    this.store = store ?? new Store(indexesOf);
    this.#gone = (entries[0]?.n ?? 1) - 1;
    this.#revisions = new Uint32Array(entries.length + 1);
    const oldest = entries.find((entry) => entry.type === 'write');
    let revision = this.#gone === 0 ? 0 : (oldest?.revision ?? this.store.revision + 1) - 1;
    this.#revisions[0] = revision;
    entries.forEach((entry, i) => {
      if (entry.type === 'write') {
        if (store === undefined) this.store.apply(entry);
        revision = entry.revision;
      }
      this.#revisions[i + 1] = revision;
    });
  }

  get length(): number {
    return this.#gone + this.entries.length;
  }

  /** The oldest cursor that can be looked at. */
  get oldest(): number {
    return this.#gone;
  }

  at(n: number): Entry | undefined {
    return this.entries[n - 1 - this.#gone];
  }

  revisionAt(cursor: number): number {
    return this.#revisions[Math.min(cursor, this.length) - this.#gone] ?? 0;
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

/** What a simulation remembers, as it is now. */
export const historyOf = ({ log, store }: Simulation): History =>
  new History(log.entries.slice(), store);
