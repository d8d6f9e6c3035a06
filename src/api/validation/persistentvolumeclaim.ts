/** Validation of PersistentVolumeClaims (api-06 §2, §3). */
import { semanticDeepEqual } from '../equal.ts';
import { type Fields, mapping, textOf } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import type { Labels } from '../meta.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
} from '../volume/persistentvolumeclaim.ts';
import { type Errors, forbidden, invalid, invalidRaw, required } from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { validateAccessModes, validateStorageAmount, validateVolumeMode } from './storage.ts';

export function validatePersistentVolumeClaim({
  spec,
}: PersistentVolumeClaim): readonly FieldError[] {
  const errors: Errors = [];
  validateClaimSpec(errors, spec, 'spec');
  return errors;
}

export function validateClaimSpec(
  errors: Errors,
  spec: PersistentVolumeClaimSpec,
  at: string,
): void {
  const { selector, storageClassName, volumeAttributesClassName } = spec as unknown as Fields;
  if ((spec.accessModes ?? []).length === 0) {
    errors.push(required(`${at}.accessModes`, 'at least 1 access mode is required'));
  }
  validateLabelSelector(errors, selector as LabelSelector | undefined, `${at}.selector`);
  validateAccessModes(errors, spec.accessModes, at);
  const wanted = storageOf(spec);
  if (wanted === undefined) errors.push(required(`${at}.resources[storage]`));
  else validateStorageAmount(errors, `${at}.resources[storage]`, wanted);
  validateClass(errors, storageClassName, `${at}.storageClassName`);
  validateVolumeMode(errors, spec.volumeMode, at);
  validateSources(errors, spec as unknown as Fields, at);
  validateClass(errors, volumeAttributesClassName, `${at}.volumeAttributesClassName`);
}

function validateClass(errors: Errors, name: unknown, at: string): void {
  if (!name) return;
  for (const error of subdomainErrors(textOf(name))) errors.push(invalid(at, name, error));
}

/** What a volume is filled with at first. */
function validateSources(errors: Errors, { dataSource, dataSourceRef }: Fields, at: string): void {
  for (const [name, source] of Object.entries({ dataSource, dataSourceRef })) {
    if (source !== undefined) validateSource(errors, mapping(source), `${at}.${name}`);
  }
  if (dataSource === undefined || dataSourceRef === undefined) return;
  const [one, other] = [mapping(dataSource), mapping(dataSourceRef)];
  const field = `${at}.dataSource`;
  if (other['namespace']) {
    const why = 'may not be specified when dataSourceRef.namespace is specified';
    errors.push(invalidRaw(at, field, why));
  } else if (['apiGroup', 'kind', 'name'].some((part) => one[part] !== other[part])) {
    errors.push(invalidRaw(at, field, 'must match dataSourceRef'));
  }
}

function validateSource(errors: Errors, source: Fields, at: string): void {
  const { name, kind, apiGroup, namespace } = source;
  if (!name) errors.push(required(`${at}.name`));
  if (!kind) errors.push(required(`${at}.kind`));
  if (!apiGroup && kind !== 'PersistentVolumeClaim') {
    const why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(invalid(at, textOf(kind), why));
  }
  validateClass(errors, apiGroup, `${at}.apiGroup`);
  for (const error of namespace ? labelErrors(textOf(namespace)) : []) {
    errors.push(invalid(`${at}.namespace`, namespace, error));
  }
}

/** Of the metadata of a template, labels and annotations mean something, and nothing else. */
const notInTemplates = [
  ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation'],
  ...['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'ownerReferences'],
  ...['finalizers', 'managedFields'],
];

export function validateClaimTemplate(errors: Errors, template: Fields, at: string): void {
  const metadata = mapping(template['metadata']);
  const { annotations, labels } = metadata as { annotations?: Labels; labels?: Labels };
  validateAnnotations(errors, annotations, `${at}.metadata.annotations`);
  validateLabels(errors, labels, `${at}.metadata.labels`);
  for (const name of notInTemplates) {
    if (metadata[name]) errors.push(forbidden(`${at}.metadata.${name}`, 'cannot be set'));
  }
  const spec = mapping(template['spec']) as unknown as PersistentVolumeClaimSpec;
  validateClaimSpec(errors, spec, `${at}.spec`);
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
    errors.push(invalid('volumeMode', next.spec.volumeMode, 'field is immutable'));
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
