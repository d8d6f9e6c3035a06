/** What ReplicaSets say of the Deployment's size when they got theirs, by which they share what is missing. */

import type { Deployment } from '../../src/api/deployment.ts';
import { isControlledBy } from '../../src/api/meta.ts';
import type { ReplicaSet } from '../../src/api/replicaset.ts';
import type { World } from '../rule.ts';

const desiredKey = 'deployment.kubernetes.io/desired-replicas';

/** One that is active was told another size of the Deployment than it has. */
export const isToldOtherwise = ({ spec }: Deployment, sets: readonly ReplicaSet[]): boolean =>
  sets.some((rs) => {
    const desired = rs.metadata.annotations?.[desiredKey];
    return rs.spec.replicas > 0 && desired !== undefined && Number(desired) !== spec.replicas;
  });

/** What joins brings no annotations: nobody's share is then what it would have been. */
export const isUntold = ({ metadata }: ReplicaSet): boolean =>
  metadata.annotations?.[desiredKey] === undefined;

export const adoptedOne = (deployment: Deployment, { ownWrites }: World): boolean =>
  ownWrites.some(
    ({ kind, before, after }) =>
      kind === 'ReplicaSet' &&
      before !== undefined &&
      after !== undefined &&
      !isControlledBy(before, deployment) &&
      isControlledBy(after, deployment),
  );
