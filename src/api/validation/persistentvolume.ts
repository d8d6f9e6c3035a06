/** Validation of PersistentVolumes (api-06 §2, §3). */
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../persistentvolume.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { validateAccessModes, validateStorageAmount, validateVolumeMode } from './storage.ts';

/** All other fields of a spec are sources. */
const common: ReadonlySet<string> = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

const sourcesOf = (spec: PersistentVolumeSpec): readonly string[] =>
  Object.keys(spec).filter((field) => !common.has(field) && spec[field] !== undefined);

const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];

export function validatePersistentVolume({ spec }: PersistentVolume): readonly FieldError[] {
  const errors: Errors = [];
  if ((spec.accessModes ?? []).length === 0) errors.push(required('spec.accessModes'));
  validateAccessModes(errors, spec.accessModes);
  validateCapacity(errors, spec.capacity);
  const { persistentVolumeReclaimPolicy: policy = '' } = spec;
  if (!reclaimPolicies.includes(policy)) {
    errors.push(unsupported('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies));
  }
  const [first, ...others] = sourcesOf(spec);
  if (first === undefined) errors.push(required('spec', 'must specify a volume type'));
  for (const other of others) {
    errors.push(forbidden(`spec.${other}`, 'may not specify more than 1 volume type'));
  }
  const path = (spec['hostPath'] as { readonly path?: string } | undefined)?.path;
  if (path === '/' && policy === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', detail));
  }
  validateVolumeMode(errors, spec.volumeMode);
  return errors;
}

function validateCapacity(errors: Errors, capacity: PersistentVolumeSpec['capacity']): void {
  const names = Object.keys(capacity ?? {});
  if (names.length === 0) errors.push(required('spec.capacity'));
  if (names.length !== 1 || names[0] !== 'storage') {
    errors.push(unsupported('spec.capacity', capacity, ['storage']));
  }
  for (const name of names) {
    validateStorageAmount(errors, `spec.capacity[${name}]`, capacity![name]!);
  }
}

export function validatePersistentVolumeUpdate(
  next: PersistentVolume,
  current: PersistentVolume,
): readonly FieldError[] {
  const errors: Errors = [...validatePersistentVolume(next)];
  if (!semanticDeepEqual(sourcePart(next.spec), sourcePart(current.spec))) {
    const detail = 'spec.persistentvolumesource is immutable after creation';
    errors.push(forbidden('spec.persistentvolumesource', detail));
  }
  if (next.spec.volumeMode !== current.spec.volumeMode) {
    errors.push(invalid('spec.volumeMode', next.spec.volumeMode, 'field is immutable'));
  }
  const { nodeAffinity } = current.spec;
  if (nodeAffinity !== undefined && !semanticDeepEqual(next.spec.nodeAffinity, nodeAffinity)) {
    const detail = 'field is immutable, except for updating from beta label to GA';
    errors.push(invalid('spec.nodeAffinity', next.spec.nodeAffinity, detail));
  }
  return errors;
}

const sourcePart = (spec: PersistentVolumeSpec): unknown =>
  Object.fromEntries(sourcesOf(spec).map((field) => [field, spec[field]]));
