/** What a ReplicaSet's status says (ctl-02 §A.3), and when its availability may change by itself. */
import { semanticDeepEqual } from '../../api/equal.ts';
import type { Condition, Labels } from '../../api/meta.ts';
import { keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod.ts';
import { isPodAvailable, isPodReady } from '../../api/podstatus.ts';
import type { ReplicaSet, ReplicaSetStatus } from '../../api/replicaset.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import type { Replicas } from './replicas.ts';

/** `terminating` is undefined where they are not counted; `error` is why Pods could not be created or deleted in this pass. */
export function statusOf(
  rs: ReplicaSet,
  pods: readonly Pod[],
  terminating: number | undefined,
  error: string | undefined,
  now: number,
): ReplicaSetStatus {
  const { minReadySeconds = 0, template } = rs.spec;
  const labels = template.metadata?.labels ?? {};
  let labelled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of pods) {
    if (hasAll(pod.metadata.labels, labels)) labelled += 1;
    if (!isPodReady(pod)) continue;
    ready += 1;
    if (isPodAvailable(pod, minReadySeconds, now)) available += 1;
  }
  const conditions = conditionsOf(rs, pods.length, error, now);
  return {
    replicas: pods.length,
    ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    observedGeneration: rs.metadata.generation!,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

function hasAll(labels: Labels | undefined, wanted: Labels): boolean {
  if (labels === wanted) return true;
  for (const name in wanted) if (labels?.[name] !== wanted[name]) return false;
  return true;
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
