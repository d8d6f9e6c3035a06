/** What claims and volumes have in common: access modes, a volume mode, an amount of storage. */
import type { AccessMode, VolumeMode } from '../persistentvolumeclaim.ts';
import { parseQuantity } from '../quantity.ts';
import { type Errors, forbidden, invalid, unsupported } from './errors.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];

export function validateAccessModes(errors: Errors, modes: readonly AccessMode[] = []): void {
  for (const mode of modes) {
    if (accessModes.includes(mode)) continue;
    errors.push(unsupported('spec.accessModes', mode, accessModes));
  }
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    const detail = 'may not use ReadWriteOncePod with other access modes';
    errors.push(forbidden('spec.accessModes', detail));
  }
}

export function validateVolumeMode(errors: Errors, mode: VolumeMode | undefined): void {
  if (mode === undefined || volumeModes.includes(mode)) return;
  errors.push(unsupported('spec.volumeMode', mode, volumeModes));
}

export function validateStorageAmount(errors: Errors, field: string, amount: string): void {
  const parsed = parseQuantity(amount);
  if (parsed !== undefined && parsed.nanos > 0n) return;
  errors.push(invalid(field, amount, 'must be greater than zero'));
}
