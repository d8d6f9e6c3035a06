/** PersistentVolumeClaimResize: only what a class can make larger may ask for more. */

import { compareQuantities, parseQuantity } from '../../api/quantity.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { StorageClass } from '../../api/volume/storageclass.ts';
import { storageClassNameOf } from '../../api/volume/storageclassname.ts';
import type { View } from '../../store/view.ts';

export function claimResizeRefusal(
  claim: PersistentVolumeClaim,
  before: PersistentVolumeClaim,
  view: View,
): string | undefined {
  if (compareQuantities(askedBy(claim), askedBy(before)) <= 0) return undefined;
  if (before.status?.phase !== 'Bound') {
    return 'Only bound persistent volume claims can be expanded';
  }
  const name = storageClassNameOf(claim);
  const found =
    name && name === storageClassNameOf(before)
      ? view.get<StorageClass>('StorageClass', name)
      : undefined;
  if (found?.allowVolumeExpansion === true) return undefined;
  return 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
}

const askedBy = ({ spec }: PersistentVolumeClaim) =>
  parseQuantity(spec.resources?.requests?.['storage'] ?? '0')!;
