/** The scale path (ctl-02 §B.4): a Deployment that is paused, or was resized. */
import type { Deployment } from '../../api/deployment.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { cleanUpHistory } from './cleanup.ts';
import { getNewReplicaSet } from './newreplicaset.ts';
import { scaled } from './proportional.ts';
import { countOf, desiredKey, findOld, isActive } from './replicasets.ts';
import { rollbackTarget } from './rollback.ts';
import { syncStatusOnly } from './status.ts';
import { resize } from './write.ts';

/** An active ReplicaSet was told another size of the Deployment than it has now. */
export function isScalingEvent(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): boolean {
  return replicaSets.filter(isActive).some((rs) => {
    const desired = countOf(rs, desiredKey);
    return desired !== undefined && desired !== deployment.spec.replicas;
  });
}

/** Returns an error. */
export function* syncScale(
  given: Deployment,
  replicaSets: readonly ReplicaSet[],
  context: ControllerContext,
): Requests<string | undefined> {
  const old = findOld(given, replicaSets);
  const found = yield* getNewReplicaSet(given, replicaSets, old, false, context);
  if (!found.ok) return found.status.message;
  const { deployment } = found;
  for (const resized of scaled(deployment, found.rs, old)) {
    const written = yield* resize(deployment, resized, context);
    if (!written.ok) return written.status.message;
  }
  if (deployment.spec.paused === true && rollbackTarget(deployment) === undefined) {
    const error = yield* cleanUpHistory(deployment, old);
    if (error !== undefined) return error;
  }
  const all = found.rs === undefined ? old : [...old, found.rs];
  return yield* syncStatusOnly(deployment, all, found.rs, context.now);
}
