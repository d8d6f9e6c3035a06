/** What one pass of the Job controller found, and what it is about to say (ctl-04 §A.3). */
import type { Job, UncountedTerminatedPods } from '../../api/job/job.ts';
import { isIndexed } from '../../api/job/jobstatus.ts';
import type { Key } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodActive, isPodReady, isPodTerminating } from '../../api/pod/podstatus.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { type BackoffRecord, recordAfter } from './backoff.ts';
import { type Intervals, intervalsOf, noIndexes, parseIndexes, totalOf, union } from './indexes.ts';
import type { JobMemory } from './memory.ts';
import { awaitingReplacement, failedIndexesOf } from './perindex.ts';
import { verdictOn } from './podfailurepolicy.ts';
import {
  completionIndexOf,
  fits,
  hasFailed,
  hasLimitPerIndex,
  hasSucceeded,
  isTracked,
} from './pods.ts';

/** Counters of Pods that are about to change by what the pass does. */
export interface Running {
  active: number;
  ready: number;
  terminating: number;
}

export interface JobPass {
  readonly key: Key;
  readonly job: Job;
  readonly context: ControllerContext;
  readonly memory: JobMemory;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** With the finalizer, and not about to lose it. */
  readonly tracked: readonly Pod[];
  readonly uncounted: UncountedTerminatedPods;
  readonly succeeded: number;
  readonly failed: number;
  readonly backoff: BackoffRecord;
  /** Of an Indexed Job: before the pass, and with what it found. */
  readonly completedBefore: Intervals;
  readonly completed: Intervals;
  readonly failedIndexes: Intervals | undefined;
  readonly replaced: ReadonlyMap<number, Pod>;
  readonly running: Running;
}

export function passOver(
  key: Key,
  job: Job,
  pods: readonly Pod[],
  context: ControllerContext,
  memory: JobMemory,
): JobPass {
  const active = pods.filter(isPodActive);
  const released = memory.released(key);
  const tracked = pods.filter((pod) => isTracked(pod) && !released.has(pod.metadata.uid));
  const uncounted = job.status.uncountedTerminatedPods ?? {};
  const { succeeded = [], failed = [] } = uncounted;
  const valid = tracked.filter((pod) => fits(pod, job));
  const isNew = (list: readonly string[]) => (pod: Pod) => !list.includes(pod.metadata.uid);
  const newSucceeded = valid.filter(hasSucceeded).filter(isNew(succeeded));
  const newFailed = valid.filter((pod) => hasFailed(pod, job)).filter(isNew(failed));
  const policy = job.spec.podFailurePolicy;
  const counted = newFailed.filter((pod) => verdictOn(pod, policy).counted);
  const indexes = indexesOf(job, pods, active, tracked);
  return {
    key,
    job,
    context,
    memory,
    pods,
    active,
    tracked,
    uncounted,
    succeeded: isIndexed(job)
      ? totalOf(indexes.completed)
      : (job.status.succeeded ?? 0) + newSucceeded.length + succeeded.length,
    failed: (job.status.failed ?? 0) + counted.length + failed.length,
    backoff: recordAfter(memory.backoff(key), newSucceeded, newFailed),
    ...indexes,
    running: {
      active: active.length,
      ready: active.filter(isPodReady).length,
      terminating: pods.filter(isPodTerminating).length,
    },
  };
}

function indexesOf(
  job: Job,
  pods: readonly Pod[],
  active: readonly Pod[],
  tracked: readonly Pod[],
) {
  if (!isIndexed(job)) {
    const completed = noIndexes;
    return { completedBefore: completed, completed, failedIndexes: undefined, replaced: new Map() };
  }
  const completedBefore = parseIndexes(job.status.completedIndexes, job.spec.completions!);
  const succeeded = pods.filter((pod) => hasSucceeded(pod) && fits(pod, job) && isTracked(pod));
  const completed = union(completedBefore, intervalsOf(succeeded.map(indexOf)));
  if (!hasLimitPerIndex(job)) {
    return { completedBefore, completed, failedIndexes: undefined, replaced: new Map() };
  }
  const failedIndexes = failedIndexesOf(job, pods);
  const settled = union(union(completed, failedIndexes), takenBy(active));
  const replaced = awaitingReplacement(job, tracked, settled);
  return { completedBefore, completed, failedIndexes, replaced };
}

const indexOf = (pod: Pod): number => completionIndexOf(pod)!;

/** The indexes of Pods. */
export const takenBy = (pods: readonly Pod[]): Intervals =>
  intervalsOf(pods.flatMap((pod) => completionIndexOf(pod) ?? []));
