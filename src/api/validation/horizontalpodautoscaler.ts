/** Validation of HorizontalPodAutoscalers (api-06 §2). */
import type {
  HorizontalPodAutoscaler,
  ScalingPolicy,
  ScalingRules,
} from '../horizontalpodautoscaler.ts';
import type { FieldError } from '../kind.ts';
import { parseQuantity } from '../quantity.ts';
import { type Errors, forbidden, invalid, nonNegative, required, unsupported } from './errors.ts';
import { hasGroup, validateMetrics, validateReference } from './scalingmetrics.ts';

export const validateHorizontalPodAutoscaler = (
  autoscaler: HorizontalPodAutoscaler,
): readonly FieldError[] => validated(autoscaler, undefined);

/** What was accepted once is accepted again: no replicas at all, and a target without a group. */
export const validateHorizontalPodAutoscalerUpdate = (
  next: HorizontalPodAutoscaler,
  current: HorizontalPodAutoscaler,
): readonly FieldError[] => validated(next, current);

function validated(
  { spec }: HorizontalPodAutoscaler,
  before: HorizontalPodAutoscaler | undefined,
): readonly FieldError[] {
  const errors: Errors = [];
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec;
  const minReplicasMin = before?.spec.minReplicas === 0 ? 0 : 1;
  if (minReplicas < minReplicasMin) {
    const detail = `must be greater than or equal to ${minReplicasMin}`;
    errors.push(invalid('spec.minReplicas', minReplicas, detail));
  }
  if (maxReplicas < 1)
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (maxReplicas < minReplicas) {
    const detail = 'must be greater than or equal to `minReplicas`';
    errors.push(invalid('spec.maxReplicas', maxReplicas, detail));
  }
  // Of the core group only one kind has a scale.
  const needsGroup =
    scaleTargetRef?.kind !== 'ReplicationController' &&
    (before === undefined || hasGroup(before.spec.scaleTargetRef.apiVersion));
  validateReference(errors, scaleTargetRef, 'spec.scaleTargetRef', needsGroup);
  validateMetrics(errors, metrics, 'spec.metrics');
  const canBeWoken = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !canBeWoken) {
    const detail =
      'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbidden('spec.metrics', detail));
  }
  validateRules(errors, behavior?.scaleUp, 'spec.behavior.scaleUp');
  validateRules(errors, behavior?.scaleDown, 'spec.behavior.scaleDown');
  return errors;
}

const windowSecondsMax = 3_600;
const periodSecondsMax = 1_800;

function validateRules(errors: Errors, rules: ScalingRules | undefined, field: string): void {
  if (rules === undefined) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  if (window !== undefined && window < 0) {
    const detail = 'must be greater than or equal to zero';
    errors.push(invalid(`${field}.stabilizationWindowSeconds`, window, detail));
  }
  if (window !== undefined && window > windowSecondsMax) {
    const detail = `must be less than or equal to ${windowSecondsMax}`;
    errors.push(invalid(`${field}.stabilizationWindowSeconds`, window, detail));
  }
  const known = ['Disabled', 'Max', 'Min'];
  if (selectPolicy !== undefined && !known.includes(selectPolicy)) {
    errors.push(unsupported(`${field}.selectPolicy`, selectPolicy, known));
  }
  if (policies.length === 0) {
    errors.push(required(`${field}.policies`, 'must specify at least one Policy'));
  }
  policies.forEach((policy, i) => {
    validatePolicy(errors, policy, `${field}.policies[${i}]`);
  });
  if (tolerance !== undefined && (parseQuantity(tolerance)?.nanos ?? 0n) < 0n) {
    errors.push(invalid(`${field}.tolerance`, tolerance, 'must be greater than or equal to 0'));
  }
}

function validatePolicy(
  errors: Errors,
  { type, value = 0, periodSeconds = 0 }: ScalingPolicy,
  field: string,
): void {
  const known = ['Percent', 'Pods'];
  if (!known.includes(type)) errors.push(unsupported(`${field}.type`, type ?? '', known));
  if (value <= 0) errors.push(invalid(`${field}.value`, value, 'must be greater than zero'));
  if (periodSeconds <= 0) {
    errors.push(invalid(`${field}.periodSeconds`, periodSeconds, 'must be greater than zero'));
  }
  if (periodSeconds > periodSecondsMax) {
    const detail = `must be less than or equal to ${periodSecondsMax}`;
    errors.push(invalid(`${field}.periodSeconds`, periodSeconds, detail));
  }
}

export function validateHorizontalPodAutoscalerStatus({
  status,
}: HorizontalPodAutoscaler): readonly FieldError[] {
  const errors: Errors = [];
  nonNegative(errors, 'status.currentReplicas', status.currentReplicas);
  nonNegative(errors, 'status.desiredReplicas', status.desiredReplicas);
  return errors;
}
