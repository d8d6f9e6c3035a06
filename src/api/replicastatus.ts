/** What the status of a replicated workload may say: counts that do not contradict each other. */
import type { DeploymentStatus } from './deployment.ts';
import type { FieldError } from './kind.ts';
import { type Errors, invalid, nonNegative } from './validation/errors.ts';

interface Counts {
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly observedGeneration?: number;
  readonly collisionCount?: number;
}

const counts = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
] as const;

const partsOfReplicas = [
  'updatedReplicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
] as const;

export function validateReplicaStatus(status: Counts): readonly FieldError[] {
  const errors: Errors = [];
  for (const name of counts) nonNegative(errors, `status.${name}`, status[name]);
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  for (const name of partsOfReplicas) {
    const count = status[name] ?? 0;
    if (count <= replicas) continue;
    errors.push(invalid(`status.${name}`, count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas) {
    const detail = 'cannot be greater than readyReplicas';
    errors.push(invalid('status.availableReplicas', availableReplicas, detail));
  }
  return errors;
}

export function validateDeploymentStatus(
  next: DeploymentStatus,
  current: DeploymentStatus,
): readonly FieldError[] {
  const errors = validateReplicaStatus(next);
  const { collisionCount: before } = current;
  if (before === undefined || (next.collisionCount ?? -1) >= before) return errors;
  const shown = next.collisionCount ?? 0;
  return [...errors, invalid('status.collisionCount', shown, 'cannot be decremented')];
}
