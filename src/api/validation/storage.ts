/** What claims and volumes have in common: access modes, a volume mode, an amount of storage. */

import { parseQuantity } from '../quantity.ts';
import type { AccessMode, VolumeMode } from '../volume/persistentvolumeclaim.ts';
import { type Errors, forbidden, invalid, unsupported } from './errors.ts';
import { quantityText } from './resourcenames.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];

export function validateAccessModes(
  errors: Errors,
  modes: readonly AccessMode[] = [],
  at = 'spec',
): void {
  const field = `${at}.accessModes`;
  for (const mode of modes) {
    if (!accessModes.includes(mode)) errors.push(unsupported(field, mode, accessModes));
  }
  const others = modes.filter((mode) => accessModes.includes(mode) && mode !== 'ReadWriteOncePod');
  if (modes.includes('ReadWriteOncePod') && others.length > 0) {
    errors.push(forbidden(field, 'may not use ReadWriteOncePod with other access modes'));
  }
}

export function validateVolumeMode(
  errors: Errors,
  mode: VolumeMode | undefined,
  at = 'spec',
): void {
  if (mode === undefined || volumeModes.includes(mode)) return;
  errors.push(unsupported(`${at}.volumeMode`, mode, volumeModes));
}

export function validateStorageAmount(errors: Errors, field: string, amount: string): void {
  const parsed = parseQuantity(amount);
  if (parsed !== undefined && parsed.nanos > 0n) return;
  errors.push(invalid(field, quantityText(amount), 'must be greater than zero'));
}
