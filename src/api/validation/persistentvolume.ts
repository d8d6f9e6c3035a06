/** Validation of PersistentVolumes (api-06 §2, §3). */
import { semanticDeepEqual } from '../equal.ts';
import { mapping, textOf } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../volume/persistentvolume.ts';
import { validateNodeSelector } from './affinity.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { subdomainErrors } from './names.ts';
import { persistentSources } from './persistentsources.ts';
import { validateAccessModes, validateStorageAmount, validateVolumeMode } from './storage.ts';
import { validateSources } from './volumes.ts';

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

export function validatePersistentVolume(volume: PersistentVolume): readonly FieldError[] {
  const errors: Errors = [];
  const { spec } = volume;
  if ((spec.accessModes ?? []).length === 0) errors.push(required('spec.accessModes'));
  validateAccessModes(errors, spec.accessModes);
  validateCapacity(errors, spec.capacity);
  const { persistentVolumeReclaimPolicy: policy = '', storageClassName } = spec;
  if (!reclaimPolicies.includes(policy)) {
    errors.push(unsupported('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies));
  }
  validateNodes(errors, spec);
  validateSources(errors, spec, 'spec', volume.metadata.name, persistentSources);
  const path = textOf(mapping(spec['hostPath'])['path']);
  if (/^\/[/.]*$/.test(path) && policy === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', detail));
  }
  if (storageClassName) validateClassName(errors, storageClassName, 'spec.storageClassName');
  validateVolumeMode(errors, spec.volumeMode);
  validateAttributesClass(errors, spec);
  validateMountOptions(errors, volume);
  return errors;
}

function validateNodes(errors: Errors, { nodeAffinity, local }: PersistentVolumeSpec): void {
  const at = 'spec.nodeAffinity';
  if (nodeAffinity === undefined) {
    if (local !== undefined) errors.push(required(at, 'Local volume requires node affinity'));
  } else if (nodeAffinity.required === undefined) {
    errors.push(required(`${at}.required`, 'must specify required node constraints'));
  } else validateNodeSelector(errors, nodeAffinity.required, `${at}.required`);
}

function validateClassName(errors: Errors, name: string, field: string): void {
  for (const error of subdomainErrors(name)) errors.push(invalid(field, name, error));
}

function validateAttributesClass(errors: Errors, spec: PersistentVolumeSpec): void {
  const { volumeAttributesClassName: name, csi } = spec;
  if (name === undefined) return;
  const field = 'spec.volumeAttributesClassName';
  if (name === '') errors.push(required(field, 'an empty string is disallowed'));
  else validateClassName(errors, name, field);
  if (csi !== undefined) return;
  errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
}

const mountOptions = 'volume.beta.kubernetes.io/mount-options';
const withoutOptions = [
  'hostPath',
  'local',
  'flocker',
  'fc',
  'flexVolume',
  'portworxVolume',
].concat(['scaleIO', 'storageos', 'csi']);

function validateMountOptions(errors: Errors, { metadata, spec }: PersistentVolume): void {
  if (metadata.annotations?.[mountOptions] === undefined) return;
  if (!withoutOptions.some((source) => spec[source] !== undefined)) return;
  const why = 'may not specify mount options for this volume type';
  errors.push(forbidden(`metadata.annotations.${mountOptions}`, why));
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
    errors.push(invalid('volumeMode', next.spec.volumeMode, 'field is immutable'));
  }
  const { nodeAffinity } = current.spec;
  if (nodeAffinity !== undefined && !semanticDeepEqual(next.spec.nodeAffinity, nodeAffinity)) {
    const detail = 'field is immutable, except for updating from beta label to GA';
    errors.push(invalid('nodeAffinity', next.spec.nodeAffinity, detail));
  }
  if (current.spec.volumeAttributesClassName && !next.spec.volumeAttributesClassName) {
    const detail = 'update from non-nil value to nil is forbidden';
    errors.push(forbidden('spec.volumeAttributesClassName', detail));
  }
  return errors;
}

const sourcePart = (spec: PersistentVolumeSpec): unknown =>
  Object.fromEntries(sourcesOf(spec).map((field) => [field, spec[field]]));
