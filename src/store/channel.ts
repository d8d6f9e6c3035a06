/**
 * The changes of some objects in the order of their revisions: what a watch reads.
 *
 * A position stays what it is when old changes are forgotten; it is the number of changes before it.
 */
import type { WriteEntry } from '../log/entry.ts';

export class Channel {
  #entries: WriteEntry[] = [];
  /** Changes that are forgotten. */
  #gone = 0;
  #listener: (() => void)[] | undefined;

  /** Changes that there ever were. */
  get length(): number {
    return this.#gone + this.#entries.length;
  }

  /** Those that are remembered. */
  get entries(): readonly WriteEntry[] {
    return this.#entries;
  }

  /** Whether all that there ever were are remembered. */
  get isWhole(): boolean {
    return this.#gone === 0;
  }

  /** The change at a position. */
  at(position: number): WriteEntry | undefined {
    return this.#entries[position - this.#gone];
  }

  push(entry: WriteEntry): void {
    this.#entries.push(entry);
    const listeners = this.#listener;
    if (listeners !== undefined) for (const wake of listeners) wake();
  }

  /** Calls `wake` after each change. Returns what ends it. */
  onChange(wake: () => void): () => void {
    this.#listener = [...(this.#listener ?? []), wake];
    return () => {
      this.#listener = this.#listener?.filter((listener) => listener !== wake);
    };
  }

  /** Position of the first change after `revision`. */
  after(revision: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.revision > revision) high = middle;
      else low = middle + 1;
    }
    return this.#gone + low;
  }

  /** Forgets the changes up to `revision`. */
  forget(revision: number): void {
    const first = this.after(revision) - this.#gone;
    if (first === 0) return;
    this.#entries = this.#entries.slice(first);
    this.#gone += first;
  }
}
