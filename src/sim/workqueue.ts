/**
 * A workqueue of keys with the guarantees of client-go (ctl-01 §1): a key is queued at most once,
 * is never processed twice at the same time, and one added while it is being processed is queued
 * again when that is done.
 */
import type { Key } from '../api/meta.ts';
import { invariant } from '../errors.ts';

export class Workqueue {
  #queue: Key[] = [];
  /** Index of the head in `#queue`: shifting a long array is linear. */
  #head = 0;
  readonly #dirty = new Set<Key>();
  readonly #processing = new Set<Key>();
  /** Keys that it took, ever. */
  adds = 0;

  /** Keys that wait and could be got now. */
  get length(): number {
    return this.#queue.length - this.#head;
  }

  get pending(): readonly Key[] {
    return this.#queue.slice(this.#head);
  }

  get processing(): readonly Key[] {
    return [...this.#processing];
  }

  add(key: Key): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    this.adds += 1;
    if (!this.#processing.has(key)) this.#queue.push(key);
  }

  get(): Key | undefined {
    if (this.#head === this.#queue.length) return undefined;
    const key = this.#queue[this.#head++]!;
    if (this.#head > 64 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }

  done(key: Key): void {
    invariant(this.#processing.delete(key), `done(${key}) without get`);
    if (this.#dirty.has(key)) this.#queue.push(key);
  }

  memory(): unknown {
    return [this.pending, this.processing, [...this.#dirty]];
  }
}
