/** Recreate (ctl-02 §B.6): no new Pod before the last old one is gone. */
import type { Deployment } from '../../api/deployment.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { cleanUpHistory } from './cleanup.ts';
import { getNewReplicaSet } from './newreplicaset.ts';
import { isComplete } from './progress.ts';
import { findOld, isActive } from './replicasets.ts';
import { syncRolloutStatus } from './status.ts';
import { resize } from './write.ts';

/** Returns an error. */
export function* rolloutRecreate(
  given: Deployment,
  replicaSets: readonly ReplicaSet[],
  context: ControllerContext,
): Requests<string | undefined> {
  const old = findOld(given, replicaSets);
  const found = yield* getNewReplicaSet(given, replicaSets, old, false, context);
  if (!found.ok) return found.status.message;
  const { deployment } = found;
  const all = found.rs === undefined ? old : [...old, found.rs];
  const active = old.filter(isActive);
  for (const rs of active) {
    const written = yield* resize(deployment, { rs, size: 0 }, context);
    if (!written.ok) return written.status.message;
  }
  if (active.length > 0) return yield* syncRolloutStatus(deployment, all, found.rs, context);
  if (oldPodsRunning(old, found.rs, context)) {
    return yield* syncRolloutStatus(deployment, all, found.rs, context);
  }
  return yield* startNew(deployment, replicaSets, old, found.rs, context);
}

function* startNew(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  existing: ReplicaSet | undefined,
  context: ControllerContext,
): Requests<string | undefined> {
  let current = deployment;
  let newRs = existing;
  if (newRs === undefined) {
    const found = yield* getNewReplicaSet(deployment, replicaSets, old, true, context);
    if (!found.ok) return found.status.message;
    current = found.deployment;
    newRs = found.rs!;
  }
  const written = yield* resize(current, { rs: newRs, size: current.spec.replicas }, context);
  if (!written.ok) return written.status.message;
  if (isComplete(current, current.status)) {
    const error = yield* cleanUpHistory(current, old);
    if (error !== undefined) return error;
  }
  return yield* syncRolloutStatus(current, [...old, newRs], newRs, context);
}

/** Pods that end still run: a terminating one counts until it is gone. */
function oldPodsRunning(
  old: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
  { view }: ControllerContext,
): boolean {
  if (old.some(({ status }) => status.replicas > 0)) return true;
  return old
    .filter(({ metadata }) => metadata.uid !== newRs?.metadata.uid)
    .some(({ metadata: { uid } }) =>
      view.by<Pod>('Pod', 'controller', uid).some((pod) => !isPodTerminal(pod)),
    );
}
