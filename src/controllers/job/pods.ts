/** What the Job controller asks of a Pod (ctl-04 §A.1, §A.3). */
import type { Job } from '../../api/job/job.ts';
import { isIndexed } from '../../api/job/jobstatus.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';

/** While a Pod has it, the Pod has not been counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

export const indexAnnotation = 'batch.kubernetes.io/job-completion-index';

export const isTracked = ({ metadata: { finalizers } }: KubeObject): boolean =>
  finalizers?.includes(trackingFinalizer) === true;

/** Undefined: it has none, or one that is no index. */
export function completionIndexOf({ metadata: { annotations } }: KubeObject): number | undefined {
  const text = annotations?.[indexAnnotation];
  if (text === undefined || !/^\+?\d+$/.test(text)) return undefined;
  return Number(text);
}

/** Whether the Pod's index is one that the Job has; Pods of Jobs without indexes always fit. */
export function fits(pod: Pod, job: Job): boolean {
  if (!isIndexed(job)) return true;
  const index = completionIndexOf(pod);
  return index !== undefined && index < (job.spec.completions ?? 0);
}

/** Pods are replaced when they have failed, and not already when they are being deleted. */
export const replacesFailedOnly = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;

export const hasSucceeded = ({ status }: Pod): boolean => status.phase === 'Succeeded';

/** A Pod that is deleted counts as failed: nobody may be left to write its phase. */
export function hasFailed(pod: Pod, job: Job): boolean {
  if (pod.status.phase === 'Failed') return true;
  if (replacesFailedOnly(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && !hasSucceeded(pod);
}

export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true;

export const hasLimitPerIndex = ({ spec }: Job): boolean => spec.backoffLimitPerIndex !== undefined;

/** Another controller cares for it. */
export const isManagedElsewhere = ({ spec: { managedBy } }: Job): boolean =>
  managedBy !== undefined && managedBy !== 'kubernetes.io/job-controller';
