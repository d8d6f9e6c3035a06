/** Which volume a claim can have (ctl-08 §D, sched-06): shared by the binder and the scheduler. */

import type { PersistentVolume } from './persistentvolume.ts';
import type { AccessMode, PersistentVolumeClaim } from './persistentvolumeclaim.ts';
import { compareQuantities, parseQuantity, type Quantity } from './quantity.ts';
import { selectorOf } from './selectors.ts';
import { storageClassNameOf } from './storageclassname.ts';

/** The volume is kept for the claim: by name, and by uid if it says one. */
export function isBoundToClaim(
  { spec: { claimRef } }: PersistentVolume,
  { metadata }: PersistentVolumeClaim,
): boolean {
  if (claimRef?.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

const nothing: Quantity = { nanos: 0n, format: 'BinarySI' };

const amountOf = (amount: string | undefined): Quantity => parseQuantity(amount ?? '0') ?? nothing;

export const capacityOf = ({ spec }: PersistentVolume): Quantity =>
  amountOf(spec.capacity?.['storage']);

export const requestOf = ({ spec }: PersistentVolumeClaim): Quantity =>
  amountOf(spec.resources?.requests?.['storage']);

const modeOf = (object: PersistentVolume | PersistentVolumeClaim): string =>
  object.spec.volumeMode ?? 'Filesystem';

const classOf = (object: PersistentVolume | PersistentVolumeClaim): string =>
  storageClassNameOf(object) ?? '';

const includesAll = (modes: readonly AccessMode[] = [], wanted: readonly AccessMode[] = []) =>
  wanted.every((mode) => modes.includes(mode));

/** Why a claim cannot have a volume that it names, in upstream's words; undefined: it can. */
export function mismatch(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): string | undefined {
  if (compareQuantities(capacityOf(volume), requestOf(claim)) < 0) {
    return 'requested PV is too small';
  }
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  if (!includesAll(volume.spec.accessModes, claim.spec.accessModes)) {
    return 'incompatible accessMode';
  }
  return undefined;
}

export interface Matching {
  /** Volumes to choose from, in any order. */
  readonly volumes: readonly PersistentVolume[];
  /** The binder leaves volumes of such classes to the scheduler, but for those kept for the claim. */
  readonly delayed?: boolean;
  /** Whether the volume can be reached where the claim's Pod will run. */
  readonly reachable?: (volume: PersistentVolume) => boolean;
}

/**
 * The volume that is kept for the claim, or the smallest of those with the fewest access modes more
 * than it asks for; the first by name among equals.
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  { volumes, delayed = false, reachable }: Matching,
): PersistentVolume | undefined {
  const request = requestOf(claim);
  const selected = selectorOf(claim.spec.selector);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    const { metadata, spec, status } = volume;
    const kept = isBoundToClaim(volume, claim);
    if (spec.claimRef !== undefined && !kept) continue;
    if (compareQuantities(capacityOf(volume), request) < 0) continue;
    if (modeOf(volume) !== modeOf(claim) || metadata.deletionTimestamp !== undefined) continue;
    if (!includesAll(spec.accessModes, claim.spec.accessModes)) continue;
    const isReachable = reachable?.(volume) ?? true;
    if (kept) return isReachable ? volume : undefined;
    if (delayed || status.phase !== 'Available' || !isReachable) continue;
    if (claim.spec.selector !== undefined && !selected(metadata.labels)) continue;
    if (classOf(volume) !== classOf(claim)) continue;
    if (best === undefined || precedes(volume, best)) best = volume;
  }
  return best;
}

function precedes(a: PersistentVolume, b: PersistentVolume): boolean {
  const modes = (a.spec.accessModes?.length ?? 0) - (b.spec.accessModes?.length ?? 0);
  if (modes !== 0) return modes < 0;
  const size = compareQuantities(capacityOf(a), capacityOf(b));
  return size === 0 ? a.metadata.name < b.metadata.name : size < 0;
}
