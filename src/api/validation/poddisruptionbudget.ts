/** Validation of PodDisruptionBudgets (api-06 §2). */
import type { IntOrString } from '../deployment.ts';
import type { FieldError } from '../kind.ts';
import type { PodDisruptionBudget } from '../poddisruptionbudget.ts';
import { type Errors, invalid, invalidRaw, nonNegative, shown, unsupported } from './errors.ts';
import { validateCount } from './intstr.ts';
import { validateLabelSelector } from './labelselector.ts';
import { selectorText } from './workload.ts';

const policies: readonly string[] = ['AlwaysAllow', 'IfHealthyBudget'];

export function validatePodDisruptionBudget({ spec }: PodDisruptionBudget): readonly FieldError[] {
  const errors: Errors = [];
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const detail = 'minAvailable and maxUnavailable cannot be both set';
    errors.push(invalidRaw('spec', specText(spec), detail));
  }
  validateShare(errors, minAvailable, 'spec.minAvailable');
  validateShare(errors, maxUnavailable, 'spec.maxUnavailable');
  if (selector !== undefined) validateLabelSelector(errors, selector, 'spec.selector');
  if (policy !== undefined && !policies.includes(policy)) {
    errors.push(unsupported('spec.unhealthyPodEvictionPolicy', policy, policies));
  }
  return errors;
}

/** A share of the Pods: not more than all of them. */
function validateShare(errors: Errors, value: IntOrString | undefined, field: string): void {
  if (value === undefined) return;
  validateCount(errors, value, field);
  if (typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100) {
    errors.push(invalid(field, value, 'must not be greater than 100%'));
  }
}

/** The spec as messages show it: the fields of the internal type, in its order. */
const specText = ({
  minAvailable,
  selector,
  maxUnavailable,
  unhealthyPodEvictionPolicy,
}: PodDisruptionBudget['spec']): string =>
  `{"MinAvailable":${shown(minAvailable)},"Selector":${selector === undefined ? 'null' : selectorText(selector)},` +
  `"MaxUnavailable":${shown(maxUnavailable)},"UnhealthyPodEvictionPolicy":${shown(unhealthyPodEvictionPolicy)}}`;

export function validatePodDisruptionBudgetStatus({
  status,
}: PodDisruptionBudget): readonly FieldError[] {
  const errors: Errors = [];
  nonNegative(errors, 'status.disruptionsAllowed', status.disruptionsAllowed);
  nonNegative(errors, 'status.currentHealthy', status.currentHealthy);
  nonNegative(errors, 'status.desiredHealthy', status.desiredHealthy);
  nonNegative(errors, 'status.expectedPods', status.expectedPods);
  return errors;
}
