/**
 * A watch: the changes of a collection after a revision, as its selectors see them (api-03 §3).
 *
 * It is a place in a channel of the store, and reads at its own pace: who is slow lags, and nobody else
 * waits. What enters the selection is ADDED and what leaves it DELETED, whatever was written.
 */
import { type Kind, nameOf, readAs } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { rejection, type Status } from '../api/status.ts';
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
  /** Who has so many changes left to read is cut off, and has to go on anew. */
  readonly lagMax?: number;
}

/** Why no watch can begin after this revision: what came next may be forgotten. 0 is any revision. */
export const tooOld = (version: number, { compacted }: Store): Status | undefined =>
  version !== 0 && version < compacted
    ? rejection('Expired', `too old resource version: ${version} (${compacted})`)
    : undefined;

export class WatchStream {
  readonly #channel: Channel;
  readonly #kind: Kind;
  readonly #matches: (object: KubeObject) => boolean;
  readonly #lagMax: number;
  #next: number;
  #revision: number;

  constructor(store: Store, kind: Kind, { namespace, since, matches, lagMax }: WatchOptions) {
    this.#channel =
      namespace === undefined || !kind.namespaced
        ? store.channel(nameOf(kind))
        : store.channel(nameOf(kind), { index: 'namespace', value: namespace });
    this.#kind = kind;
    this.#next = this.#channel.after(since);
    this.#revision = since;
    // Who goes on after a long time is not slow for that.
    this.#lagMax = Math.max(lagMax ?? Number.POSITIVE_INFINITY, this.lag);
    this.#matches = matches;
  }

  /** Everything up to here has been told: a client can go on from it. */
  get revision(): number {
    return this.#revision;
  }

  /** Changes that have not been looked at. */
  get lag(): number {
    return this.#channel.length - this.#next;
  }

  /** It is so slow that its watch ends: nothing is left out quietly. */
  get overrun(): boolean {
    return this.lag > this.#lagMax;
  }

  /** The next event; undefined: there is none yet. */
  next(): Watched | undefined {
    while (this.#next < this.#channel.length) {
      const entry = this.#channel.at(this.#next++)!;
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

  #eventOf({ before: old, after: next, revision }: WriteEntry): Watched | undefined {
    const [before, after] = [old && readAs(old, this.#kind), next && readAs(next, this.#kind)];
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
