/** The changes of some objects in the order of their revisions: what a watch reads. */
import type { WriteEntry } from '../log/entry.ts';

export class Channel {
  readonly entries: WriteEntry[] = [];
  #listener: (() => void)[] | undefined;

  get length(): number {
    return this.entries.length;
  }

  push(entry: WriteEntry): void {
    this.entries.push(entry);
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
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.revision > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
