/** Pods in an order, of which the first can be had, and any be taken out. */
import type { Queued } from './queue.ts';

export class PodHeap {
  readonly #isBefore: (a: Queued, b: Queued) => boolean;
  readonly #members = new Map<string, Queued>();
  /** A binary heap; what is no member any more is dropped when it comes up. */
  #heap: Queued[] = [];

  constructor(isBefore: (a: Queued, b: Queued) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#members.size;
  }

  values(): Iterable<Queued> {
    return this.#members.values();
  }

  get(uid: string): Queued | undefined {
    return this.#members.get(uid);
  }

  set(queued: Queued): void {
    const { uid } = queued.pod.metadata;
    // A Pod that was taken out and comes again may still lie where it was in the order.
    if (this.#stale.delete(queued)) this.#rebuild(queued);
    this.#members.set(uid, queued);
    this.#push(queued);
  }

  delete(uid: string): void {
    const queued = this.#members.get(uid);
    if (queued === undefined) return;
    this.#members.delete(uid);
    if (this.#heap[0] === queued) this.#removeFirst();
    else this.#stale.add(queued);
  }
  readonly #stale = new Set<Queued>();

  first(): Queued | undefined {
    while (this.#heap.length > 0 && this.#stale.delete(this.#heap[0]!)) this.#removeFirst();
    return this.#heap[0];
  }

  #rebuild(without: Queued): void {
    const before = this.#heap;
    this.#heap = [];
    for (const one of before) if (one !== without) this.#push(one);
  }

  #push(queued: Queued): void {
    this.#heap.push(queued);
    this.#rise(this.#heap.length - 1);
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(this.#heap[at]!, this.#heap[parent]!)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    const moved = this.#heap[a]!;
    this.#heap[a] = this.#heap[b]!;
    this.#heap[b] = moved;
  }
}
