/** The status of a StatefulSet (ctl-03 §B.4). */
import { keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { StatefulSet, StatefulSetStatus } from '../../api/statefulset.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { clockOf } from './plan.ts';
import {
  isRunningAndAvailable,
  isRunningAndReady,
  isTerminating,
  podRevision,
} from './podstate.ts';

/** Names of the revisions that a set is of, and the collisions in naming them. */
export interface Revisions {
  readonly current: string;
  readonly update: string;
  readonly collisionCount: number;
}

/** Counts of what the pass saw, less what it deleted for the update. */
export function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update, collisionCount }: Revisions,
  deletedForUpdate: number,
  now: number,
): StatefulSetStatus {
  const clock = clockOf(set, now);
  const living = pods.filter((pod) => !isTerminating(pod));
  const readyReplicas = pods.filter(isRunningAndReady).length;
  const updatedReplicas = living.filter((pod) => podRevision(pod) === update).length;
  const left = living.filter((pod) => podRevision(pod) === current).length - deletedForUpdate;
  const complete = isComplete(set, pods.length, readyReplicas, updatedReplicas);
  const { conditions } = set.status;
  return {
    observedGeneration: set.metadata.generation!,
    replicas: pods.length,
    ...present('readyReplicas', readyReplicas),
    // A Pod of neither revision is deleted too: the difference may fall below zero.
    ...present('currentReplicas', complete ? updatedReplicas : Math.max(0, left)),
    ...present('updatedReplicas', updatedReplicas),
    currentRevision: complete ? update : current,
    updateRevision: update,
    collisionCount,
    ...(conditions === undefined ? {} : { conditions }),
    availableReplicas: pods.filter((pod) => isRunningAndAvailable(pod, clock)).length,
  };
}

const present = (field: string, count: number) => (count === 0 ? {} : { [field]: count });

/** All Pods are ready, and of the new revision: it is the current one now. */
function isComplete({ spec }: StatefulSet, pods: number, ready: number, updated: number): boolean {
  if (spec.updateStrategy.type !== 'RollingUpdate') return false;
  return updated === spec.replicas && ready === spec.replicas && pods === spec.replicas;
}

const told = [
  'observedGeneration',
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'currentRevision',
  'updateRevision',
  'availableReplicas',
] as const satisfies readonly (keyof StatefulSetStatus)[];

/** Writes the status if it says something new. Returns an error. */
export function* updateStatus(
  set: StatefulSet,
  status: StatefulSetStatus,
  { consistency }: ControllerContext,
): Requests<string | undefined> {
  const same = (field: (typeof told)[number]) => (set.status[field] ?? 0) === (status[field] ?? 0);
  if (told.every(same)) return undefined;
  const updated = yield* call<StatefulSet>({
    verb: 'update',
    kind: 'StatefulSet',
    object: { ...set, status },
    subresource: 'status',
  });
  if (!updated.ok) return updated.status.message;
  consistency.wrote(keyOf(set), 'StatefulSet', updated.object.metadata.resourceVersion);
  return undefined;
}
