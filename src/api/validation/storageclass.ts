/** Validation of StorageClasses (api-06 §2, §3). */
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { StorageClass } from '../storageclass.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';

const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];

export function validateStorageClass({
  provisioner,
  reclaimPolicy,
  volumeBindingMode,
}: StorageClass): readonly FieldError[] {
  const errors: Errors = [];
  if (!provisioner) errors.push(required('provisioner'));
  if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy)) {
    errors.push(unsupported('reclaimPolicy', reclaimPolicy, reclaimPolicies));
  }
  if (volumeBindingMode && !bindingModes.includes(volumeBindingMode)) {
    errors.push(unsupported('volumeBindingMode', volumeBindingMode, bindingModes));
  }
  return errors;
}

const unchanging = ['parameters', 'provisioner', 'reclaimPolicy'] as const;

export function validateStorageClassUpdate(
  next: StorageClass,
  current: StorageClass,
): readonly FieldError[] {
  const errors: Errors = [...validateStorageClass(next)];
  for (const field of unchanging) {
    if (deepEqual(next[field], current[field])) continue;
    errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  }
  const { volumeBindingMode } = next;
  if (volumeBindingMode !== current.volumeBindingMode) {
    errors.push(invalid('volumeBindingMode', volumeBindingMode, 'field is immutable'));
  }
  return errors;
}
