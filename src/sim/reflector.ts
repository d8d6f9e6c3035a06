/**
 * The reading end of a watch: lists, then follows the changes of a kind, one delivery at a time.
 *
 * The cache it feeds is the store up to the change that was delivered last, so the schedule alone
 * decides how stale a process is. The cache never skips or reorders, except by a new list.
 */
import { Observable } from 'rxjs';
import { type KubeObject, keyOf } from '../api/meta.ts';
import type { WriteEntry } from '../log/entry.ts';
import { Listeners } from '../log/listeners.ts';
import type { Channel } from '../store/channel.ts';
import type { Store } from '../store/store.ts';
import type { Watch, WatchEvent } from './component.ts';

export class Reflector {
  readonly watch: Watch;
  readonly #store: Store;
  readonly #channel: Channel;
  readonly #listeners = new Listeners<WatchEvent>();
  readonly #close: () => void;
  /** Position of the next undelivered change. */
  #next = 0;
  /** Revision of the list that the cache began with; undefined before the first. */
  #listed: number | undefined;
  #watching = false;
  /** A fault: the connection is gone, and only a new list will help. */
  #broken = false;
  /** A fault: nothing is delivered until it is released. */
  held = false;
  /** A fault: the API server that answers the next list is as old as this revision. */
  staleAt: number | undefined;

  /** @param emptyAt what is watched was listed at this revision, and there was none of it. */
  constructor(store: Store, watch: Watch, wake: () => void, emptyAt?: number) {
    this.#store = store;
    this.watch = watch;
    this.#listed = emptyAt;
    this.#channel = store.channel(watch.kind, watch.by);
    this.#close = this.#channel.onChange(wake);
  }

  get events(): Observable<WatchEvent> {
    return new Observable((subscriber) => this.subscribe((event) => subscriber.next(event)));
  }

  /** Returns what ends it. */
  subscribe(handler: (event: WatchEvent) => void): () => void {
    return this.#listeners.add(handler);
  }

  get synced(): boolean {
    return this.#listed !== undefined;
  }

  /** Revision of the list that the cache began with; -1 before the first. */
  get listedAt(): number {
    return this.#listed ?? -1;
  }

  /** Revision that the next list will show: never older than what is known, as no server may answer. */
  get nextList(): number {
    if (this.staleAt === undefined) return this.#store.revision;
    return Math.max(this.staleAt, this.revision);
  }

  /** Changes that were written but not yet delivered. */
  get lag(): number {
    return this.#channel.length - this.#next;
  }

  /** Whether there is something to deliver: a first list, a new list, or the next change. */
  get pending(): boolean {
    return !this.held && (this.#listed === undefined || this.#broken || this.lag > 0);
  }

  get needsList(): boolean {
    return this.#listed === undefined || this.#broken;
  }

  /** Newest revision that the cache shows; -1 before the first list. */
  get revision(): number {
    if (this.#listed === undefined) return -1;
    const next = this.#channel.at(this.#next);
    return next === undefined ? this.#store.revision : next.revision - 1;
  }

  /** The change that would be delivered next. */
  get upcoming(): WriteEntry | undefined {
    return this.#channel.at(this.#next);
  }

  /** What `revision` will be when the next change has been delivered. */
  get revisionAfterNext(): number {
    const after = this.#channel.at(this.#next + 1);
    return after === undefined ? this.#store.revision : after.revision - 1;
  }

  /** Delivers one change, or the list. */
  deliver(): void {
    if (this.needsList) return this.#list();
    if (!this.#watching) this.#startWatch();
    const entry = this.#channel.at(this.#next);
    if (entry === undefined) return;
    this.#next += 1;
    this.#emit(eventOf(entry, this.watch, this.#store));
  }

  /** Delivers all that is written by now. */
  catchUp(): void {
    if (this.needsList) this.#list();
    while (this.#next < this.#channel.length) this.deliver();
  }

  /** The connection breaks, and what was not delivered is lost: the next delivery is a list. */
  drop(): void {
    this.#broken = true;
  }

  /** The watch begins where the list ended, however long that is ago. */
  #startWatch(): void {
    this.#watching = true;
    this.#next = this.#channel.after(this.#listed!);
  }

  close(): void {
    this.#close();
    this.#listeners.clear();
  }

  #emit(event: WatchEvent | undefined): void {
    if (event !== undefined) this.#listeners.tell(event);
  }

  #list(): void {
    const known = this.#listed === undefined ? [] : this.#objectsAt(this.revision);
    this.#listed = this.nextList;
    this.#broken = false;
    this.#watching = false;
    this.#next = this.#channel.after(this.#listed);
    this.staleAt = undefined;
    for (const event of this.#replaced(known)) this.#emit(event);
  }

  /** What the handlers see of a list: additions, updates, and tombstones of what is missing. */
  *#replaced(known: readonly KubeObject[]): Generator<WatchEvent> {
    const { kind } = this.watch;
    const revision = this.#listed!;
    const before = new Map(known.map((object) => [keyOf(object), object]));
    for (const object of this.#objectsAt(revision)) {
      const key = keyOf(object);
      const old = before.get(key);
      before.delete(key);
      const n = this.#store.writeOf(kind, key)?.n ?? 0;
      const type = old === undefined ? 'ADDED' : 'MODIFIED';
      yield { type, kind, key, object, old, n, listed: revision };
    }
    for (const [key, object] of before) {
      const n = this.#store.writeOf(kind, key)?.n ?? 0;
      const gone = { type: 'DELETED' as const, kind, key, object, old: object, n };
      yield { ...gone, tombstone: true, listed: revision };
    }
  }

  #objectsAt(revision: number): readonly KubeObject[] {
    const { kind, by } = this.watch;
    const view = this.#store.view(revision);
    return by === undefined ? view.list(kind) : view.by(kind, by.index, by.value);
  }
}

/** A change as the watch reports it: leaving the selection looks like a deletion. */
function eventOf(entry: WriteEntry, { kind, by }: Watch, store: Store): WatchEvent | undefined {
  let { before, after } = entry;
  const { key, n } = entry;
  if (by !== undefined) {
    const index = store.table(kind).index(by.index)!;
    if (before !== undefined && !index.has(before, by.value)) before = undefined;
    if (after !== undefined && !index.has(after, by.value)) after = undefined;
  }
  if (after === undefined) {
    if (before === undefined) return undefined;
    const object = entry.after ?? removed(before, entry.revision);
    return { type: 'DELETED', kind, key, object, old: before, n };
  }
  return {
    type: before === undefined ? 'ADDED' : 'MODIFIED',
    kind,
    key,
    object: after,
    old: before,
    n,
  };
}

/** A removed object as watches report it last: with the revision of its removal. */
export const removed = (object: KubeObject, revision: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
});
