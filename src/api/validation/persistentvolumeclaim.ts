/** Validation of PersistentVolumeClaims (api-06 §2, §3). */
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../persistentvolumeclaim.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';
import { type Errors, forbidden, invalid, required } from './errors.ts';
import { subdomainErrors } from './names.ts';
import { validateAccessModes, validateStorageAmount, validateVolumeMode } from './storage.ts';

export function validatePersistentVolumeClaim({
  spec,
}: PersistentVolumeClaim): readonly FieldError[] {
  const errors: Errors = [];
  if ((spec.accessModes ?? []).length === 0) {
    errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  }
  validateAccessModes(errors, spec.accessModes);
  const wanted = storageOf(spec);
  if (wanted === undefined) errors.push(required('spec.resources[storage]'));
  else validateStorageAmount(errors, 'spec.resources[storage]', wanted);
  for (const error of spec.storageClassName ? subdomainErrors(spec.storageClassName) : []) {
    errors.push(invalid('spec.storageClassName', spec.storageClassName, error));
  }
  validateVolumeMode(errors, spec.volumeMode);
  return errors;
}

const storageOf = ({ resources }: PersistentVolumeClaimSpec): string | undefined =>
  resources?.requests?.['storage'];

export function validatePersistentVolumeClaimUpdate(
  next: PersistentVolumeClaim,
  current: PersistentVolumeClaim,
): readonly FieldError[] {
  const errors: Errors = [...validatePersistentVolumeClaim(next)];
  if (!semanticDeepEqual(fixedPart(next.spec, current), fixedPart(current.spec, current))) {
    errors.push(forbidden('spec', onlyRequests));
  }
  if (shrinks(next, current)) {
    const detail = 'field can not be less than status.capacity';
    errors.push(forbidden('spec.resources.requests.storage', detail));
  }
  if (next.spec.volumeMode !== current.spec.volumeMode) {
    errors.push(invalid('spec.volumeMode', next.spec.volumeMode, 'field is immutable'));
  }
  return errors;
}

const onlyRequests =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** What no update may change: a volume and a class are taken once, and size is for bound claims. */
function fixedPart(spec: PersistentVolumeClaimSpec, current: PersistentVolumeClaim): unknown {
  const { volumeName, storageClassName, volumeAttributesClassName, resources, ...fixed } = spec;
  const bound = current.status?.phase === 'Bound';
  return {
    ...fixed,
    ...(current.spec.volumeName ? { volumeName } : {}),
    ...(current.spec.storageClassName !== undefined || bound ? { storageClassName } : {}),
    ...(bound ? {} : { volumeAttributesClassName }),
    resources: bound ? { limits: resources?.limits } : resources,
  };
}

function shrinks(next: PersistentVolumeClaim, current: PersistentVolumeClaim): boolean {
  const wanted = parseQuantity(storageOf(next.spec) ?? '');
  const before = parseQuantity(storageOf(current.spec) ?? '');
  const has = parseQuantity(current.status?.capacity?.['storage'] ?? '');
  if (wanted === undefined || before === undefined || has === undefined) return false;
  return compareQuantities(wanted, before) < 0 && compareQuantities(wanted, has) < 0;
}
