/** The status of a Deployment (ctl-02 §B.9). */

import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { semanticDeepEqual } from '../../api/equal.ts';
import { type Condition, keyOf } from '../../api/meta.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import { parseTimestamp, timestamp } from '../../api/time.ts';
import { blank } from '../../blank.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { conditionOf, newCondition, replaced, withCondition, without } from './conditions.ts';
import { maxUnavailable } from './fenceposts.ts';
import { hasDeadline, isComplete, isProgressing, isTimedOut } from './progress.ts';
import { availableOf, sizeOf } from './replicasets.ts';
import { writeStatus } from './write.ts';

/**
 * Counts and availability, of what the pass saw: a size that it has just written counts from the next
 * one on (recorded).
 */
export function statusOf(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const sum = (field: 'replicas' | 'readyReplicas' | 'terminatingReplicas') =>
    all.reduce((total, { status }) => total + (status[field] ?? 0), 0);
  const available = availableOf(all);
  const enough = available >= deployment.spec.replicas - maxUnavailable(deployment);
  const availability = enough
    ? newCondition('Available', 'True', 'MinimumReplicasAvailable', hasMinimum, now)
    : newCondition('Available', 'False', 'MinimumReplicasUnavailable', lacksMinimum, now);
  const { collisionCount, conditions = [] } = deployment.status;
  return {
    observedGeneration: deployment.metadata.generation!,
    ...present('replicas', sum('replicas')),
    ...present('updatedReplicas', newRs?.status.replicas ?? 0),
    ...present('readyReplicas', sum('readyReplicas')),
    ...present('availableReplicas', available),
    ...present('unavailableReplicas', Math.max(0, sizeOf(all) - available)),
    terminatingReplicas: sum('terminatingReplicas'),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(conditions, availability),
  };
}

const hasMinimum = 'Deployment has minimum availability.';
const lacksMinimum = 'Deployment does not have minimum availability.';

const present = (field: string, count: number) => (count === 0 ? {} : { [field]: count });

/** Counts only: while it is deleted, paused or scaled nobody asks how the rollout goes. */
export function* syncStatusOnly(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
  now: number,
): Requests<string | undefined> {
  const status = statusOf(deployment, all, newRs, now);
  if (semanticDeepEqual(status, deployment.status)) return undefined;
  const written = yield* writeStatus(deployment, status);
  return written.ok ? undefined : written.status.message;
}

/** Counts, and how the rollout goes. */
export function* syncRolloutStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
  context: ControllerContext,
): Requests<string | undefined> {
  const counted = statusOf(deployment, all, newRs, context.now);
  const conditions = withFailure(withProgress(deployment, counted, newRs, context.now), all, newRs);
  const status = { ...blank, ...counted, conditions };
  if (semanticDeepEqual(status, deployment.status)) {
    requeueIfStuck(deployment, status, context);
    return undefined;
  }
  const written = yield* writeStatus(deployment, status);
  return written.ok ? undefined : written.status.message;
}

function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  newRs: ReplicaSet | undefined,
  now: number,
): readonly Condition[] {
  const { conditions = [] } = status;
  if (!hasDeadline(deployment)) return without(conditions, 'Progressing');
  const stored = conditionOf(deployment.status.conditions, 'Progressing');
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  if (settled && stored?.reason === 'NewReplicaSetAvailable') return conditions;
  const subject =
    newRs === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${newRs.metadata.name}"`;
  const { progressDeadlineSeconds } = deployment.spec;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    const done = newCondition('Progressing', 'True', 'NewReplicaSetAvailable', message, now);
    return withCondition(conditions, done);
  }
  if (isProgressing(deployment.status, status)) {
    const message = `${subject} is progressing.`;
    const going = newCondition('Progressing', 'True', 'ReplicaSetUpdated', message, now);
    return replaced(conditions, going);
  }
  if (isTimedOut({ progressDeadlineSeconds, condition: stored, now })) {
    const message = `${subject} has timed out progressing.`;
    const late = newCondition('Progressing', 'False', 'ProgressDeadlineExceeded', message, now);
    return withCondition(conditions, late);
  }
  return conditions;
}

/** A ReplicaSet that cannot make its replicas fails its Deployment too; the new one speaks first. */
function withFailure(
  conditions: readonly Condition[],
  all: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
): readonly Condition[] {
  const failures = [...(newRs === undefined ? [] : [newRs]), ...all].flatMap(
    ({ status }) => conditionOf(status.conditions, 'ReplicaFailure') ?? [],
  );
  const failure = failures[0];
  if (failure === undefined) return without(conditions, 'ReplicaFailure');
  const since = failure.lastTransitionTime ?? timestamp(0);
  const copied = { ...failure, lastUpdateTime: since, lastTransitionTime: since };
  return withCondition(conditions, copied);
}

/** Nothing will wake the key when the deadline passes, so it wakes itself. */
function requeueIfStuck(
  deployment: Deployment,
  status: DeploymentStatus,
  { now, queue }: ControllerContext,
): void {
  const condition = conditionOf(deployment.status.conditions, 'Progressing');
  const { progressDeadlineSeconds } = deployment.spec;
  if (!hasDeadline(deployment) || condition === undefined) return;
  if (isComplete(deployment, status)) return;
  if (condition.reason === 'NewReplicaSetAvailable') return;
  if (condition.reason === 'ProgressDeadlineExceeded') return;
  const deadline = parseTimestamp(condition.lastUpdateTime ?? '') + progressDeadlineSeconds! * 1000;
  const left = deadline - now;
  if (left < 1000) queue.addRateLimited(keyOf(deployment));
  else queue.addAfter(keyOf(deployment), left + 1000);
}
