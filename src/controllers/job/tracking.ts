/**
 * Counts finished Pods, each of them once, and lets go of them (ctl-04 §A.5).
 *
 * A Pod's uid is written into the status before its finalizer is removed, and leaves it for the
 * counter afterwards: whatever is interrupted, the Pod is either still there to be seen or already
 * noted.
 */
import { semanticDeepEqual } from '../../api/equal.ts';
import type { Job, JobStatus } from '../../api/job/job.ts';
import { hasCondition, isIndexed } from '../../api/job/jobstatus.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { conditionNow, type JobCondition, withCondition } from './conditions.ts';
import { hasIndex, indexesText, intervalsOf, totalOf, union } from './indexes.ts';
import type { JobPass } from './pass.ts';
import { removeFinalizer } from './podcontrol.ts';
import { verdictOn } from './podfailurepolicy.ts';
import { completionIndexOf, fits, hasFailed, hasSucceeded } from './pods.ts';

/** So that a status stays small, and one Job does not keep others waiting. */
const uncountedMax = 500;

interface Count {
  readonly succeeded: string[];
  readonly failed: string[];
  readonly indexes: number[];
  readonly released: Pod[];
  /** There are more, for the next pass. */
  limited: boolean;
}

/** Writes the status, if `status` or the counters differ. Returns an error. */
export function* trackPods(
  pass: JobPass,
  status: JobStatus,
  decided: JobCondition | undefined,
): Requests<string | undefined> {
  const { job, context } = pass;
  const left = new Set(pass.tracked.map(({ metadata: { uid } }) => uid));
  const counted = settled(status, left);
  const count = countPods(pass, counted, decided);
  const target = decided === undefined ? undefined : endOf(decided, context.now);
  const noted = noteIndexes(
    pass,
    {
      ...counted,
      uncountedTerminatedPods: uncountedOf(count),
      ...conditionsWith(job, counted, decided),
    },
    count,
  );
  let current: Job = { ...job, status: noted };
  if (differs(noted, job.status)) {
    const written = yield* writeStatus(pass, current);
    if (typeof written === 'string') return written;
    current = written;
    pass.memory.keepBackoff(pass.key, pass.backoff);
  }
  const error = yield* release(pass, count.released, left);
  const final = settled(current.status, left);
  if (error !== undefined) {
    // What was done is kept; the rest is for the next pass.
    if (final !== current.status) yield* writeStatus(pass, { ...current, status: final });
    return error;
  }
  const finished = !count.limited && isOver(final) ? target : undefined;
  const ended = finished === undefined ? final : withEnd(final, finished);
  if (ended === current.status) return undefined;
  const written = yield* writeStatus(pass, { ...current, status: ended });
  if (typeof written === 'string') return written;
  if (finished !== undefined) tell(pass, written, finished);
  return undefined;
}

/** Uids whose finalizer is gone leave the lists for the counters. */
function settled(status: JobStatus, left: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const stay = (uids: readonly string[]) => uids.filter((uid) => left.has(uid));
  const [succeededLeft, failedLeft] = [stay(succeeded), stay(failed)];
  const moved = (uids: readonly string[], rest: readonly string[]) => uids.length - rest.length;
  const [moreSucceeded, moreFailed] = [moved(succeeded, succeededLeft), moved(failed, failedLeft)];
  if (moreSucceeded + moreFailed === 0) return status;
  return {
    ...status,
    ...counter('succeeded', (status.succeeded ?? 0) + moreSucceeded),
    ...counter('failed', (status.failed ?? 0) + moreFailed),
    uncountedTerminatedPods: listsOf(succeededLeft, failedLeft),
  };
}

const counter = (name: 'succeeded' | 'failed', value: number) =>
  value === 0 ? {} : { [name]: value };

const listsOf = (succeeded: readonly string[], failed: readonly string[]) => ({
  ...(succeeded.length === 0 ? {} : { succeeded }),
  ...(failed.length === 0 ? {} : { failed }),
});

const uncountedOf = ({ succeeded, failed }: Count) => listsOf(succeeded, failed);

function countPods(pass: JobPass, status: JobStatus, decided: JobCondition | undefined): Count {
  const { job, tracked } = pass;
  const known = status.uncountedTerminatedPods ?? {};
  const count: Count = {
    succeeded: [...(known.succeeded ?? [])],
    failed: [...(known.failed ?? [])],
    indexes: [],
    released: [],
    limited: false,
  };
  for (const pod of isIndexed(job) ? byIndex(tracked) : tracked) {
    if (!mayGo(pass, pod, decided)) continue;
    count.released.push(pod);
    countPod(pass, pod, decided, count);
    if (count.indexes.length + count.succeeded.length + count.failed.length >= uncountedMax) {
      count.limited = true;
      break;
    }
  }
  return count;
}

const byIndex = (pods: readonly Pod[]): readonly Pod[] =>
  [...pods].sort((a, b) => (completionIndexOf(a) ?? -1) - (completionIndexOf(b) ?? -1));

