/**
 * Things in the order in which they came, each once; any of them may leave at any time.
 *
 * A Set would do, but for one thing: it looks at the places of those that left, each time that it is asked who
 * is first, and five thousand kubelets come and go at the head of it.
 */
export class Line<T> {
  readonly #places = new Map<T, Place<T>>();
  #head: Place<T> | undefined;
  #last: Place<T> | undefined;

  get size(): number {
    return this.#places.size;
  }

  /** The first place; `next` leads on, also from a place whose item has just left. */
  get head(): Place<T> | undefined {
    return this.#head;
  }

  /** At the end; who waits already stays where it is. */
  add(item: T): void {
    if (this.#places.has(item)) return;
    const place: Place<T> = { item, previous: this.#last, next: undefined };
    if (this.#last === undefined) this.#head = place;
    else this.#last.next = place;
    this.#last = place;
    this.#places.set(item, place);
  }

  delete(item: T): void {
    const place = this.#places.get(item);
    if (place === undefined) return;
    this.#places.delete(item);
    const { previous, next } = place;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let place = this.#head; place !== undefined; place = place.next) yield place.item;
  }
}

interface Place<T> {
  readonly item: T;
  previous: Place<T> | undefined;
  next: Place<T> | undefined;
}
