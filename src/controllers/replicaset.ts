/**
 * ReplicaSet controller (ctl-02 §A): keeps `spec.replicas` active Pods under each ReplicaSet, or
 * under each object of a kind that follows the same rules.
 */
import type { Key } from '../api/meta.ts';
import { controllerOf, type KubeObject, keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodReady } from '../api/pod/podstatus.ts';
import type { ReplicaSet } from '../api/replicaset.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext, Outcome } from '../sim/controller.ts';
import { nextAvailabilityCheck } from './replicaset/availability.ts';
import { manageReplicas } from './replicaset/manage.ts';
import { ownPods } from './replicaset/own.ts';
import { type Replicas, replicaSets, replicasIn } from './replicaset/replicas.ts';
import { statusOf, updateStatus } from './replicaset/status.ts';
import { Tallies } from './replicaset/tallies.ts';
import { matchingKeys, resolveController } from './resolve.ts';

export const replicaSetController = (): Controller => replicaController(replicaSets);

export function replicaController(replicas: Replicas): Controller {
  const tallies = new Tallies(replicas.kind);
  return {
    name: replicas.controller,
    watches: [replicas.kind, 'Pod'],
    keysFor(event, context) {
      if (event.kind === replicas.kind) return replicasChanged(event, context);
      tallies.observe(event as WatchEvent<Pod>);
      podChanged(event as WatchEvent<Pod>, context, replicas);
    },
    reconcile: (key, context) => reconcile(key, context, replicas, tallies),
  };
}

function replicasChanged(event: WatchEvent, context: ControllerContext): void {
  const { key, old, object, type } = event;
  const replaced = old !== undefined && old.metadata.uid !== object.metadata.uid;
  if (type === 'DELETED' || replaced) {
    context.expectations.forget(key);
    context.consistency.forget(key);
  }
  context.queue.add(key);
}

function podChanged(event: WatchEvent<Pod>, context: ControllerContext, replicas: Replicas): void {
  const { type, object: pod, old } = event;
  if (type === 'MODIFIED' && pod === old) return;
  const beingDeleted = pod.metadata.deletionTimestamp !== undefined;
  if (type === 'DELETED' || beingDeleted) return podDeleted(pod, old, context, replicas);
  const { view, queue, expectations } = context;
  const owner = resolveController<ReplicaSet>(view, replicas.kind, pod);
  if (type === 'ADDED') {
    if (owner === undefined) {
      if (controllerOf(pod) === undefined) orphan(pod, context, replicas);
      return;
    }
    expectations.creationObserved(keyOf(owner));
    queue.add(keyOf(owner));
    return;
  }
  const refChanged = controllerOf(pod)?.uid !== controllerOf(old!)?.uid;
  if (refChanged) {
    const before = resolveController<ReplicaSet>(view, replicas.kind, old!);
    if (before !== undefined) queue.add(keyOf(before));
  }
  if (controllerOf(pod) !== undefined) {
    if (owner === undefined) return;
    queue.add(keyOf(owner));
    const minReadySeconds = owner.spec.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && isPodReady(pod) && !isPodReady(old!)) {
      // One second more, because timestamps have whole seconds.
      queue.addAfter(keyOf(owner), (minReadySeconds + 1) * 1000);
    }
    return;
  }
  if (refChanged || pod.metadata.labels !== old!.metadata.labels) orphan(pod, context, replicas);
}

function podDeleted(
  pod: Pod,
  old: Pod | undefined,
  context: ControllerContext,
  replicas: Replicas,
): void {
  const { view, queue, expectations } = context;
  for (const version of old !== undefined && old !== pod ? [pod, old] : [pod]) {
    const owner = resolveController<ReplicaSet>(view, replicas.kind, version);
    if (owner === undefined) continue;
    expectations.deletionObserved(keyOf(owner), keyOf(pod));
    queue.add(keyOf(owner));
  }
}

function orphan(pod: Pod, { view, queue }: ControllerContext, replicas: Replicas): void {
  const selectorIn = (object: KubeObject) => replicas.asReplicaSet(object).spec.selector;
  for (const key of matchingKeys(view, replicas.kind, pod, selectorIn)) queue.add(key);
}

function* reconcile(
  key: Key,
  context: ControllerContext,
  replicas: Replicas,
  tallies: Tallies,
): Requests<Outcome> {
  const { view, expectations, consistency, queue, now } = context;
  const stale = context.stale(key);
  if (stale !== undefined) return { error: `the ${stale} cache does not show the last write yet` };
  const rs = replicasIn(view, key, replicas);
  if (rs === undefined) {
    expectations.forget(key);
    consistency.forget(key);
    return undefined;
  }
  const mayManage = expectations.satisfied(key, context.shown('Pod'));
  const own = yield* ownPods(key, rs, context, tallies);
  if ('error' in own) return own;
  const deleting = rs.metadata.deletionTimestamp !== undefined;
  const error = mayManage && !deleting ? yield* manageReplicas(rs, own, context) : undefined;
  const status = statusOf(rs, own.counts, replicas.countsTerminating, error, now);
  const statusError = yield* updateStatus(rs, status, context, replicas);
  if (statusError !== undefined) return { error: statusError };
  if (error !== undefined) return { error };
  if (own.counts.available === own.counts.ready) return undefined;
  const { minReadySeconds = 0 } = rs.spec;
  const afterMs = nextAvailabilityCheck(minReadySeconds, status, own.pods(), now);
  if (afterMs !== undefined) queue.addAfter(key, afterMs);
  return undefined;
}
