/**
 * Admission of claims and volumes: finalizers that keep what is in use, and the default class
 * (StorageObjectInUseProtection, DefaultStorageClass).
 */
import type { KubeObject } from '../../api/meta.ts';
import type { PersistentVolumeClaim } from '../../api/persistentvolumeclaim.ts';
import { isDefaultClass, type StorageClass } from '../../api/storageclass.ts';
import type { Store } from '../../store/store.ts';

export const claimProtection = 'kubernetes.io/pvc-protection';
export const volumeProtection = 'kubernetes.io/pv-protection';

const withFinalizer = <T extends KubeObject>(object: T, finalizer: string): T => {
  const { finalizers = [] } = object.metadata;
  if (finalizers.includes(finalizer)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
};

export const protectedVolume = (volume: KubeObject): KubeObject =>
  withFinalizer(volume, volumeProtection);

export function admittedClaim(claim: PersistentVolumeClaim, store: Store): PersistentVolumeClaim {
  const held = withFinalizer(claim, claimProtection);
  if (held.spec.storageClassName !== undefined) return held;
  const storageClassName = defaultClass(store)?.metadata.name;
  if (storageClassName === undefined) return held;
  return { ...held, spec: { ...held.spec, storageClassName } };
}

/** The newest of those that say so, the first by name among equals. */
function defaultClass(store: Store): StorageClass | undefined {
  let found: StorageClass | undefined;
  for (const one of store.view().list<StorageClass>('StorageClass')) {
    if (!isDefaultClass(one)) continue;
    if (found === undefined || precedes(one, found)) found = one;
  }
  return found;
}

function precedes({ metadata: a }: StorageClass, { metadata: b }: StorageClass): boolean {
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp > b.creationTimestamp;
  return a.name < b.name;
}
