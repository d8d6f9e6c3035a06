/** Complete, progressing, timed out (ctl-02 §B.9). */
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import type { Condition } from '../../api/meta.ts';
import { parseTimestamp } from '../../api/time.ts';

/** What "no deadline" looks like when it is written as a number. */
const noDeadline = 2_147_483_647;

export const hasDeadline = ({ spec: { progressDeadlineSeconds } }: Deployment): boolean =>
  progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== noDeadline;

/** By the status that is about to be written. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const { replicas } = deployment.spec;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** Compared with the status that is stored. */
export function isProgressing(stored: DeploymentStatus, status: DeploymentStatus): boolean {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  return (
    updatedReplicas > (stored.updatedReplicas ?? 0) ||
    replicas - updatedReplicas < (stored.replicas ?? 0) - (stored.updatedReplicas ?? 0) ||
    readyReplicas > (stored.readyReplicas ?? 0) ||
    availableReplicas > (stored.availableReplicas ?? 0)
  );
}

export interface Deadline {
  readonly progressDeadlineSeconds: number | undefined;
  /** The stored Progressing condition. */
  readonly condition: Condition | undefined;
  readonly now: number;
}

export function isTimedOut({ progressDeadlineSeconds, condition, now }: Deadline): boolean {
  if (progressDeadlineSeconds === undefined || progressDeadlineSeconds === noDeadline) return false;
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const since = parseTimestamp(condition.lastUpdateTime ?? '');
  return since + progressDeadlineSeconds * 1000 < now;
}
