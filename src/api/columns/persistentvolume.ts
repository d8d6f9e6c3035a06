/** The table of PersistentVolumes (api-08 §3). */

import type { PersistentVolume } from '../volume/persistentvolume.ts';
import { storageClassNameOf } from '../volume/storageclassname.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';
import { accessModesText } from './persistentvolumeclaim.ts';

export const persistentVolumeColumns: readonly Column<PersistentVolume>[] = [
  nameColumn,
  column('Capacity', ({ spec }) => spec.capacity?.['storage'] ?? '0'),
  column('Access Modes', ({ spec }) => accessModesText(spec.accessModes)),
  column('Reclaim Policy', ({ spec }) => spec.persistentVolumeReclaimPolicy ?? ''),
  column('Status', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  column('Claim', ({ spec: { claimRef } }) =>
    claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`,
  ),
  column('StorageClass', (object) => storageClassNameOf(object) ?? ''),
  column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
  column('Reason', ({ status }) => status?.reason ?? ''),
  ageColumn,
  column('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>', true),
];
