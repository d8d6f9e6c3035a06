/** DaemonSet controller (ctl-03 §C): one Pod on every node that should have one. */
import type { ControllerRevision } from '../api/controllerrevision.ts';
import type { DaemonSet } from '../api/daemonset.ts';
import type { Key } from '../api/meta.ts';
import { keyOf, splitKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { selectorOf, selectsEverything } from '../api/selectors/selectors.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext, Outcome } from '../sim/controller.ts';
import { claim } from './claim.ts';
import { daemonsByNode } from './daemonset/daemons.ts';
import { eligible } from './daemonset/eligibility.ts';
import { FailedPodBackoff } from './daemonset/failedpods.ts';
import { changesOf, type ReplacesFailed } from './daemonset/manage.ts';
import { perform } from './daemonset/perform.ts';
import { type History, hashOf, historyOf } from './daemonset/revisions.ts';
import { updatesOf } from './daemonset/rolling.ts';
import { statusOf, updateStatus } from './daemonset/status.ts';
import { hashLabel } from './daemonset/template.ts';
import { nodeChanged, podChanged, revisionChanged, setChanged } from './daemonset/watch.ts';
import { byRevision, deleteRevisions, surplusRevisions } from './history.ts';

export const daemonSetController = (): Controller => {
  const failedPods = new FailedPodBackoff();
  return {
    name: 'daemon-set-controller',
    recorder: 'daemonset-controller',
    watches: ['DaemonSet', 'Pod', 'Node', 'ControllerRevision'],
    keysFor,
    reconcile: (key, context) => reconcile(key, context, failedPods),
    memory: () => failedPods.memory(),
  };
};

function keysFor(event: WatchEvent, context: ControllerContext): void {
  switch (event.kind) {
    case 'DaemonSet':
      return setChanged(event as WatchEvent<DaemonSet>, context);
    case 'Pod':
      return podChanged(event as WatchEvent<Pod>, context);
    case 'Node':
      return nodeChanged(event as WatchEvent<Node>, context);
    default:
      return revisionChanged(event, context);
  }
}

const selectingAll = 'This daemon set is selecting all pods. A non-empty selector is required.';

function* reconcile(
  key: Key,
  context: ControllerContext,
  failedPods: FailedPodBackoff,
): Requests<Outcome> {
  const { view, expectations, consistency } = context;
  const stale = context.stale(key);
  if (stale !== undefined) return { error: `the ${stale} cache does not show the last write yet` };
  const ds = view.get<DaemonSet>('DaemonSet', key);
  if (ds === undefined) {
    expectations.forget(key);
    consistency.forget(key);
    return undefined;
  }
  if (selectsEverything(ds.spec.selector)) {
    context.record(ds, 'Warning', 'SelectingAll', selectingAll);
    return undefined;
  }
  if (ds.metadata.deletionTimestamp !== undefined) return undefined;
  const owned = yield* claimAll(ds, context);
  if ('error' in owned) return owned;
  const history = yield* historyOf(ds, owned.revisions, owned.pods, context);
  if ('error' in history) return history;
  return yield* sync(ds, owned.pods, history, context, failedPods);
}

interface Owned {
  readonly pods: readonly Pod[];
  readonly revisions: readonly ControllerRevision[];
}

/** Pods of all phases, and revisions, that are its own; those of nobody are adopted. */
function* claimAll(
  ds: DaemonSet,
  { view }: ControllerContext,
): Requests<Owned | { readonly error: string }> {
  const { namespace = '' } = splitKey(keyOf(ds));
  const matches = selectorOf(ds.spec.selector);
  const candidates = <T extends Pod | ControllerRevision>(kind: string) => [
    ...view.by<T>(kind, 'controller', ds.metadata.uid),
    ...view.by<T>(kind, 'controller', `none/${namespace}`),
  ];
  const revisions = yield* claim({
    owner: ds,
    matches,
    candidates: candidates<ControllerRevision>('ControllerRevision'),
  });
  if (revisions.error !== undefined) return { error: revisions.error };
  const pods = yield* claim({ owner: ds, matches, candidates: candidates<Pod>('Pod') });
  if (pods.error !== undefined) return { error: pods.error };
  return { pods: pods.objects, revisions: revisions.objects.toSorted(byRevision) };
}

function* sync(
  ds: DaemonSet,
  pods: readonly Pod[],
  { hash, old }: History,
  context: ControllerContext,
  failedPods: FailedPodBackoff,
): Requests<Outcome> {
  const { view, now, expectations, queue } = context;
  const key = keyOf(ds);
  const acted = expectations.satisfied(key, context.shown('Pod'));
  const seen = {
    ds,
    hash,
    nodes: view.list<Node>('Node'),
    daemons: daemonsByNode(pods),
    eligible: eligible(ds),
    now,
  };
  let error: string | undefined;
  if (acted) {
    const replacesFailed = replacing(ds, failedPods, context);
    error = yield* perform(ds, hash, changesOf({ ...seen, replacesFailed }), context);
    const isRolling = ds.spec.updateStrategy.type === 'RollingUpdate';
    if (error === undefined && isRolling && expectations.satisfied(key, context.shown('Pod'))) {
      error = yield* perform(ds, hash, updatesOf(seen), context);
    }
    error ??= yield* cleanUp(ds, old, pods);
  }
  const status = statusOf({ ...seen, acted });
  const statusError = yield* updateStatus(ds, status, context);
  if (error !== undefined || statusError !== undefined) return { error: (error ?? statusError)! };
  const { minReadySeconds = 0 } = ds.spec;
  if (minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0)) {
    queue.addAfter(key, minReadySeconds * 1000);
  }
  return undefined;
}

/** Finished Pods are replaced: failed ones not too often, or later. */
const replacing =
  (ds: DaemonSet, failedPods: FailedPodBackoff, context: ControllerContext): ReplacesFailed =>
  ({ metadata, status }, node) => {
    const pod = `${metadata.namespace}/${metadata.name} on node ${node}`;
    if (status.phase === 'Succeeded') {
      const message = `Found succeeded daemon pod ${pod}, will try to delete it`;
      context.record(ds, 'Normal', 'SucceededDaemonPod', message);
      return true;
    }
    const waitMs = failedPods.waitMs(FailedPodBackoff.key(ds, node), context.now);
    if (waitMs !== undefined) {
      context.queue.addAfter(keyOf(ds), waitMs);
      return false;
    }
    const message = `Found failed daemon pod ${pod}, will try to kill it`;
    context.record(ds, 'Warning', 'FailedDaemonPod', message);
    return true;
  };

function* cleanUp(
  ds: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly Pod[],
): Requests<string | undefined> {
  const hashes = new Set(pods.map(({ metadata }) => metadata.labels?.[hashLabel]));
  const live = old.filter((revision) => hashes.has(hashOf(revision)));
  const names = new Set(live.map(({ metadata }) => metadata.name));
  const surplus = Math.max(0, old.length - ds.spec.revisionHistoryLimit);
  return yield* deleteRevisions(surplusRevisions(old, names, 0).slice(0, surplus));
}
