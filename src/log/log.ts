/**
 * The append-only log: the only state that is written. Every other state is a fold of it.
 *
 * Observers must not append: an entry written while another is being delivered would reach the
 * observers in another order than the log has. That is asserted.
 */
import { concat, defer, from, Observable } from 'rxjs';
import { invariant } from '../errors.ts';
import type { Entry, NewEntry } from './entry.ts';
import { Listeners } from './listeners.ts';

export class Log {
  readonly #entries: Entry[] = [];
  readonly #listeners = new Listeners<Entry>();
  #appending = false;

  /** Number of the newest entry; 0 when empty. */
  get length(): number {
    return this.#entries.length;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  at(n: number): Entry | undefined {
    return this.#entries[n - 1];
  }

  append(entry: NewEntry): Entry {
    invariant(!this.#appending, 'an observer of the log appended to it');
    const numbered = entry as { n: number } & NewEntry as Entry;
    (numbered as { n: number }).n = this.#entries.length + 1;
    this.#entries.push(numbered);
    this.#appending = true;
    try {
      this.#listeners.tell(numbered);
    } finally {
      this.#appending = false;
    }
    return numbered;
  }

  /** Calls `observer` for each entry from now on; what it throws surfaces in `append`. */
  observe(observer: (entry: Entry) => void): () => void {
    return this.#listeners.add(observer);
  }

  /** Entries after `@since`, those to come included. */
  replay(since = 0): Observable<Entry> {
    return concat(
      defer(() => from(this.#entries.slice(since))),
      new Observable<Entry>((subscriber) => this.observe((entry) => subscriber.next(entry))),
    );
  }
}
