/** PersistentVolumeClaims: what someone needs of storage, and the volume that they got. */

import { blank } from '../../blank.ts';
import { persistentVolumeClaimColumns } from '../columns/persistentvolumeclaim.ts';
import type { Kind } from '../kind.ts';
import { persistentVolumeClaimLifecycle } from '../lifecycle/persistentvolumeclaim.ts';
import type { Condition, KubeObject, ObjectMeta } from '../meta.ts';
import { normalized } from '../normalize.ts';
import { filled } from '../pod/poddefaults.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimUpdate,
} from '../validation/persistentvolumeclaim.ts';
import { claimWarnings } from '../warnings/volume.ts';
import { keptSources, withSources } from './datasources.ts';
import { storageClassNameOf } from './storageclassname.ts';

export type AccessMode = 'ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod';

export type VolumeMode = 'Filesystem' | 'Block';

/** Quantities by resource; volumes know `storage` only. */
export type StorageResources = Readonly<Record<string, string>>;

export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly AccessMode[];
  readonly selector?: LabelSelector;
  readonly resources?: {
    readonly requests?: StorageResources;
    readonly limits?: StorageResources;
  };
  /** The volume: asked for by the user, or found by the binder. */
  readonly volumeName?: string;
  /** `""` asks for a volume of no class; absent, for the default class. */
  readonly storageClassName?: string;
  readonly volumeMode?: VolumeMode;
  readonly dataSource?: unknown;
  readonly dataSourceRef?: unknown;
  readonly volumeAttributesClassName?: string;
}

export interface PersistentVolumeClaimStatus {
  readonly phase?: 'Pending' | 'Bound' | 'Lost';
  readonly accessModes?: readonly AccessMode[];
  readonly capacity?: StorageResources;
  readonly conditions?: readonly Condition[];
  readonly currentVolumeAttributesClassName?: string;
  /** What it is being made as large as. */
  readonly allocatedResources?: Readonly<Record<string, string>>;
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'PersistentVolumeClaim';
  readonly metadata: ObjectMeta;
  readonly spec: PersistentVolumeClaimSpec;
  readonly status: PersistentVolumeClaimStatus;
}

export const persistentVolumeClaimKind: Kind<PersistentVolumeClaim> = {
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  resource: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: ['status'],
  hasStatus: true,
  defaults(claim) {
    const spec = normalized(claim.spec ?? {}, 'core.v1.PersistentVolumeClaimSpec');
    const { volumeMode = 'Filesystem', resources = {} } = spec;
    return filled(claim, { spec: filled(spec, { resources, volumeMode }) });
  },
  prepareForCreate: (claim) => ({
    ...blank,
    ...withSources(claim),
    status: { phase: 'Pending' },
  }),
  prepareForUpdate: keptSources,
  warnings: claimWarnings,
  validate: validatePersistentVolumeClaim,
  validateUpdate: validatePersistentVolumeClaimUpdate,
  returnsObjectOnDelete: true,
  columns: persistentVolumeClaimColumns,
  indexes: {
    /** The volume that it names. */
    volume: ({ spec }) => spec.volumeName,
    class: (claim) => storageClassNameOf(claim) ?? '',
  },
  lifecycle: persistentVolumeClaimLifecycle,
};
