/**
 * etcd, as a fold of the log: revisions, every version of every object, watches from a revision.
 */
import type { IndexOf } from '../api/kind.ts';
import type { Key, KubeObject } from '../api/meta.ts';
import { invariant } from '../errors.ts';
import type { WriteEntry } from '../log/entry.ts';
import type { Channel } from './channel.ts';
import { everything, historyOf, Table, writeAt } from './table.ts';
import type { View } from './view.ts';

/** The indexes that a kind adds to the general ones. */
export type IndexesOf = (kind: string) => Readonly<Record<string, IndexOf<never>>> | undefined;

export class Store {
  readonly #tables = new Map<string, Table>();
  readonly #indexesOf: IndexesOf;
  #revision = 0;
  #compacted = 0;
  #forgotten = 0;
  #used: readonly string[] = [];
  readonly #firsts = new Set<(kind: string) => void>();
  readonly #newest: View = new StoreView(this, () => Number.POSITIVE_INFINITY);

  constructor(indexesOf: IndexesOf) {
    this.#indexesOf = indexesOf;
  }

  /** Revision of the newest write. */
  get revision(): number {
    return this.#revision;
  }

  /** Watches may not start before this revision: "too old". */
  get compacted(): number {
    return this.#compacted;
  }

  /** Kinds of which there was ever an object, in the order in which they were first used. */
  get kinds(): readonly string[] {
    return this.#used;
  }

  /** Calls `begin` before the first object of a kind is stored. Returns what ends it. */
  onFirst(begin: (kind: string) => void): () => void {
    this.#firsts.add(begin);
    return () => {
      this.#firsts.delete(begin);
    };
  }

  apply(entry: WriteEntry): void {
    invariant(entry.revision > this.#revision, `revision ${entry.revision} is not new`);
    const table = this.table(entry.kind);
    if (table.changes.length === 0) this.#first(entry.kind);
    this.#revision = entry.revision;
    table.apply(entry);
  }

  #first(kind: string): void {
    this.#used = [...this.#used, kind];
    for (const begin of [...this.#firsts]) begin(kind);
  }

  /** Forbids watches from revisions before `revision`, as etcd's compaction does. */
  compact(revision: number): void {
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#revision));
  }

  /**
   * Forgets what was only before `revision`. Nobody may look at anything older any more: neither views nor
   * watches that are under way.
   */
  forget(revision: number): void {
    if (revision <= this.#forgotten) return;
    this.#forgotten = revision;
    this.compact(revision);
    for (const table of this.#tables.values()) table.forget(revision);
  }

  table(kind: string): Table {
    let table = this.#tables.get(kind);
    if (table === undefined) {
      table = new Table(kind, this.#indexesOf(kind));
      this.#tables.set(kind, table);
    }
    return table;
  }

  get<T extends KubeObject = KubeObject>(kind: string, key: Key): T | undefined {
    return this.#tables.get(kind)?.rows.get(key)?.head.entry.after as T | undefined;
  }

  /** The write that made an object what it was at `revision`. */
  writeOf(kind: string, key: Key, revision = Number.POSITIVE_INFINITY): WriteEntry | undefined {
    const row = this.#tables.get(kind)?.rows.get(key);
    return row === undefined ? undefined : writeAt(row, revision);
  }

  /** All writes to whatever had this key, newest first. */
  history(kind: string, key: Key): Iterable<WriteEntry> {
    const row = this.#tables.get(kind)?.rows.get(key);
    return row === undefined ? [] : historyOf(row);
  }

  /** The changes of a kind, or of its objects with one index value. */
  channel(kind: string, by?: { readonly index: string; readonly value: string }): Channel {
    const table = this.table(kind);
    if (by === undefined) return table.changes;
    const index = table.index(by.index);
    invariant(index !== undefined, `${kind} has no index ${by.index}`);
    return index.channel(by.value, table.changes);
  }

  /** All objects as they were at `revision`; the newest, whatever comes, if none is given. */
  view(revision?: number): View {
    return revision === undefined ? this.#newest : new StoreView(this, () => revision);
  }

  /** A view whose revision differs by kind. */
  viewBy(revisionOf: (kind: string) => number): View {
    return new StoreView(this, revisionOf);
  }
}

class StoreView implements View {
  readonly #store: Store;
  readonly #revisionOf: (kind: string) => number;

  constructor(store: Store, revisionOf: (kind: string) => number) {
    this.#store = store;
    this.#revisionOf = revisionOf;
  }

  get revision(): number {
    return Math.min(this.#revisionOf(''), this.#store.revision);
  }

  get kinds(): readonly string[] {
    return this.#store.kinds;
  }

  get<T extends KubeObject = KubeObject>(kind: string, key: Key): T | undefined {
    const row = this.#store.table(kind).rows.get(key);
    if (row === undefined) return undefined;
    return writeAt(row, this.#revisionOf(kind))?.after as T | undefined;
  }

  list<T extends KubeObject = KubeObject>(kind: string): readonly T[] {
    return this.by(kind, everything, everything);
  }

  by<T extends KubeObject = KubeObject>(kind: string, name: string, value: string): readonly T[] {
    const index = this.#store.table(kind).index(name);
    invariant(index !== undefined, `${kind} has no index ${name}`);
    return index.at(value, this.#revisionOf(kind)) as readonly T[];
  }
}
