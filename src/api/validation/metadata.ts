/** Validation of metadata, on create and on update (api-06 §1). */

import type { FieldError } from '../kind.ts';
import type { Labels, ObjectMeta } from '../meta.ts';
import { type Errors, forbidden, invalid, tooLong } from './errors.ts';
import { addressNameErrors } from './ip.ts';
import {
  labelErrors,
  labelValueErrors,
  pathSegmentErrors,
  qualifiedNameErrors,
  subdomainErrors,
} from './names.ts';

const annotationBytesMax = 262_144;

/** Kinds whose names are DNS labels and not subdomains. */
const labelNames = new Set(['Namespace', 'StatefulSet', 'Service']);

/** Kinds whose names may be anything that fits into a path. */
const pathNames = new Set([
  'APIService',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
]);

/** A request for a certificate is called as its author likes. */
const anyNames = new Set(['CertificateSigningRequest']);

/** What is wrong with a name of an object of a kind. */
export const nameErrorsOf = (name: string, kind: string): readonly string[] =>
  labelNames.has(kind)
    ? labelErrors(name)
    : pathNames.has(kind)
      ? pathSegmentErrors(name)
      : anyNames.has(kind)
        ? []
        : kind === 'IPAddress'
          ? addressNameErrors(name)
          : subdomainErrors(name);

const ownerFields = ['apiVersion', 'kind', 'name', 'uid'] as const;

export function validateMetadata(metadata: ObjectMeta, kind: string): readonly FieldError[] {
  const errors: Errors = [];
  const { name, labels, annotations, ownerReferences = [], finalizers = [] } = metadata;
  for (const error of nameErrorsOf(name, kind)) errors.push(invalid('metadata.name', name, error));
  validateLabels(errors, labels, 'metadata.labels');
  validateAnnotations(errors, annotations, 'metadata.annotations');
  let controller: { kind: string; name: string } | undefined;
  for (const owner of ownerReferences) {
    for (const field of ownerFields) {
      if (owner[field]) continue;
      const why = field === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
      errors.push(invalid(`metadata.ownerReferences.${field}`, '', why));
    }
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      const why = '/v1, Kind=Event is disallowed from being an owner';
      errors.push(invalid('metadata.ownerReferences', owner, why));
    }
    if (owner.controller !== true) continue;
    if (controller === undefined) controller = owner;
    else {
      errors.push(
        invalid(
          'metadata.ownerReferences',
          ownerReferences,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller.kind}/${controller.name} and ${owner.kind}/${owner.name}`,
        ),
      );
    }
  }
  for (const finalizer of finalizers) {
    for (const error of qualifiedNameErrors(finalizer)) {
      errors.push(invalid('metadata.finalizers', finalizer, error));
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(
      invalid(
        'metadata.finalizers',
        finalizers,
        'finalizer orphan and foregroundDeletion cannot be both set',
      ),
    );
  }
  finalizers.forEach((finalizer, i) => {
    errors.push(...vagueErrors(finalizer, `metadata.finalizers[${i}]`));
  });
  return errors;
}

/** Whoever holds an object with a finalizer is told by a domain, but for Kubernetes itself. */
function vagueErrors(finalizer: string, field: string): readonly FieldError[] {
  if (finalizer.includes('/') || standardFinalizers.has(finalizer)) return [];
  const why = 'name is neither a standard finalizer name nor is it fully qualified';
  return [invalid(field, finalizer, why)];
}

export const finalizerErrors = (finalizer: string, field: string): readonly FieldError[] => [
  ...qualifiedNameErrors(finalizer).map((error) => invalid(field, finalizer, error)),
  ...vagueErrors(finalizer, field),
];

const standardFinalizers = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

export function validateLabels(errors: Errors, labels: Labels | undefined, field: string): void {
  for (const key in labels) {
    const value = labels[key]!;
    for (const error of qualifiedNameErrors(key)) errors.push(invalid(field, key, error));
    for (const error of labelValueErrors(value)) errors.push(invalid(field, value, error));
  }
}

export function validateAnnotations(
  errors: Errors,
  given: Labels | undefined,
  field: string,
): void {
  let bytes = 0;
  for (const key in given) {
    for (const error of qualifiedNameErrors(key.toLowerCase())) {
      errors.push(invalid(field, key, error));
    }
    bytes += key.length + given[key]!.length;
  }
  if (bytes > annotationBytesMax) errors.push(tooLong(field, annotationBytesMax));
}

export function validateMetadataUpdate(next: ObjectMeta, old: ObjectMeta): readonly FieldError[] {
  const errors: Errors = [];
  if (old.deletionTimestamp !== undefined) {
    const added = (next.finalizers ?? []).filter((f) => !(old.finalizers ?? []).includes(f));
    if (added.length > 0) {
      errors.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => JSON.stringify(f)).join(', ')}}`,
        ),
      );
    }
  }
  for (const field of ['name', 'namespace', 'uid', 'deletionTimestamp'] as const) {
    if (next[field] !== old[field]) {
      errors.push(invalid(`metadata.${field}`, next[field] ?? '', 'field is immutable'));
    }
  }
  return errors;
}
