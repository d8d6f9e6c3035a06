/** Validation of Pods beyond their specs, in upstream's order (validatePodMetadataAndSpec, ValidatePodCreate). */

import { listOf, mapping } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import type { ObjectMeta } from '../meta.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { validateImages } from './container.ts';
import { type Errors, forbidden, invalid } from './errors.ts';
import { subdomainErrors } from './names.ts';
import { validateAnnotationUpdate, validatePodAnnotations } from './podannotations.ts';
import { validatePodSpec } from './podspec.ts';

interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
}

const annotationsField = 'metadata.annotations';

export function ownErrors({ metadata, spec: given }: Pod): Errors {
  const errors: Errors = [];
  const spec = mapping(given) as unknown as PodSpec;
  validatePodAnnotations(errors, metadata.annotations, spec, annotationsField);
  errors.push(...validatePodSpec(spec, 'spec'));
  validateClaimNames(errors, metadata.name, spec);
  if (!spec.serviceAccountName) validateTokens(errors, spec);
  validateImages(errors, spec, 'spec');
  return errors;
}

/** Volumes that live as long as the Pod become claims, named after both. */
function validateClaimNames(errors: Errors, pod: string, { volumes = [] }: PodSpec): void {
  if (pod === '' || !Array.isArray(volumes)) return;
  const made = new Set(
    volumes.flatMap((volume) => (volume['ephemeral'] ? [`${pod}-${volume.name}`] : [])),
  );
  if (made.size === 0) return;
  volumes.forEach((volume, i) => {
    const at = `spec.volumes[${i}]`;
    const claim = `${pod}-${volume.name}`;
    for (const error of volume['ephemeral'] && volume.name ? subdomainErrors(claim) : []) {
      const why = `PVC name ${JSON.stringify(claim)}: ${error}`;
      errors.push(invalid(`${at}.name`, volume.name, why));
    }
    const used = mapping(volume['persistentVolumeClaim'])['claimName'];
    if (!made.has(String(used))) return;
    const why = 'must not reference a PVC that gets created for an ephemeral volume';
    errors.push(invalid(`${at}.persistentVolumeClaim.claimName`, used, why));
  });
}

function validateTokens(errors: Errors, { volumes = [] }: PodSpec): void {
  if (!Array.isArray(volumes)) return;
  volumes.forEach((volume, i) => {
    listOf(mapping(volume['projected'])['sources']).forEach((source, j) => {
      if (source['serviceAccountToken'] === undefined) return;
      const at = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`;
      errors.push(forbidden(at, 'must not be specified when serviceAccountName is not set'));
    });
  });
}

export function validatePodCreate(pod: Pod): readonly FieldError[] {
  const errors = ownErrors(pod);
  const {
    ephemeralContainers = [],
    nodeName,
    schedulingGates = [],
  } = mapping(pod.spec) as unknown as PodSpec;
  if (ephemeralContainers.length > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (nodeName && schedulingGates.length > 0) {
    const why = 'cannot be set until all schedulingGates have been cleared';
    errors.push(forbidden('spec.nodeName', why));
  }
  return errors;
}

/** What an update does to annotations that mean something. */
export function annotationErrors(
  { metadata, spec }: Pod,
  { metadata: { annotations: before } }: Pod,
): readonly FieldError[] {
  const { annotations } = metadata;
  if (annotations === before) return [];
  const errors: Errors = [];
  validateAnnotationUpdate(errors, annotations, before, annotationsField);
  validatePodAnnotations(errors, annotations, spec, annotationsField);
  return errors;
}
