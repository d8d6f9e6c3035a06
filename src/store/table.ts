/**
 * All versions of the objects of one kind, indexed.
 *
 * Nothing is forgotten when it changes: a reader names the revision it wants. So a cache that lags
 * is only a number, and looking back is as cheap as looking at the present.
 */

import type { IndexOf } from '../api/kind.ts';
import type { Key, KubeObject } from '../api/meta.ts';
import { controllerOf } from '../api/meta.ts';
import { blank } from '../blank.ts';
import { flat } from '../flat.ts';
import type { WriteEntry } from '../log/entry.ts';
import { Channel } from './channel.ts';

/** The write that made it; `entry.after` is absent where the object was removed. */
interface Version {
  readonly entry: WriteEntry;
  /** None where it is forgotten, too. */
  previous: Version | undefined;
}

export interface Row {
  readonly key: Key;
  /** Revision of the first write: before it there is nothing to look for. */
  readonly born: number;
  head: Version;
}

/** Rows that have an index value now, and those that had it once. */
interface Bucket {
  readonly now: Set<Row>;
  /** In order of `until`, the revision that took the row out. */
  left: { readonly row: Row; readonly until: number }[];
}

interface Change {
  readonly row: Row;
  readonly before: KubeObject | undefined;
  readonly entry: WriteEntry;
}

/** The write that made the object what it was at `revision`. */
export const writeAt = (row: Row, revision: number): WriteEntry | undefined => {
  let version: Version | undefined = row.head;
  while (version !== undefined && version.entry.revision > revision) version = version.previous;
  return version?.entry;
};

/** All writes of the row's objects, newest first. */
export function* historyOf(row: Row): Generator<WriteEntry> {
  for (let v: Version | undefined = row.head; v !== undefined; v = v.previous) yield v.entry;
}

/** The index that holds every object: a row leaves it with its object. */
export const everything = 'all';

const general: Readonly<Record<string, IndexOf<KubeObject>>> = {
  [everything]: () => everything,
  namespace: ({ metadata }) => metadata.namespace,
  controller: (object) => controllerOf(object)?.uid ?? `none/${object.metadata.namespace ?? ''}`,
  owner: ({ metadata: { ownerReferences } }) =>
    ownerReferences === undefined || ownerReferences.length === 0
      ? undefined
      : ownerReferences.length === 1
        ? ownerReferences[0]!.uid
        : ownerReferences.map(({ uid }) => uid),
};

export class Table {
  readonly kind: string;
  readonly rows = new Map<Key, Row>();
  /** Every change of the kind, in order. */
  readonly changes = new Channel();
  readonly #definitions: Readonly<Record<string, IndexOf<never>>>;
  /** Made when they are first asked for: who only looks back may never need one. */
  readonly #indexes: Index[] = [];

  constructor(kind: string, own: Readonly<Record<string, IndexOf<never>>> = {}) {
    this.kind = kind;
    this.#definitions = { ...blank, ...general, ...own } as Readonly<
      Record<string, IndexOf<never>>
    >;
  }

