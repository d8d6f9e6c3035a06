/**
 * A watch: the changes of a collection after a revision, as its selectors see them (api-03 §3).
 *
 * It is a place in a channel of the store, and reads at its own pace: who is slow lags, and nobody else
 * waits. What enters the selection is ADDED and what leaves it DELETED, whatever was written.
 */
import { type Kind, nameOf } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import type { WriteEntry } from '../log/entry.ts';
import type { Channel } from '../store/channel.ts';
import type { Store } from '../store/store.ts';

export interface Watched {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface WatchOptions {
  readonly namespace: string | undefined;
  /** Changes after this revision are told. */
  readonly since: number;
  readonly matches: (object: KubeObject) => boolean;
}

export class WatchStream {
  readonly #channel: Channel;
  readonly #matches: (object: KubeObject) => boolean;
  #next: number;
  /** Everything up to here has been told. */
  #revision: number;

  constructor(store: Store, kind: Kind, { namespace, since, matches }: WatchOptions) {
    this.#channel =
      namespace === undefined || !kind.namespaced
        ? store.channel(nameOf(kind))
        : store.channel(nameOf(kind), { index: 'namespace', value: namespace });
    this.#next = this.#channel.after(since);
    this.#revision = since;
    this.#matches = matches;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Changes that have not been looked at. */
  get lag(): number {
    return this.#channel.length - this.#next;
  }

  /** The next event; undefined: there is none yet. */
  next(): Watched | undefined {
    while (this.#next < this.#channel.length) {
      const entry = this.#channel.entries[this.#next++]!;
      this.#revision = entry.revision;
      const event = this.#eventOf(entry);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  /** Calls `wake` when there may be more. Returns what ends it. */
  onChange(wake: () => void): () => void {
    return this.#channel.onChange(wake);
  }

  #eventOf({ before, after, revision }: WriteEntry): Watched | undefined {
    const was = before !== undefined && this.#matches(before);
    const is = after !== undefined && this.#matches(after);
    if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: after };
    return was ? { type: 'DELETED', object: atRevision(before, revision) } : undefined;
  }
}

function atRevision(object: KubeObject, revision: number): KubeObject {
  const resourceVersion = String(revision);
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
