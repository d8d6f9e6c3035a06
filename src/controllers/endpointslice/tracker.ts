/**
 * The generations of the slices that a controller has written (ctl-08 §A): by them it knows its own
 * writes when they come back, and a cache that does not show them yet.
 */

import { type Key, type KubeObject, keyOf } from '../../api/meta.ts';
import type { EndpointSlice } from '../../api/service/endpointslice.ts';
import { serviceKeyOf } from './slices.ts';

/** In place of a generation: it has been deleted. */
const gone = -1;

export class SliceTracker {
  /** By Service and by uid of the slice. */
  readonly #generations = new Map<Key, Map<string, number>>();
  readonly #owners = new Map<Key, string>();

  has(slice: EndpointSlice): boolean {
    return this.#of(slice)?.has(slice.metadata.uid) === true;
  }

  /** It is not known, or somebody else has changed it. */
  isNews({ metadata, ...slice }: EndpointSlice): boolean {
    const generation = this.#of({ ...slice, metadata })?.get(metadata.uid);
    return generation === undefined || (metadata.generation ?? 0) > generation;
  }

  /** Whether the slices that the cache has of an owner are older than what was written. */
  isStale(owner: KubeObject, slices: readonly EndpointSlice[]): boolean {
    const key = keyOf(owner);
    const { uid } = owner.metadata;
    // Made anew under its name: what was written for the one before does not matter.
    const before = this.#owners.get(key);
    if (before !== undefined && before !== uid) this.#generations.delete(key);
    this.#owners.set(key, uid);
    const written = this.#generations.get(key);
    if (written === undefined) return false;
    const shown = new Set<string>();
    for (const { metadata } of slices) {
      shown.add(metadata.uid);
      const generation = written.get(metadata.uid);
      if (generation === undefined) continue;
      if (generation === gone || generation > (metadata.generation ?? 0)) return true;
    }
    for (const [slice, generation] of written) {
      if (generation !== gone && !shown.has(slice)) return true;
    }
    return false;
  }

  wrote(slice: EndpointSlice): void {
    this.#set(slice, slice.metadata.generation ?? 0);
  }

  deleted(slice: EndpointSlice): void {
    this.#set(slice, gone);
  }

  /** The cache shows that it is gone. False if that was somebody else's doing. */
  sawDeletion(slice: EndpointSlice): boolean {
    const written = this.#of(slice);
    const generation = written?.get(slice.metadata.uid);
    written?.delete(slice.metadata.uid);
    return generation === undefined || generation === gone;
  }

  /** It has been taken away from the Service that it was written for. */
  release(slice: EndpointSlice): void {
    this.#of(slice)?.delete(slice.metadata.uid);
  }

  forget(owner: Key): void {
    this.#generations.delete(owner);
    this.#owners.delete(owner);
  }

  memory(): unknown {
    return [
      [...this.#generations].map(([owner, slices]) => [owner, [...slices].sort(byUid)]),
      [...this.#owners],
    ];
  }

  #of(slice: EndpointSlice): Map<string, number> | undefined {
    return this.#generations.get(serviceKeyOf(slice) ?? '');
  }

  #set(slice: EndpointSlice, generation: number): void {
    const key = serviceKeyOf(slice) ?? '';
    let slices = this.#generations.get(key);
    if (slices === undefined) {
      slices = new Map();
      this.#generations.set(key, slices);
    }
    slices.set(slice.metadata.uid, generation);
  }
}

const byUid = ([a]: [string, number], [b]: [string, number]): number => (a < b ? -1 : 1);
