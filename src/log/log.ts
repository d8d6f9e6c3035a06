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
  #entries: Entry[] = [];
  /** Entries that are forgotten. */
  #gone = 0;
  #began = 0;
  readonly #listeners = new Listeners<Entry>();
  #appending = false;

  /** Number of the newest entry; 0 when empty. */
  get length(): number {
    return this.#gone + this.#entries.length;
  }

  /** Number of the oldest entry that is remembered. */
  get first(): number {
    return this.#gone + 1;
  }

  /** Simulated ms of the first entry that there ever was. */
  get began(): number {
    return this.#began;
  }

  /** Those that are remembered. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  at(n: number): Entry | undefined {
    return this.#entries[n - 1 - this.#gone];
  }

  /** Entries after `@n`, as far as they are remembered. */
  since(n: number): readonly Entry[] {
    return this.#entries.slice(Math.max(0, n - this.#gone));
  }

  /** Forgets the entries up to `@n`: they are in a file, or not wanted any more. */
  forget(n: number): void {
    const count = Math.min(n, this.length) - this.#gone;
    if (count <= 0) return;
    this.#entries = this.#entries.slice(count);
    this.#gone += count;
  }

  append(entry: NewEntry): Entry {
    invariant(!this.#appending, 'an observer of the log appended to it');
    const numbered = entry as NewEntry as Entry;
    if (this.length === 0) this.#began = entry.t;
    (numbered as { n: number }).n = this.length + 1;
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
      defer(() => from(this.since(since))),
      new Observable<Entry>((subscriber) => this.observe((entry) => subscriber.next(entry))),
    );
  }
}
