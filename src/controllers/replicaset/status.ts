/** What a ReplicaSet's status says (ctl-02 §A.3), and when its availability may change by itself. */
import { semanticDeepEqual } from '../../api/equal.ts';
import type { Condition } from '../../api/meta.ts';
import { keyOf } from '../../api/meta.ts';
import type { ReplicaSet, ReplicaSetStatus } from '../../api/replicaset.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import type { PodCounts } from './counts.ts';
import type { Replicas } from './replicas.ts';

/** `error` is why Pods could not be created or deleted in this pass. */
export function statusOf(
  rs: ReplicaSet,
  { active, labelled, ready, available, terminating }: PodCounts,
  countsTerminating: boolean,
  error: string | undefined,
  now: number,
): ReplicaSetStatus {
  const conditions = conditionsOf(rs, active, error, now);
  return {
    replicas: active,
    ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(countsTerminating ? { terminatingReplicas: terminating } : {}),
    observedGeneration: rs.metadata.generation!,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** A failure that is already told is left as it is; without a failure it is taken back. */
function conditionsOf(
  rs: ReplicaSet,
  active: number,
  error: string | undefined,
  now: number,
): readonly Condition[] {
  const conditions = rs.status.conditions ?? [];
  const told = conditions.some(({ type }) => type === 'ReplicaFailure');
  if (error === undefined) {
    return told ? conditions.filter(({ type }) => type !== 'ReplicaFailure') : conditions;
  }
  if (told) return conditions;
  const failure: Condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: timestamp(now),
    reason: active < rs.spec.replicas ? 'FailedCreate' : 'FailedDelete',
    message: error,
  };
  return [...conditions, failure];
}

/** Writes the status if it changed; tries once more on a fresh copy. Returns an error. */
export function* updateStatus(
  rs: ReplicaSet,
  status: ReplicaSetStatus,
  { consistency }: ControllerContext,
  replicas: Replicas,
): Requests<string | undefined> {
  if (semanticDeepEqual(rs.status, status)) return undefined;
  let base = rs;
  for (let attempt = 0; ; attempt++) {
    const updated = yield* call({
      verb: 'update',
      kind: replicas.kind,
      object: replicas.asStored({ ...base, status }),
      subresource: 'status',
    });
    if (updated.ok) {
      consistency.wrote(keyOf(rs), replicas.kind, updated.object.metadata.resourceVersion);
      return undefined;
    }
    if (attempt === 1) return updated.status.message;
    const { namespace, name } = rs.metadata;
    const fresh = yield* call({
      verb: 'get',
      kind: replicas.kind,
      namespace: namespace!,
      name,
    });
    if (!fresh.ok) return fresh.status.message;
    base = replicas.asReplicaSet(fresh.object);
  }
}