  apply(entry: WriteEntry): void {
    const { key, before, after } = entry;
    const row = this.rows.get(key);
    const version = { entry, previous: row?.head };
    if (row === undefined) {
      const added: Row = { key: flat(key), born: entry.revision, head: version };
      this.rows.set(added.key, added);
      for (const index of this.#indexes) index.move(added, undefined, after, entry);
    } else {
      row.head = version;
      // One text for all: it may have been put together anew.
      (entry as { key: Key }).key = row.key;
      for (const index of this.#indexes) index.move(row, before, after, entry);
    }
    this.changes.push(entry);
  }

  index(name: string): Index | undefined {
    for (const index of this.#indexes) if (index.name === name) return index;
    const of = this.#definitions[name];
    if (of === undefined) return undefined;
    const index = new Index(name, of as IndexOf<KubeObject>);
    for (const { row, before, entry } of this.#remembered()) {
      index.move(row, before, entry.after, entry);
    }
    this.#indexes.push(index);
    return index;
  }

  /** Every change that is remembered, in order; behind the first of a row there is nothing. */
  *#remembered(): Generator<Change> {
    if (this.changes.isWhole) {
      for (const entry of this.changes.entries) {
        yield { row: this.rows.get(entry.key)!, before: entry.before, entry };
      }
      return;
    }
    const all: Change[] = [];
    for (const row of this.rows.values()) {
      for (let v: Version | undefined = row.head; v !== undefined; v = v.previous) {
        all.push({ row, before: v.previous?.entry.after, entry: v.entry });
      }
    }
    yield* all.sort((a, b) => a.entry.revision - b.entry.revision);
  }

  /** Forgets what was only before `revision`: what is left can be seen from there on. */
  forget(revision: number): void {
    for (const [key, row] of this.rows) {
      const { head } = row;
      if (head.entry.revision <= revision && head.entry.after === undefined) {
        this.rows.delete(key);
        continue;
      }
      let version: Version | undefined = head;
      while (version !== undefined && version.entry.revision > revision) version = version.previous;
      if (version !== undefined) version.previous = undefined;
    }
    for (const index of this.#indexes) index.forget(revision);
    this.changes.forget(revision);
  }
}

class Index {
  readonly name: string;
  readonly of: IndexOf<KubeObject>;
  readonly #buckets = new Map<string, Bucket>();
  readonly #channels = new Map<string, Channel>();

  constructor(name: string, of: IndexOf<KubeObject>) {
    this.name = name;
    this.of = of;
  }

  move(
    row: Row,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
    entry: WriteEntry,
  ): void {
    const from = before === undefined ? undefined : this.of(before);
    const to = after === undefined ? undefined : this.of(after);
    if (from !== to && !sameValues(from, to)) {
      for (const value of valuesOf(from)) this.#leave(value, row, entry.revision);
      for (const value of valuesOf(to)) this.#bucket(value).now.add(row);
    }
    if (this.#channels.size === 0) return;
    if (from === to && typeof to === 'string') this.#channels.get(to)?.push(entry);
    else this.#route(from, to, entry);
  }

  has(object: KubeObject, value: string): boolean {
    const values = this.of(object);
    return typeof values === 'string' ? values === value : (values?.includes(value) ?? false);
  }

  /** The objects that had the value at a revision. */
  at(value: string, revision: number): readonly KubeObject[] {
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) return none;
    const objects: KubeObject[] = [];
    for (const row of bucket.now) this.#take(row, value, revision, objects);
    const { left } = bucket;
    let last = left.length - 1;
    if (last < 0 || left[last]!.until <= revision) return objects;
    const seen = new Set(bucket.now);
    for (; last >= 0 && left[last]!.until > revision; last--) {
      const { row } = left[last]!;
      if (seen.has(row)) continue;
      seen.add(row);
      this.#take(row, value, revision, objects);
    }
    return objects;
  }

  #take(row: Row, value: string, revision: number, into: KubeObject[]): void {
    const { entry } = row.head;
    if (entry.revision <= revision) {
      if (entry.after !== undefined) into.push(entry.after);
      return;
    }
    if (row.born > revision) return;
    const object = writeAt(row, revision)?.after;
    if (object !== undefined && this.has(object, value)) into.push(object);
  }

  /** The changes of objects that have this value, or just lost it. Made when first asked for. */
  channel(value: string, past: Channel): Channel {
    let channel = this.#channels.get(value);
    if (channel === undefined) {
      channel = new Channel();
      for (const entry of past.entries) {
        if (this.#touches(value, entry)) channel.push(entry);
      }
      this.#channels.set(value, channel);
    }
    return channel;
  }

  forget(revision: number): void {
    for (const [value, bucket] of this.#buckets) {
      const first = bucket.left.findIndex(({ until }) => until > revision);
      if (first !== 0) bucket.left = first < 0 ? [] : bucket.left.slice(first);
      if (bucket.left.length === 0 && bucket.now.size === 0) this.#buckets.delete(value);
    }
    for (const channel of this.#channels.values()) channel.forget(revision);
  }

  #touches(value: string, { before, after }: WriteEntry): boolean {
    if (before !== undefined && this.has(before, value)) return true;
    return after !== undefined && this.has(after, value);
  }

  #route(from: Values, to: Values, entry: WriteEntry): void {
    for (const value of valuesOf(to)) this.#channels.get(value)?.push(entry);
    for (const value of valuesOf(from)) {
      if (!valuesOf(to).includes(value)) this.#channels.get(value)?.push(entry);
    }
  }

  #bucket(value: string): Bucket {
    let bucket = this.#buckets.get(value);
    if (bucket === undefined) {
      bucket = { now: new Set(), left: [] };
      this.#buckets.set(value, bucket);
    }
    return bucket;
  }

  #leave(value: string, row: Row, until: number): void {
    const bucket = this.#bucket(value);
    bucket.now.delete(row);
    bucket.left.push({ row, until });
  }
}

export type { Index };

type Values = string | readonly string[] | undefined;

const none: readonly never[] = [];

const valuesOf = (values: Values): readonly string[] =>
  values === undefined ? none : typeof values === 'string' ? [values] : values;

const sameValues = (a: Values, b: Values): boolean =>
  typeof a === 'object' &&
  typeof b === 'object' &&
  a.length === b.length &&
  a.every((value, i) => value === b[i]);
