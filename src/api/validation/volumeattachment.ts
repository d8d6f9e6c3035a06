/** Validation of VolumeAttachments (api-06 §2, §3). */
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { VolumeAttachment } from '../volume/volumeattachment.ts';
import { type Errors, forbidden, invalid, required } from './errors.ts';
import { subdomainErrors } from './names.ts';

const oneSource = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

export function validateVolumeAttachment({ spec }: VolumeAttachment): readonly FieldError[] {
  const errors: Errors = [];
  const { attacher, nodeName, source = {} } = spec ?? {};
  if (!attacher) errors.push(required('spec.attacher', ''));
  const { inlineVolumeSpec: inline, persistentVolumeName: volume } = source;
  if (inline === undefined && volume === undefined) {
    errors.push(required('spec.source', oneSource));
  } else if (inline !== undefined && volume !== undefined) {
    errors.push(forbidden('spec.source', oneSource));
  } else if (volume === '') {
    const detail = 'must specify non empty persistentVolumeName';
    errors.push(required('spec.source.persistentVolumeName', detail));
  }
  for (const error of subdomainErrors(nodeName ?? '')) {
    errors.push(invalid('spec.nodeName', nodeName ?? '', error));
  }
  for (const error of volume ? subdomainErrors(volume) : []) {
    errors.push(invalid('spec.source.persistentVolumeName', volume, error));
  }
  return errors;
}

/** What is attached where is said once; the status is the driver's. */
export function validateVolumeAttachmentUpdate(
  next: VolumeAttachment,
  current: VolumeAttachment,
): readonly FieldError[] {
  const errors: Errors = [...validateVolumeAttachment(next)];
  if (!deepEqual(next.spec, current.spec)) {
    errors.push(invalid('spec', next.spec, 'field is immutable'));
  }
  return errors;
}
