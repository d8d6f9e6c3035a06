/**
 * StatefulSet controller (ctl-03 §B): Pods with names that last, each with claims of its own.
 *
 * It needs no expectations, because a name can be taken once only: what a stale cache makes it
 * create again is refused.
 */
import type { Key } from '../api/meta.ts';
import { controllerOf, keyOf, splitKey } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodReady } from '../api/pod/podstatus.ts';
import { selectorOf } from '../api/selectors/selectors.ts';
import type { StatefulSet } from '../api/statefulset.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext, Outcome } from '../sim/controller.ts';
import { claim } from './claim.ts';
import { deleteRevisions, isOrphan, revisionsOf, surplusRevisions } from './history.ts';
import { nextAvailabilityCheck } from './replicaset/availability.ts';
import { matchingKeys, resolveController } from './resolve.ts';
import { claimsOf } from './statefulset/claims.ts';
import { ordinalOf, podName } from './statefulset/ordinals.ts';
import { type Performed, perform } from './statefulset/perform.ts';
import { planOf } from './statefulset/plan.ts';
import { unborn } from './statefulset/podcontrol.ts';
import { podRevision } from './statefulset/podstate.ts';
import { isStale } from './statefulset/retention.ts';
import { type Versions, versionsOf } from './statefulset/revisions.ts';
import { statusOf, updateStatus } from './statefulset/status.ts';

export const statefulSetController = (): Controller => ({
  name: 'statefulset-controller',
  watches: ['StatefulSet', 'Pod', 'PersistentVolumeClaim', 'ControllerRevision'],
  keysFor,
  reconcile,
});

/** Claims and revisions are only read: nothing wakes a set that waits for one. */
function keysFor(event: WatchEvent, context: ControllerContext): void {
  if (event.kind === 'Pod') podChanged(event as WatchEvent<Pod>, context);
  if (event.kind !== 'StatefulSet') return;
  const { key, old, object, type } = event;
  const replaced = old !== undefined && old.metadata.uid !== object.metadata.uid;
  if (type === 'DELETED' || replaced) context.consistency.forget(key);
  context.queue.add(key);
}

function podChanged(event: WatchEvent<Pod>, { view, queue }: ControllerContext): void {
  const { type, object: pod, old } = event;
  const owner = (of: Pod) => resolveController<StatefulSet>(view, 'StatefulSet', of);
  const refChanged = old !== undefined && controllerOf(pod)?.uid !== controllerOf(old)?.uid;
  const before = refChanged ? owner(old) : undefined;
  if (before !== undefined) queue.add(keyOf(before));
  if (controllerOf(pod) === undefined) {
    const relabelled = pod.metadata.labels !== old?.metadata.labels;
    const mayBeAdopted = type !== 'DELETED' && (refChanged || relabelled);
    if (mayBeAdopted && (type === 'MODIFIED' || pod.metadata.deletionTimestamp === undefined)) {
      for (const key of matchingKeys(view, 'StatefulSet', pod)) queue.add(key);
    }
    return;
  }
  const set = owner(pod);
  if (set === undefined) return;
  queue.add(keyOf(set));
  const { minReadySeconds = 0 } = set.spec;
  if (type === 'MODIFIED' && minReadySeconds > 0 && isPodReady(pod) && !isPodReady(old!)) {
    // One second more, because timestamps have whole seconds.
    queue.addAfter(keyOf(set), (minReadySeconds + 1) * 1000);
  }
}

function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const { view, consistency } = context;
  const stale = context.stale(key);
  if (stale !== undefined) return { error: `the ${stale} cache does not show the last write yet` };
  const set = view.get<StatefulSet>('StatefulSet', key);
  if (set === undefined) {
    consistency.forget(key);
    return undefined;
  }
  const adopted = yield* adoptRevisions(set, context);
  if (adopted !== undefined) return { error: adopted };
  const claimed = yield* claimPods(set, context);
  if ('error' in claimed) return claimed;
  return yield* sync(set, claimed.pods, context);
}

function* adoptRevisions(
  set: StatefulSet,
  { view }: ControllerContext,
): Requests<string | undefined> {
  const candidates = revisionsOf(set, view).filter(isOrphan);
  if (candidates.length === 0) return undefined;
  const matches = selectorOf(set.spec.selector);
  return (yield* claim({ owner: set, matches, candidates })).error;
}

type ClaimedPods = { readonly pods: readonly Pod[] } | { readonly error: string };

/** Finished and deleted ones too: they hold their names. */
function* claimPods(set: StatefulSet, { view }: ControllerContext): Requests<ClaimedPods> {
  const { namespace = '' } = splitKey(keyOf(set));
  const candidates = [
    ...view.by<Pod>('Pod', 'controller', set.metadata.uid),
    ...view.by<Pod>('Pod', 'controller', `none/${namespace}`),
  ];
  const matches = selectorOf(set.spec.selector);
  const fits = (pod: Pod) => ordinalOf(set, pod) !== undefined;
  const { objects, error } = yield* claim({ owner: set, matches, fits, candidates });
  return error === undefined ? { pods: objects } : { error };
}

function* sync(
  set: StatefulSet,
  pods: readonly Pod[],
  context: ControllerContext,
): Requests<Outcome> {
  const { view, now } = context;
  const revisions = revisionsOf(set, view);
  const versions = yield* versionsOf(set, revisions, context);
  if ('error' in versions) return { error: versions.error };
  const { error: failed, updated } = yield* managePods(set, pods, versions, context);
  const { current, update, collisionCount } = versions;
  const names = { current: current.metadata.name, update: update.metadata.name, collisionCount };
  const status = statusOf(set, pods, names, updated, now);
  const statusError = yield* updateStatus(set, status, context);
  const live = new Set([names.current, names.update, ...pods.map(podRevision)]);
  const surplus = surplusRevisions(revisions, live, set.spec.revisionHistoryLimit);
  const historyError = yield* deleteRevisions(surplus);
  const error = failed ?? statusError ?? historyError;
  if (error !== undefined) return { error };
  const afterMs = nextAvailabilityCheck(set.spec.minReadySeconds ?? 0, status, pods, now);
  if (afterMs !== undefined) context.queue.addAfter(keyOf(set), afterMs);
  return undefined;
}

/** Creates, deletes and updates Pods; not for a set that is being deleted. */
function* managePods(
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update }: Versions,
  context: ControllerContext,
): Requests<Performed> {
  if (set.metadata.deletionTimestamp !== undefined) return { updated: 0 };
  const plan = planOf({
    set,
    pods,
    updateRevision: update.metadata.name,
    now: context.now,
    hasStaleClaim: (ordinal) => hasStaleClaim(set, ordinal, context),
  });
  return yield* perform(plan, { set, current, update, context });
}

function hasStaleClaim(set: StatefulSet, ordinal: number, { view }: ControllerContext): boolean {
  if (set.spec.persistentVolumeClaimRetentionPolicy.whenScaled === 'Retain') return false;
  const pod = unborn(podName(set, ordinal));
  return claimsOf(set, ordinal, view).some((one) => one.claim && isStale(one.claim, pod));
}
