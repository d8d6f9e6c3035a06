/** Which volume a claim can have (ctl-08 §D, sched-06): shared by the binder and the scheduler. */

import { compareQuantities, parseQuantity, type Quantity } from '../quantity.ts';
import { selectorOf } from '../selectors/selectors.ts';
import type { PersistentVolume } from './persistentvolume.ts';
import type { AccessMode, PersistentVolumeClaim } from './persistentvolumeclaim.ts';
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

const attributesOf = (object: PersistentVolume | PersistentVolumeClaim): string =>
  object.spec.volumeAttributesClassName ?? '';

const classOf = (object: PersistentVolume | PersistentVolumeClaim): string =>
  storageClassNameOf(object) ?? '';

const includesAll = (modes: readonly AccessMode[] = [], wanted: readonly AccessMode[] = []) =>
  wanted.every((mode) => modes.includes(mode));

/** Why a claim cannot have a volume that it names, in upstream's words; undefined: it can. */
export function mismatch(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): string | undefined {
  const { name, deletionTimestamp } = volume.metadata;
  if (deletionTimestamp !== undefined) return `the volume is marked for deletion "${name}"`;
  if (compareQuantities(capacityOf(volume), requestOf(claim)) < 0) {
    return 'requested PV is too small';
  }
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (attributesOf(volume) !== attributesOf(claim)) {
    return 'volumeAttributesClassName does not match';
  }
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
  /** The scheduler's: whether the volume can be reached where the claim's Pod would run. */
  readonly reachable?: (volume: PersistentVolume) => boolean;
}

/**
 * The smallest volume that fits. The scheduler takes the one that is kept for the claim before any
 * other, whatever its access modes; the binder looks first at those with the fewest access modes,
 * and prefers what is kept only among their like. The first by name among equals.
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  { volumes, delayed = false, reachable }: Matching,
): PersistentVolume | undefined {
  const request = requestOf(claim);
  const selected = selectorOf(claim.spec.selector);
  const order = reachable === undefined ? byModes(claim) : bySize;
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    const { metadata, spec, status } = volume;
    const kept = isBoundToClaim(volume, claim);
    if (spec.claimRef !== undefined && !kept) continue;
    if (compareQuantities(capacityOf(volume), request) < 0) continue;
    if (modeOf(volume) !== modeOf(claim) || attributesOf(volume) !== attributesOf(claim)) continue;
    if (metadata.deletionTimestamp !== undefined) continue;
    if (kept && reachable !== undefined) return reachable(volume) ? volume : undefined;
    if (!includesAll(spec.accessModes, claim.spec.accessModes)) continue;
    if (!kept) {
      if (delayed || status.phase !== 'Available' || reachable?.(volume) === false) continue;
      if (claim.spec.selector !== undefined && !selected(metadata.labels)) continue;
      if (classOf(volume) !== classOf(claim)) continue;
    }
    if (best === undefined || order(volume, best) < 0) best = volume;
  }
  return best;
}

type Order = (a: PersistentVolume, b: PersistentVolume) => number;

const bySize: Order = (a, b) =>
  compareQuantities(capacityOf(a), capacityOf(b)) || (a.metadata.name < b.metadata.name ? -1 : 1);

const byModes = (claim: PersistentVolumeClaim): Order => {
  const modes = ({ spec }: PersistentVolume) => spec.accessModes?.length ?? 0;
  const kept = (volume: PersistentVolume) => Number(isBoundToClaim(volume, claim));
  return (a, b) => modes(a) - modes(b) || kept(b) - kept(a) || bySize(a, b);
};
