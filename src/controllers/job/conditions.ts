/** Conditions of Jobs: how an end is decided, and how it is told (ctl-04 §A.3, §A.5). */
import type { Job, JobStatus } from '../../api/job/job.ts';
import type { JobConditionType } from '../../api/job/jobstatus.ts';
import { type Condition, conditionOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { parseTimestamp, timestamp } from '../../api/time.ts';
import { verdictOn } from './podfailurepolicy.ts';
import { hasFailed, isSuspended } from './pods.ts';

export interface JobCondition extends Condition {
  readonly type: JobConditionType;
}

export function conditionNow(
  type: JobConditionType,
  reason: string,
  message: string,
  now: number,
  status: 'True' | 'False' = 'True',
): JobCondition {
  const time = timestamp(now);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

/** The list with that condition; a False one changes what is there, and is not added. */
export function withCondition(
  conditions: JobStatus['conditions'] = [],
  condition: JobCondition,
): readonly Condition[] {
  const known = conditionOf(conditions, condition.type);
  if (known === undefined) {
    return condition.status === 'False' ? conditions : [...conditions, condition];
  }
  const same =
    known.status === condition.status &&
    known.reason === condition.reason &&
    known.message === condition.message;
  return same ? conditions : conditions.map((one) => (one === known ? condition : one));
}

/** What the limits of a Job are held against. */
export interface Tally {
  readonly pods: readonly Pod[];
  readonly failed: number;
  readonly now: number;
}

const failure = (reason: string, message: string, now: number): JobCondition =>
  conditionNow('FailureTarget', reason, message, now);

/** The end that was decided before, or that Pods and limits decide now; not that of indexes. */
export function decidedEnd(job: Job, tally: Tally): JobCondition | undefined {
  const { pods, failed, now } = tally;
  const { conditions } = job.status;
  const success = conditionOf(conditions, 'SuccessCriteriaMet');
  if (success?.status === 'True') return success as JobCondition;
  const target = conditionOf(conditions, 'FailureTarget');
  if (target?.status === 'True') {
    return conditionNow('Failed', target.reason ?? '', target.message ?? '', now);
  }
  const message = fatalFailure(job, pods);
  if (message !== undefined) return failure('PodFailurePolicy', message, now);
  if (failed > job.spec.backoffLimit! || restartedTooOften(job, pods)) {
    const text = 'Job has reached the specified backoff limit';
    return failure('BackoffLimitExceeded', text, now);
  }
  if ((deadlineIn(job, now) ?? 1) <= 0) {
    const text = 'Job was active longer than specified deadline';
    return failure('DeadlineExceeded', text, now);
  }
  return undefined;
}

/** Why a Pod that failed makes the whole Job fail. */
function fatalFailure(job: Job, pods: readonly Pod[]): string | undefined {
  const policy = job.spec.podFailurePolicy;
  if (policy === undefined) return undefined;
  for (const pod of pods) {
    const { message } = hasFailed(pod, job) ? verdictOn(pod, policy) : {};
    if (message !== undefined) return message;
  }
  return undefined;
}

/** Where containers are restarted in place, restarts count instead of Pods. */
function restartedTooOften(job: Job, pods: readonly Pod[]): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue;
    for (const { restartCount } of status.initContainerStatuses ?? []) restarts += restartCount;
    for (const { restartCount } of status.containerStatuses ?? []) restarts += restartCount;
  }
  return restarts >= Math.max(1, job.spec.backoffLimit!);
}

/** Milliseconds until the deadline; undefined: there is none now. */
export function deadlineIn(job: Job, now: number): number | undefined {
  const { activeDeadlineSeconds } = job.spec;
  if (activeDeadlineSeconds === undefined || isSuspended(job)) return undefined;
  const { startTime } = job.status;
  const started = startTime === undefined ? now : parseTimestamp(startTime);
  return started + activeDeadlineSeconds * 1000 - now;
}
