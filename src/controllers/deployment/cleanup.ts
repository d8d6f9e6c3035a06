/** History clean-up (ctl-02 §B.8): old ReplicaSets beyond the limit, if they hold nothing. */
import type { Deployment } from '../../api/deployment.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { byCreation, revisionOf } from './replicasets.ts';

const noLimit = 2_147_483_647;

/** Those to delete: of the oldest beyond the limit, the idle ones; none takes a busy one's place. */
export function surplus(
  limit: number | undefined | null,
  old: readonly ReplicaSet[],
): readonly ReplicaSet[] {
  if (limit === undefined || limit === null || limit === noLimit) return [];
  const candidates = old
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((a, b) => (revisionOf(a) ?? 0) - (revisionOf(b) ?? 0) || byCreation(a, b));
  return candidates.slice(0, Math.max(0, candidates.length - limit)).filter(isIdle);
}

/** It owns no Pods, wants none, and its status says so of its newest spec. */
const isIdle = ({ spec, status, metadata }: ReplicaSet): boolean =>
  status.replicas === 0 &&
  spec.replicas === 0 &&
  (metadata.generation ?? 0) <= (status.observedGeneration ?? 0);

/** Returns an error. */
export function* cleanUpHistory(
  deployment: Deployment,
  old: readonly ReplicaSet[],
): Requests<string | undefined> {
  for (const rs of surplus(deployment.spec.revisionHistoryLimit, old)) {
    const { namespace, name } = rs.metadata;
    const deleted = yield* call({
      verb: 'delete',
      kind: 'ReplicaSet',
      namespace: namespace!,
      name,
    });
    if (!deleted.ok && deleted.status.reason !== 'NotFound') return deleted.status.message;
  }
  return undefined;
}
