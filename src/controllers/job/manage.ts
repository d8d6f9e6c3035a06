/** Brings the number of active Pods to what a Job wants (ctl-04 §A.4). */
import { isIndexed } from '../../api/job/jobstatus.ts';
import { isPodTerminating } from '../../api/pod/podstatus.ts';
import type { Requests } from '../../sim/component.ts';
import { remainingMs } from './backoff.ts';
import { firstPending, union } from './indexes.ts';
import { type JobPass, takenBy } from './pass.ts';
import { remainingForIndex } from './perindex.ts';
import { createPods, dismissPods } from './podcontrol.ts';
import { hasLimitPerIndex, isSuspended, replacesFailedOnly } from './pods.ts';
import { podsToRemove } from './removal.ts';
import { changeOf, wantedActive } from './wanted.ts';

/** Most Pods that one pass creates or deletes. */
const podsMax = 500;

/** Pod events, and statuses that are written in quick succession, are met together. */
export const batchPeriodMs = 1_000;

/** Returns an error. */
export function* manageJob(pass: JobPass): Requests<string | undefined> {
  const { job, active, succeeded, running, context } = pass;
  const { completions, parallelism } = job.spec;
  if (isSuspended(job)) {
    const all = podsToRemove(job, active, active.length, context.now);
    return yield* dismissPods(pass, all);
  }
  const sizes = {
    completions,
    parallelism: parallelism!,
    succeeded,
    active: active.length,
    terminating: replacesFailedOnly(job) ? running.terminating : 0,
  };
  const change = changeOf(sizes);
  // Pods on their way out keep the place that they have, and drive nobody else out.
  const atLeast = Math.max(0, active.length - wantedActive(sizes));
  const surplus = podsToRemove(job, active, atLeast, context.now).slice(0, podsMax);
  if (surplus.length > 0) return yield* dismissPods(pass, surplus);
  return change.create > 0 ? yield* startPods(pass, change.create) : undefined;
}

function* startPods(pass: JobPass, missing: number): Requests<string | undefined> {
  const { job, context, backoff } = pass;
  const waitMs = hasLimitPerIndex(job) ? 0 : remainingMs(backoff, context.now);
  if (waitMs > 0) return postpone(pass, waitMs);
  const count = Math.min(missing, podsMax);
  if (!isIndexed(job)) return yield* createPods(pass, new Array(count).fill(undefined));
  const pending = pendingIndexes(pass, count);
  const due = dueIndexes(pass, pending);
  if (due.waitMs > 0) return postpone(pass, due.waitMs);
  return yield* createPods(pass, due.indexes);
}

function pendingIndexes(pass: JobPass, count: number): readonly number[] {
  const { job, active, pods, completed, failedIndexes = [] } = pass;
  let taken = union(union(completed, takenBy(active)), failedIndexes);
  if (replacesFailedOnly(job)) taken = union(taken, takenBy(pods.filter(isPodTerminating)));
  return firstPending(taken, count, job.spec.completions!);
}

/** Of indexes with failures of their own, those that have waited for long enough. */
function dueIndexes({ job, replaced, context }: JobPass, pending: readonly number[]) {
  if (!hasLimitPerIndex(job)) return { indexes: pending, waitMs: 0 };
  const waits = pending.map((index) => remainingForIndex(replaced.get(index), context.now));
  const indexes = pending.filter((_, i) => waits[i] === 0);
  return { indexes, waitMs: indexes.length > 0 || waits.length === 0 ? 0 : Math.min(...waits) };
}

/** Nothing is active as far as this pass is concerned: the real controller says so, too. */
function postpone({ key, context, running }: JobPass, waitMs: number): undefined {
  context.queue.addAfter(key, Math.max(batchPeriodMs, waitMs));
  running.active = 0;
  return undefined;
}
