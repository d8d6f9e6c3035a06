/** Validation of ReplicationControllers: unlike that of a ReplicaSet, the selector may change. */
import type { FieldError } from '../kind.ts';
import type { ReplicationController } from '../replicationcontroller.ts';
import { type Errors, nonNegative, required } from './errors.ts';
import { validateTemplate } from './workload.ts';

export function validateReplicationController({
  spec,
}: ReplicationController): readonly FieldError[] {
  const errors: Errors = [];
  const { replicas, minReadySeconds, selector = {}, template } = spec;
  nonNegative(errors, 'spec.minReadySeconds', minReadySeconds);
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'));
  nonNegative(errors, 'spec.replicas', replicas);
  if (template === undefined) errors.push(required('spec.template'));
  else validateTemplate(errors, template, { matchLabels: selector }, 'ReplicationController');
  return errors;
}
