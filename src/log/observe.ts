/**
 * Subscribes so that an observer's exception reaches the producer.
 *
 * RxJS 7 reports it on a timer instead, where neither the simulation nor fast-check would see it.
 */
import type { Observable, Subscription } from 'rxjs';

/** An observer's failure, kept until the producer asks. */
export class Failures {
  #failure: { readonly error: unknown } | undefined;

  /** Subscribes `observer` to `stream`; what it throws is kept for `rethrow`. */
  observe<T>(stream: Observable<T>, observer: (value: T) => void): Subscription {
    return stream.subscribe((value) => {
      if (this.#failure !== undefined) return;
      try {
        observer(value);
      } catch (error) {
        this.#failure = { error };
      }
    });
  }

  /** Called by the producer after each `next`. */
  rethrow(): void {
    if (this.#failure === undefined) return;
    const { error } = this.#failure;
    this.#failure = undefined;
    throw error;
  }
}
