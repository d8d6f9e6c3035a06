/** The table of PersistentVolumeClaims (api-08 §3). */

import type { AccessMode, PersistentVolumeClaim } from '../volume/persistentvolumeclaim.ts';
import { storageClassNameOf } from '../volume/storageclassname.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

const short: Readonly<Record<AccessMode, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `RWO,ROX`: each once, in the order of the API. */
export const accessModesText = (modes: readonly AccessMode[] = []): string =>
  (Object.keys(short) as AccessMode[])
    .filter((mode) => modes.includes(mode))
    .map((mode) => short[mode])
    .join(',');

const hasVolume = ({ spec }: PersistentVolumeClaim): boolean => Boolean(spec.volumeName);

export const persistentVolumeClaimColumns: readonly Column<PersistentVolumeClaim>[] = [
  nameColumn,
  column('Status', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  column('Volume', ({ spec }) => spec.volumeName ?? ''),
  column('Capacity', (claim) =>
    hasVolume(claim) ? (claim.status?.capacity?.['storage'] ?? '0') : '',
  ),
  column('Access Modes', (claim) =>
    hasVolume(claim) ? accessModesText(claim.status?.accessModes) : '',
  ),
  column('StorageClass', (object) => storageClassNameOf(object) ?? ''),
  column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
  ageColumn,
  column('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>', true),
];
