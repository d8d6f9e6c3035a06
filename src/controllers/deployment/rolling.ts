/** RollingUpdate (ctl-02 §B.5): one step up or one step down in each pass. */
import type { Deployment } from '../../api/deployment.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { cleanUpHistory } from './cleanup.ts';
import { getNewReplicaSet } from './newreplicaset.ts';
import { isComplete } from './progress.ts';
import { findOld } from './replicasets.ts';
import { type Resized, reconciledNew, reconciledOld } from './sizes.ts';
import { syncRolloutStatus } from './status.ts';
import { resize } from './write.ts';

/** Returns an error. */
export function* rolloutRolling(
  given: Deployment,
  replicaSets: readonly ReplicaSet[],
  context: ControllerContext,
): Requests<string | undefined> {
  const old = findOld(given, replicaSets);
  const found = yield* getNewReplicaSet(given, replicaSets, old, true, context);
  if (!found.ok) return found.status.message;
  const { deployment, rs: newRs } = found;
  const all = [...old, newRs!];
  const size = reconciledNew(deployment, all, newRs!);
  if (size !== undefined) {
    const written = yield* resize(deployment, { rs: newRs!, size }, context);
    if (!written.ok) return written.status.message;
    return yield* syncRolloutStatus(deployment, all, newRs, context);
  }
  const { cleaned, scaledDown, aborted } = reconciledOld(deployment, all, old, newRs);
  const resized = yield* resizeAll(deployment, [...cleaned, ...scaledDown], context);
  if (resized && !aborted) return yield* syncRolloutStatus(deployment, all, newRs, context);
  if (isComplete(deployment, deployment.status)) {
    const error = yield* cleanUpHistory(deployment, old);
    if (error !== undefined) return error;
  }
  return yield* syncRolloutStatus(deployment, all, newRs, context);
}

/**
 * Writes the sizes one after the other, each on the version before it. False: nothing was resized, or
 * something failed, which this step does not report.
 */
function* resizeAll(
  deployment: Deployment,
  sizes: readonly Resized[],
  context: ControllerContext,
): Requests<boolean> {
  const latest = new Map<string, ReplicaSet>();
  for (const { rs, size } of sizes) {
    const { uid } = rs.metadata;
    const written = yield* resize(deployment, { rs: latest.get(uid) ?? rs, size }, context);
    if (!written.ok) return false;
    latest.set(uid, written.object);
  }
  return sizes.length > 0;
}
