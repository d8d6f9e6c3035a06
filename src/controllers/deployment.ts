/** Deployment controller (ctl-02 §B): moves Pods from one template to the next through ReplicaSets. */
import type { Deployment } from '../api/deployment.ts';
import type { Key } from '../api/meta.ts';
import { controllerOf, keyOf, splitKey } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { ReplicaSet } from '../api/replicaset.ts';
import { selectorOf, selectsEverything } from '../api/selectors/selectors.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext, Outcome } from '../sim/controller.ts';
import { claim } from './claim.ts';
import { conditionOf, newCondition, withCondition } from './deployment/conditions.ts';
import { getNewReplicaSet } from './deployment/newreplicaset.ts';
import { hasDeadline } from './deployment/progress.ts';
import { rolloutRecreate } from './deployment/recreate.ts';
import { findOld } from './deployment/replicasets.ts';
import { rollBack, rollbackTarget } from './deployment/rollback.ts';
import { rolloutRolling } from './deployment/rolling.ts';
import { isScalingEvent, syncScale } from './deployment/scale.ts';
import { syncStatusOnly } from './deployment/status.ts';
import { writeStatus } from './deployment/write.ts';
import { matchingKeys, resolveController } from './resolve.ts';

export const deploymentController = (): Controller => ({
  name: 'deployment-controller',
  watches: ['Deployment', 'ReplicaSet', 'Pod'],
  retriesMax: 15,
  keysFor,
  reconcile,
});

function keysFor(event: WatchEvent, context: ControllerContext): void {
  if (event.kind === 'Deployment') context.queue.add(event.key);
  else if (event.kind === 'ReplicaSet') replicaSetChanged(event as WatchEvent<ReplicaSet>, context);
  else if (event.type === 'DELETED') podDeleted(event.object as Pod, context);
}

function replicaSetChanged(event: WatchEvent<ReplicaSet>, context: ControllerContext): void {
  const { type, object: rs, old } = event;
  const { view, queue } = context;
  const enqueueOwner = (version: ReplicaSet) => {
    const owner = resolveController<Deployment>(view, 'Deployment', version);
    if (owner !== undefined) queue.add(keyOf(owner));
  };
  const enqueueMatching = () => {
    for (const key of matchingKeys(view, 'Deployment', rs)) queue.add(key);
  };
  const orphaned = controllerOf(rs) === undefined;
  if (type !== 'MODIFIED') {
    if (!orphaned) enqueueOwner(rs);
    else if (type === 'ADDED' && rs.metadata.deletionTimestamp === undefined) enqueueMatching();
    return;
  }
  if (rs === old) return;
  const refChanged = controllerOf(old!)?.uid !== controllerOf(rs)?.uid;
  if (refChanged) enqueueOwner(old!);
  if (!orphaned) enqueueOwner(rs);
  else if (refChanged || rs.metadata.labels !== old!.metadata.labels) enqueueMatching();
}

/** The last Pod of a Recreate rollout is gone: now the new ones may come. */
function podDeleted(pod: Pod, { view, queue }: ControllerContext): void {
  const rs = resolveController<ReplicaSet>(view, 'ReplicaSet', pod);
  const owner = rs && resolveController<Deployment>(view, 'Deployment', rs);
  if (owner === undefined || owner.spec.strategy.type !== 'Recreate') return;
  const left = view
    .by<ReplicaSet>('ReplicaSet', 'controller', owner.metadata.uid)
    .some(({ metadata: { uid } }) => view.by<Pod>('Pod', 'controller', uid).length > 0);
  if (!left) queue.add(keyOf(owner));
}

function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const { view } = context;
  const deployment = view.get<Deployment>('Deployment', key);
  if (deployment === undefined) return undefined;
  if (selectsEverything(deployment.spec.selector)) {
    return outcome(yield* selectingAll(deployment, context));
  }
  const { namespace = '' } = splitKey(key);
  const claimed = yield* claim<ReplicaSet>({
    owner: deployment,
    matches: selectorOf(deployment.spec.selector),
    candidates: view.by<ReplicaSet>('ReplicaSet', 'namespace', namespace),
  });
  if (claimed.error !== undefined) return { error: claimed.error };
  return outcome(yield* sync(deployment, claimed.objects, context));
}

const outcome = (error: string | undefined): Outcome =>
  error === undefined
    ? undefined
    : error.includes(beingTerminated)
      ? { error, drop: true }
      : { error };

/** Nothing can be created there any more; trying again helps nobody. */
const beingTerminated = 'because it is being terminated';

function* sync(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
  context: ControllerContext,
): Requests<string | undefined> {
  if (deployment.metadata.deletionTimestamp !== undefined) {
    const old = findOld(deployment, replicaSets);
    const found = yield* getNewReplicaSet(deployment, replicaSets, old, false, context);
    if (!found.ok) return found.status.message;
    const all = found.rs === undefined ? old : [...old, found.rs];
    return yield* syncStatusOnly(found.deployment, all, found.rs, context.now);
  }
  const checked = yield* checkPaused(deployment, context.now);
  if (typeof checked === 'string') return checked;
  if (checked.spec.paused === true) return yield* syncScale(checked, replicaSets, context);
  const target = rollbackTarget(checked);
  if (target !== undefined) return yield* rollBack(checked, replicaSets, target, context);
  if (isScalingEvent(checked, replicaSets)) return yield* syncScale(checked, replicaSets, context);
  switch (checked.spec.strategy.type) {
    case 'Recreate':
      return yield* rolloutRecreate(checked, replicaSets, context);
    case 'RollingUpdate':
      return yield* rolloutRolling(checked, replicaSets, context);
    default:
      return `unexpected deployment strategy type: ${checked.spec.strategy.type}`;
  }
}

/** Says in the Progressing condition that the clock of the deadline stands still, or runs again. */
function* checkPaused(deployment: Deployment, now: number): Requests<Deployment | string> {
  if (!hasDeadline(deployment)) return deployment;
  const { conditions = [] } = deployment.status;
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') return deployment;
  const paused = deployment.spec.paused === true;
  if (paused === (reason === 'DeploymentPaused')) return deployment;
  const [nowReason, message] = paused
    ? ['DeploymentPaused', 'Deployment is paused']
    : ['DeploymentResumed', 'Deployment is resumed'];
  const condition = newCondition('Progressing', 'Unknown', nowReason, message, now);
  const status = { ...deployment.status, conditions: withCondition(conditions, condition) };
  const written = yield* writeStatus(deployment, status);
  return written.ok ? written.object : written.status.message;
}

function* selectingAll(
  deployment: Deployment,
  context: ControllerContext,
): Requests<string | undefined> {
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  context.record(deployment, 'Warning', 'SelectingAll', message);
  const { generation = 0 } = deployment.metadata;
  if ((deployment.status.observedGeneration ?? 0) >= generation) return undefined;
  const status = { ...deployment.status, observedGeneration: generation };
  const written = yield* writeStatus(deployment, status);
  return written.ok ? undefined : written.status.message;
}
