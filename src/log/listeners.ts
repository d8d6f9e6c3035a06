/**
 * Who is told of each value, in the order in which they came.
 *
 * A Subject of RxJS would do, but for two things: it costs five calls per listener and value, and it
 * reports a listener's exception on a timer, where neither the simulation nor fast-check would see
 * it. Here it reaches whoever tells. Streams for readers are made of `add`.
 */
export class Listeners<T> {
  #all: readonly ((value: T) => void)[] = [];

  /** Returns what ends it. */
  add(listener: (value: T) => void): () => void {
    this.#all = [...this.#all, listener];
    return () => {
      this.#all = this.#all.filter((one) => one !== listener);
    };
  }

  /** The first exception ends the round. */
  tell(value: T): void {
    for (const listener of this.#all) listener(value);
  }

  clear(): void {
    this.#all = [];
  }
}
