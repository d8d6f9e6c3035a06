/** The table of StorageClasses (api-08 §3). */
import { isDefaultClass, type StorageClass } from '../volume/storageclass.ts';
import { ageColumn, type Column, column } from './column.ts';

export const storageClassColumns: readonly Column<StorageClass>[] = [
  column('Name', (object) => object.metadata.name + (isDefaultClass(object) ? ' (default)' : '')),
  column('Provisioner', ({ provisioner }) => provisioner),
  column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
  column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
  column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion === true),
  ageColumn,
];
