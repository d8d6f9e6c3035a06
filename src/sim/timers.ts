/** Everything that waits for simulated time: one heap, ordered by due time, then by age. */

export interface Timer {
  readonly at: number;
  /** Heartbeats and the like: they go on for ever and do not count as something left to do. */
  readonly background: boolean;
  readonly owner: string;
  readonly tag: string;
  readonly fire: () => void;
}

interface Waiting extends Timer {
  readonly age: number;
  cancelled: boolean;
}

export type Cancel = () => void;

export class Timers {
  readonly #foreground = new Heap();
  readonly #background = new Heap();
  #age = 0;

  add(timer: Timer): Cancel {
    const { at, background, owner, tag, fire } = timer;
    const age = this.#age++;
    const waiting: Waiting = { at, background, owner, tag, fire, age, cancelled: false };
    (timer.background ? this.#background : this.#foreground).push(waiting);
    return () => {
      waiting.cancelled = true;
    };
  }

  /** Removes and returns the next timer that is due by `until`. */
  take(until: number): Timer | undefined {
    const heap = this.#sooner();
    const next = heap.first;
    if (next === undefined || next.at > until) return undefined;
    return heap.pop();
  }

  /** When the next timer is due. */
  get next(): number | undefined {
    return this.#sooner().first?.at;
  }

  /** When the next timer is due that is not a heartbeat. */
  get nextForeground(): number | undefined {
    return this.#foreground.first?.at;
  }

  /** What waits, soonest first, without the heartbeats. */
  get waiting(): readonly Timer[] {
    return this.#foreground.all;
  }

  #sooner(): Heap {
    const foreground = this.#foreground.first;
    const background = this.#background.first;
    if (background === undefined) return this.#foreground;
    if (foreground === undefined) return this.#background;
    return before(background, foreground) ? this.#background : this.#foreground;
  }
}

class Heap {
  readonly #heap: Waiting[] = [];

  /** The one that is due first; those that were cancelled are dropped on the way. */
  get first(): Waiting | undefined {
    while (this.#heap[0]?.cancelled === true) this.pop();
    return this.#heap[0];
  }

  get all(): readonly Waiting[] {
    return this.#heap
      .filter(({ cancelled }) => !cancelled)
      .sort((a, b) => a.at - b.at || a.age - b.age);
  }

  push(waiting: Waiting): void {
    this.#heap.push(waiting);
    this.#up(this.#heap.length - 1);
  }

  pop(): Waiting | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    }
    return top;
  }

  #up(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(this.#heap[i]!, this.#heap[parent]!)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #down(from: number): void {
    let i = from;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < this.#heap.length && before(this.#heap[left]!, this.#heap[least]!)) least = left;
      if (right < this.#heap.length && before(this.#heap[right]!, this.#heap[least]!))
        least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(i: number, j: number): void {
    const kept = this.#heap[i]!;
    this.#heap[i] = this.#heap[j]!;
    this.#heap[j] = kept;
  }
}

const before = (a: Waiting, b: Waiting): boolean => a.at < b.at || (a.at === b.at && a.age < b.age);