/** Whether nothing is lost when the Pod goes. */
function mayGo({ job, replaced }: JobPass, pod: Pod, decided: JobCondition | undefined): boolean {
  if (job.metadata.deletionTimestamp !== undefined || decided !== undefined) return true;
  if (hasSucceeded(pod)) return true;
  if (!hasFailed(pod, job)) return false;
  const index = completionIndexOf(pod);
  return index === undefined || replaced.get(index)?.metadata.uid !== pod.metadata.uid;
}

function countPod(
  { job, uncounted, completedBefore }: JobPass,
  pod: Pod,
  decided: JobCondition | undefined,
  count: Count,
): void {
  const { uid } = pod.metadata;
  const { succeeded = [], failed = [] } = uncounted;
  if (hasSucceeded(pod) && !failed.includes(uid)) {
    if (!isIndexed(job)) {
      if (!succeeded.includes(uid)) count.succeeded.push(uid);
    } else if (fits(pod, job) && !hasIndex(completedBefore, completionIndexOf(pod)!)) {
      count.indexes.push(completionIndexOf(pod)!);
    }
    return;
  }
  // At the end of a Job that fails, whoever has not succeeded has failed.
  const fails = decided !== undefined && decided.type !== 'SuccessCriteriaMet';
  if (!hasFailed(pod, job) && !fails) return;
  if (failed.includes(uid) || !fits(pod, job)) return;
  if (verdictOn(pod, job.spec.podFailurePolicy).counted) count.failed.push(uid);
}

function noteIndexes(pass: JobPass, status: JobStatus, { indexes }: Count): JobStatus {
  const { job, completed, failedIndexes } = pass;
  if (!isIndexed(job)) return status;
  const all = union(completed, intervalsOf(indexes));
  const { completedIndexes: _, succeeded: __, ...rest } = status;
  const text = indexesText(all);
  return {
    ...rest,
    ...counter('succeeded', totalOf(all)),
    ...(text === '' ? {} : { completedIndexes: text }),
    ...(failedIndexes === undefined ? {} : { failedIndexes: indexesText(failedIndexes) }),
  };
}

/** The end that is decided now is noted before Pods are let go. */
function conditionsWith(
  job: Job,
  status: JobStatus,
  decided: JobCondition | undefined,
): Pick<JobStatus, 'conditions'> {
  const isNew =
    decided?.type === 'FailureTarget' ||
    (decided?.type === 'SuccessCriteriaMet' && !hasCondition(job, 'SuccessCriteriaMet'));
  return isNew ? { conditions: [...(status.conditions ?? []), decided] } : {};
}

/** The condition that says that a decided end is reached. */
function endOf({ type, reason = '', message = '' }: JobCondition, now: number): JobCondition {
  const end = type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed';
  return conditionNow(end, reason, message, now);
}

function isOver({ uncountedTerminatedPods: lists, terminating = 0 }: JobStatus): boolean {
  const uncounted = (lists?.succeeded?.length ?? 0) + (lists?.failed?.length ?? 0);
  return uncounted === 0 && terminating === 0;
}

function withEnd(status: JobStatus, end: JobCondition): JobStatus {
  const conditions = withCondition(status.conditions, end);
  if (end.type === 'Failed') return { ...status, conditions };
  return { ...status, conditions, completionTime: end.lastTransitionTime! };
}

/** Removes finalizers; those of `left` that had one are taken out. Returns the first error. */
function* release(
  { key, memory, context }: JobPass,
  pods: readonly Pod[],
  left: Set<string>,
): Requests<string | undefined> {
  for (const pod of pods) memory.expectRelease(key, pod.metadata.uid);
  let error: string | undefined;
  for (const pod of pods) {
    const { uid } = pod.metadata;
    const refused = yield* removeFinalizer(key, pod, context);
    if (refused !== undefined) memory.releaseObserved(key, uid);
    if (refused === undefined || refused.reason === 'NotFound') left.delete(uid);
    else error ??= refused.message;
  }
  return error;
}

const fields = [
  'conditions',
  'startTime',
  'active',
  'ready',
  'terminating',
  'succeeded',
  'failed',
  'completedIndexes',
  'failedIndexes',
  'uncountedTerminatedPods',
] as const satisfies readonly (keyof JobStatus)[];

const differs = (a: JobStatus, b: JobStatus): boolean =>
  fields.some((field) => !semanticDeepEqual(a[field], b[field]));

function* writeStatus({ key, context }: JobPass, job: Job): Requests<Job | string> {
  const updated = yield* call<Job>({
    verb: 'update',
    kind: 'Job',
    object: job,
    subresource: 'status',
  });
  if (!updated.ok) return updated.status.message;
  context.consistency.wrote(key, 'Job', updated.object.metadata.resourceVersion);
  return updated.object;
}

function tell({ context }: JobPass, job: Job, { type, reason, message }: JobCondition): void {
  if (type === 'Failed') {
    context.record(job, 'Warning', reason!, message!);
    return;
  }
  if ((job.status.succeeded ?? 0) > (job.spec.completions ?? Number.POSITIVE_INFINITY)) {
    const text = 'Too many succeeded pods running after completion count reached';
    context.record(job, 'Warning', 'TooManySucceededPods', text);
  }
  context.record(job, 'Normal', 'Completed', 'Job completed');
}
