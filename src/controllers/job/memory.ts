/**
 * What the Job controller remembers besides its expectations; lost when it restarts, and then its
 * caches are new.
 */
import type { Key } from '../../api/meta.ts';
import { type BackoffRecord, noFailures } from './backoff.ts';

const none: ReadonlySet<string> = new Set();

export class JobMemory {
  readonly #backoffs = new Map<Key, BackoffRecord>();
  /** Uids of Pods whose finalizer was removed, which the cache does not show yet. */
  readonly #releases = new Map<Key, Set<string>>();

  backoff(job: Key): BackoffRecord {
    return this.#backoffs.get(job) ?? noFailures;
  }

  keepBackoff(job: Key, record: BackoffRecord): void {
    if (record.failures === 0) this.#backoffs.delete(job);
    else this.#backoffs.set(job, record);
  }

  /** Pods to be passed over: they have been counted. */
  released(job: Key): ReadonlySet<string> {
    return this.#releases.get(job) ?? none;
  }

  expectRelease(job: Key, uid: string): void {
    const uids = this.#releases.get(job) ?? new Set();
    this.#releases.set(job, uids.add(uid));
  }

  releaseObserved(job: Key, uid: string): void {
    const uids = this.#releases.get(job);
    uids?.delete(uid);
    if (uids?.size === 0) this.#releases.delete(job);
  }

  forget(job: Key): void {
    this.#backoffs.delete(job);
    this.#releases.delete(job);
  }

  state(): unknown {
    return [
      [...this.#backoffs].map(([key, { failures, lastFailureAt }]) => [
        key,
        failures,
        lastFailureAt,
      ]),
      [...this.#releases].map(([key, uids]) => [key, [...uids]]),
    ];
  }
}
