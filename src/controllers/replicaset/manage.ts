/** Creates missing Pods and deletes surplus ones (ctl-02 §A.2). */

import type { Draft, Key } from '../../api/meta.ts';
import { controllerOf, controllerRef, keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Status } from '../../api/status.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { creationInDoubt } from '../creationindoubt.ts';
import type { Own } from './own.ts';
import { podsToDelete } from './ranking.ts';
import { slowStart } from './slowstart.ts';

/** Most Pods that one pass creates or deletes; the rest wait for the next one. */
export const burstReplicas = 500;

/** Returns the first error. */
export function* manageReplicas(
  rs: ReplicaSet,
  { counts, pods }: Own,
  context: ControllerContext,
): Requests<string | undefined> {
  const missing = rs.spec.replicas - counts.active;
  if (missing > 0) return yield* createPods(rs, Math.min(missing, burstReplicas), context);
  if (missing < 0) return yield* deletePods(rs, pods(), Math.min(-missing, burstReplicas), context);
  return undefined;
}

function* createPods(
  rs: ReplicaSet,
  count: number,
  context: ControllerContext,
): Requests<string | undefined> {
  const { expectations } = context;
  const key = keyOf(rs);
  expectations.expectCreations(key, count);
  const draft = podFrom(rs);
  const started = yield* slowStart(count, function* () {
    const created = yield* call<Pod>({
      verb: 'create',
      kind: 'Pod',
      namespace: rs.metadata.namespace!,
      object: draft,
    });
    if (created.ok) return podCreated(rs, key, created.object, context);
    if (!created.definite) return yield* creationInDoubt(key, rs, created.status, context);
    // What is awaited never comes: there is no second try in a namespace that goes.
    if (isNamespaceTerminating(created.status)) return undefined;
    expectations.creationsDropped(key, 1);
    context.record(rs, 'Warning', 'FailedCreate', `Error creating: ${created.status.message}`);
    return created.status.message;
  });
  // Skipped calls create nothing that could be observed later.
  const skipped = count - started.calls;
  if (skipped > 0) expectations.creationsDropped(key, skipped);
  return started.error;
}

function podCreated(rs: ReplicaSet, key: Key, pod: Pod, context: ControllerContext): undefined {
  context.expectations.creationWritten(key, pod.metadata.resourceVersion);
  context.consistency.wrote(key, 'Pod', pod.metadata.resourceVersion);
  context.record(rs, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  return undefined;
}

function* deletePods(
  rs: ReplicaSet,
  pods: readonly Pod[],
  count: number,
  context: ControllerContext,
): Requests<string | undefined> {
  const { expectations, consistency, now } = context;
  const key = keyOf(rs);
  const victims = podsToDelete(
    pods,
    count < pods.length ? relatedPods(rs, context) : [],
    count,
    now,
  );
  expectations.expectDeletions(key, victims.map(keyOf));
  let error: string | undefined;
  for (const pod of victims) {
    const { uid, resourceVersion } = pod.metadata;
    const deleted = yield* call<Pod>({
      verb: 'delete',
      kind: 'Pod',
      namespace: rs.metadata.namespace!,
      name: pod.metadata.name,
      options: { preconditions: { uid, resourceVersion } },
    });
    if (deleted.ok) {
      consistency.wrote(key, 'Pod', deleted.object.metadata.resourceVersion);
      context.record(rs, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      continue;
    }
    expectations.deletionObserved(key, keyOf(pod));
    if (deleted.status.reason === 'NotFound') continue;
    context.record(rs, 'Warning', 'FailedDelete', `Error deleting: ${deleted.status.message}`);
    error ??= `unable to delete pods: ${deleted.status.message}`;
  }
  return error;
}

/** Pods of all ReplicaSets with the same controller: they share nodes with those to be ranked. */
function relatedPods(rs: ReplicaSet, { view }: ControllerContext): readonly Pod[] {
  const owner = controllerOf(rs);
  if (owner === undefined) return [];
  return view
    .by<ReplicaSet>('ReplicaSet', 'controller', owner.uid)
    .flatMap(({ metadata: { uid } }) => view.by<Pod>('Pod', 'controller', uid));
}

/** A Pod as the template wants it. All Pods of one ReplicaSet share the template's spec. */
function podFrom(rs: ReplicaSet): Draft<Pod> {
  const { metadata = {}, spec } = rs.spec.template;
  const { labels, annotations, finalizers } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${rs.metadata.name}-`,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(rs)],
    },
    spec,
  };
}

const isNamespaceTerminating = ({ details }: Status): boolean =>
  details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
