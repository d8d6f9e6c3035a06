/** PersistentVolumes: pieces of storage, and the claim that has each. */

import { persistentVolumeColumns } from '../columns/persistentvolume.ts';
import type { ObjectReference } from '../event.ts';
import type { Kind } from '../kind.ts';
import { persistentVolumeLifecycle } from '../lifecycle/persistentvolume.ts';
import { type KubeObject, makeKey, type ObjectMeta } from '../meta.ts';
import { normalized } from '../normalize.ts';
import { filled } from '../pod/poddefaults.ts';
import type { NodeSelectorTerm } from '../pod/podspec.ts';
import { timestamp } from '../time.ts';
import {
  validatePersistentVolume,
  validatePersistentVolumeUpdate,
} from '../validation/persistentvolume.ts';
import { volumeWarnings } from '../warnings/volume.ts';
import type { AccessMode, StorageResources, VolumeMode } from './persistentvolumeclaim.ts';
import { storageClassNameOf } from './storageclassname.ts';
import { defaultSource } from './volumedefaults.ts';

export type ReclaimPolicy = 'Retain' | 'Delete' | 'Recycle';

export interface PersistentVolumeSpec {
  readonly capacity?: StorageResources;
  readonly accessModes?: readonly AccessMode[];
  /** The claim that has it, or that it is kept for: without a uid, whichever of that name comes. */
  readonly claimRef?: ObjectReference;
  readonly persistentVolumeReclaimPolicy?: ReclaimPolicy;
  readonly storageClassName?: string;
  readonly volumeMode?: VolumeMode;
  readonly nodeAffinity?: {
    readonly required?: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] };
  };
  readonly mountOptions?: readonly string[];
  readonly volumeAttributesClassName?: string;
  /** The source: one of `hostPath`, `csi`, `nfs`, … */
  readonly [source: string]: unknown;
}

export interface PersistentVolumeStatus {
  readonly phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed';
  readonly message?: string;
  readonly reason?: string;
  readonly lastPhaseTransitionTime?: string;
}

export interface PersistentVolume extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'PersistentVolume';
  readonly metadata: ObjectMeta;
  readonly spec: PersistentVolumeSpec;
  readonly status: PersistentVolumeStatus;
}

export const persistentVolumeKind: Kind<PersistentVolume> = {
  kind: 'PersistentVolume',
  apiVersion: 'v1',
  resource: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  subresources: ['status'],
  hasStatus: true,
  defaults(volume) {
    const spec = normalized(volume.spec ?? {}, 'core.v1.PersistentVolumeSpec');
    return filled(volume, {
      spec: filled(defaultSource(spec), {
        persistentVolumeReclaimPolicy: spec.persistentVolumeReclaimPolicy ?? 'Retain',
        volumeMode: spec.volumeMode ?? 'Filesystem',
      }),
    });
  },
  prepareForCreate: (volume, now) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: timestamp(now) },
  }),
  prepareForStatusUpdate: (next, current, now) =>
    next.status.phase === current.status.phase
      ? next
      : { ...next, status: { ...next.status, lastPhaseTransitionTime: timestamp(now) } },
  warnings: volumeWarnings,
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  returnsObjectOnDelete: true,
  columns: persistentVolumeColumns,
  indexes: {
    /** The key of the claim that has it, or that it is kept for. */
    claim: ({ spec: { claimRef } }) =>
      claimRef === undefined ? undefined : makeKey(claimRef.namespace, claimRef.name ?? ''),
    /** By class, those that nobody has: where the binder looks for one. */
    free: (volume) =>
      volume.spec.claimRef === undefined ? (storageClassNameOf(volume) ?? '') : undefined,
  },
  lifecycle: persistentVolumeLifecycle,
};
