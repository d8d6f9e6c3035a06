/**
 * Admission of claims and volumes: finalizers that keep what is in use, and the default class
 * (StorageObjectInUseProtection, DefaultStorageClass).
 */

import { claimProtection, volumeProtection, withFinalizer } from '../../api/finalizers.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import { defaultClassOf, type StorageClass } from '../../api/volume/storageclass.ts';
import { storageClassNameOf } from '../../api/volume/storageclassname.ts';
import type { Store } from '../../store/store.ts';

export const protectedVolume = (volume: KubeObject): KubeObject =>
  withFinalizer(volume, volumeProtection);

export function admittedClaim(claim: PersistentVolumeClaim, store: Store): PersistentVolumeClaim {
  const held = withFinalizer(claim, claimProtection);
  if (storageClassNameOf(held) !== undefined) return held;
  const found = defaultClassOf(store.view().list<StorageClass>('StorageClass'));
  if (found === undefined) return held;
  return { ...held, spec: { ...held.spec, storageClassName: found.metadata.name } };
}
