/** Validation of templates of Pods, wherever they are (upstream's ValidatePodTemplateSpec). */

import { type Fields, mapping } from '../fields.ts';
import type { PodTemplateSpec } from '../pod/podspec.ts';
import { type Errors, forbidden } from './errors.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { validatePodAnnotations } from './podannotations.ts';
import { validatePodSpec } from './podspec.ts';

export function validateTemplateSpec(
  errors: Errors,
  template: PodTemplateSpec | undefined,
  field: string,
): void {
  const { labels, annotations } = template?.metadata ?? {};
  validateLabels(errors, labels, `${field}.labels`);
  validateAnnotations(errors, annotations, `${field}.annotations`);
  const spec = template?.spec ?? ({} as PodTemplateSpec['spec']);
  validatePodAnnotations(errors, annotations, spec, `${field}.annotations`);
  errors.push(...validatePodSpec(spec, `${field}.spec`));
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const why = 'ephemeral containers not allowed in pod template';
    errors.push(forbidden(`${field}.spec.ephemeralContainers`, why));
  }
}

export function validatePodTemplate(object: Fields, errors: Errors): void {
  validateTemplateSpec(
    errors,
    mapping(object['template']) as unknown as PodTemplateSpec,
    'template',
  );
}
