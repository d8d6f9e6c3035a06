/** One pass over a Job (ctl-04 §A.3). */
import type { Job, JobStatus } from '../../api/job/job.ts';
import { isIndexed, isJobFinished } from '../../api/job/jobstatus.ts';
import type { Key } from '../../api/meta.ts';
import { splitKey } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { selectorOf } from '../../api/selectors/selectors.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext, Outcome } from '../../sim/controller.ts';
import { claim } from '../claim.ts';
import {
  conditionNow,
  deadlineIn,
  decidedEnd,
  type JobCondition,
  withCondition,
} from './conditions.ts';
import { totalOf } from './indexes.ts';
import { manageJob } from './manage.ts';
import type { JobMemory } from './memory.ts';
import { type JobPass, passOver } from './pass.ts';
import { endPods } from './podcontrol.ts';
import { isManagedElsewhere, isSuspended, trackingFinalizer } from './pods.ts';
import { metPolicy } from './successpolicy.ts';
import { trackPods } from './tracking.ts';

export function* syncJob(
  key: Key,
  context: ControllerContext,
  memory: JobMemory,
): Requests<Outcome> {
  const { view, expectations, consistency } = context;
  const stale = context.stale(key);
  if (stale !== undefined) return { error: `the ${stale} cache does not show the last write yet` };
  const job = view.get<Job>('Job', key);
  if (job === undefined) {
    expectations.forget(key);
    consistency.forget(key);
    memory.forget(key);
    return undefined;
  }
  if (isManagedElsewhere(job)) return undefined;
  if (isJobFinished(job)) {
    memory.forget(key);
    return undefined;
  }
  const { completionMode } = job.spec;
  if (completionMode !== 'NonIndexed' && completionMode !== 'Indexed') {
    const message = 'Skipped Job sync because completion mode is unknown';
    context.record(job, 'Warning', 'UnknownCompletionMode', message);
    return undefined;
  }
  const mayManage = expectations.satisfied(key, context.shown('Pod'));
  const claimed = yield* claimPods(job, key, context);
  if (claimed.error !== undefined) return { error: claimed.error };
  const pass = passOver(key, job, claimed.objects, context, memory);
  const { status, decided, error } = yield* act(pass, mayManage);
  const trackingError = yield* trackPods(pass, status, decided);
  if (trackingError !== undefined) return { error: trackingError };
  return error === undefined ? undefined : { error };
}

function claimPods(job: Job, key: Key, { view }: ControllerContext) {
  const { namespace = '' } = splitKey(key);
  const owned = view.by<Pod>('Pod', 'controller', job.metadata.uid);
  const orphans = view.by<Pod>('Pod', 'controller', `none/${namespace}`);
  return claim<Pod>({
    owner: job,
    matches: selectorOf(job.spec.selector),
    candidates: [...owned, ...orphans],
    finalizers: [trackingFinalizer],
  });
}

interface Acted {
  readonly status: JobStatus;
  /** The end that is decided, if one is, and may be told. */
  readonly decided: JobCondition | undefined;
  readonly error: string | undefined;
}

/** Ends the Pods of a Job that has ended, or makes and takes those of one that goes on. */
function* act(pass: JobPass, mayManage: boolean): Requests<Acted> {
  const { context, running, active, failed, pods } = pass;
  const { now } = context;
  const job = started(pass.job, now);
  const end = decidedEnd(job, { pods, failed, now }) ?? indexedEnd(pass);
  if (end !== undefined) {
    const before = running.active;
    const error = yield* endPods(pass, active);
    const all = before - running.active === active.length;
    // Pods that are still active, or that the cache does not show yet, would never be counted.
    return { status: statusOf(pass, job), decided: all && mayManage ? end : undefined, error };
  }
  requeueAtDeadline(pass, job);
  const manages = mayManage && job.metadata.deletionTimestamp === undefined;
  const error = manages ? yield* manageJob(pass) : undefined;
  if (isComplete(pass)) {
    const message = 'Reached expected number of succeeded pods';
    const success = conditionNow('SuccessCriteriaMet', 'CompletionsReached', message, now);
    return { status: statusOf(pass, job), decided: success, error };
  }
  const told = manages ? withSuspension(job, context) : job;
  return { status: statusOf(pass, told), decided: undefined, error };
}

/** A Job begins when it is first met, unless it is suspended. */
function started(job: Job, now: number): Job {
  if (job.status.startTime !== undefined || isSuspended(job)) return job;
  return { ...job, status: { ...job.status, startTime: timestamp(now) } };
}

/** The end that indexes decide. */
function indexedEnd(pass: JobPass): JobCondition | undefined {
  const { job, completed, failedIndexes, context } = pass;
  if (!isIndexed(job)) return undefined;
  const { completions = 0, maxFailedIndexes, successPolicy } = job.spec;
  const failed = totalOf(failedIndexes ?? []);
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return conditionNow('FailureTarget', 'MaxFailedIndexesExceeded', message, context.now);
  }
  if (failed > 0 && failed + totalOf(completed) >= completions) {
    return conditionNow('FailureTarget', 'FailedIndexes', 'Job has failed indexes', context.now);
  }
  const met = metPolicy(successPolicy, completions, completed);
  if (met === undefined) return undefined;
  return conditionNow('SuccessCriteriaMet', 'SuccessPolicy', met, context.now);
}

function requeueAtDeadline({ key, context }: JobPass, job: Job): void {
  const leftMs = deadlineIn(job, context.now);
  if (leftMs !== undefined) context.queue.addAfter(key, leftMs);
}

function isComplete({ job, succeeded, running }: JobPass): boolean {
  const { completions } = job.spec;
  return (
    running.active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions)
  );
}

/** Says that the Job is suspended, or that it is no more; its time begins anew with that. */
function withSuspension(job: Job, context: ControllerContext): Job {
  const { now } = context;
  const suspended = isSuspended(job);
  const condition = suspended
    ? conditionNow('Suspended', 'JobSuspended', 'Job suspended', now)
    : conditionNow('Suspended', 'JobResumed', 'Job resumed', now, 'False');
  const { conditions: before, startTime: _, ...rest } = job.status;
  const conditions = withCondition(before, condition);
  if (conditions === before || (before === undefined && conditions.length === 0)) return job;
  if (suspended) context.record(job, 'Normal', 'Suspended', 'Job suspended');
  else context.record(job, 'Normal', 'Resumed', 'Job resumed');
  const startTime = suspended ? {} : { startTime: timestamp(now) };
  return { ...job, status: { ...rest, conditions, ...startTime } };
}

function statusOf({ running }: JobPass, { status }: Job): JobStatus {
  const { active: _, ...rest } = status;
  return {
    ...rest,
    ...(running.active === 0 ? {} : { active: running.active }),
    ready: running.ready,
    terminating: running.terminating,
    uncountedTerminatedPods: status.uncountedTerminatedPods ?? {},
  };
}
