/** Validation of ReplicaSets. */
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { ReplicaSet } from '../replicaset.ts';
import { type Errors, invalidRaw, nonNegative, required } from './errors.ts';
import { selectorText, validateSelector, validateTemplate } from './workload.ts';

export function validateReplicaSet({ spec }: ReplicaSet): readonly FieldError[] {
  const errors: Errors = [];
  nonNegative(errors, 'spec.replicas', spec.replicas);
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  const readable = validateSelector(errors, spec.selector, 'replicaset');
  if (spec.template === undefined) errors.push(required('spec.template'));
  else if (readable) validateTemplate(errors, spec.template, spec.selector);
  return errors;
}

export function validateReplicaSetUpdate(
  next: ReplicaSet,
  current: ReplicaSet,
): readonly FieldError[] {
  const errors = [...validateReplicaSet(next)];
  if (!semanticDeepEqual(next.spec.selector, current.spec.selector)) {
    const shown = selectorText(next.spec.selector ?? {});
    errors.push(invalidRaw('spec.selector', shown, 'field is immutable'));
  }
  return errors;
}
