/**
 * A workqueue of keys with the guarantees of client-go (ctl-01 §1): a key is queued at most once,
 * is never processed twice at the same time, and one added while it is being processed is queued
 * again when that is done.
 */
import type { Key } from '../api/meta.ts';
import { invariant } from '../errors.ts';
import { bounds, Histogram } from './histogram.ts';

const limits = bounds(1e-8, 10, 12);

/** Without a clock nothing takes any time. */
const still = { now: 0 };

export class Workqueue {
  #queue: Key[] = [];
  /** Index of the head in `#queue`: shifting a long array is linear. */
  #head = 0;
  /** Since when, in milliseconds. */
  readonly #dirty = new Map<Key, number>();
  readonly #processing = new Map<Key, number>();
  readonly #clock: { readonly now: number };
  /** Keys that it took, ever. */
  adds = 0;
  /** How long keys waited, and how long they were worked on. */
  readonly waits = new Histogram(limits);
  readonly works = new Histogram(limits);

  constructor(clock: { readonly now: number } = still) {
    this.#clock = clock;
  }

  /** Keys that wait and could be got now. */
  get length(): number {
    return this.#queue.length - this.#head;
  }

  get pending(): readonly Key[] {
    return this.#queue.slice(this.#head);
  }

  get processing(): readonly Key[] {
    return [...this.#processing.keys()];
  }

  add(key: Key): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.set(key, this.#clock.now);
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
    const { now } = this.#clock;
    this.waits.observe((now - this.#dirty.get(key)!) / 1000);
    this.#dirty.delete(key);
    this.#processing.set(key, now);
    return key;
  }

  done(key: Key): void {
    const since = this.#processing.get(key);
    invariant(since !== undefined, `done(${key}) without get`);
    this.#processing.delete(key);
    this.works.observe((this.#clock.now - since) / 1000);
    if (this.#dirty.has(key)) this.#queue.push(key);
  }

  memory(): unknown {
    return [this.pending, this.processing, [...this.#dirty.keys()]];
  }
}
