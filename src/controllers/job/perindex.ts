/**
 * Limits that hold for each index (ctl-04 §A.7): the failures of an index are written on its newest
 * Pod, so a failed Pod is kept until its replacement has taken them over.
 */
import type { Job } from '../../api/job/job.ts';
import type { Labels } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { finishedAt, remainingMs } from './backoff.ts';
import { hasIndex, type Intervals, intervalsOf, parseIndexes, union } from './indexes.ts';
import { verdictOn } from './podfailurepolicy.ts';
import { completionIndexOf, fits, hasFailed, isTracked } from './pods.ts';

const countAnnotation = 'batch.kubernetes.io/job-index-failure-count';
const ignoredAnnotation = 'batch.kubernetes.io/job-index-ignored-failure-count';

function countIn({ metadata: { annotations } }: Pod, annotation: string): number {
  const text = annotations?.[annotation] ?? '';
  const count = /^\+?\d+$/.test(text) ? Number(text) : 0;
  return count <= 2_147_483_647 ? count : 0;
}

const failuresOf = (pod: Pod): number =>
  countIn(pod, countAnnotation) + countIn(pod, ignoredAnnotation);

/** What the replacement of a Pod is told; the first Pod of an index replaces none. */
export function failureCountsFor(job: Job, replaced: Pod | undefined): Labels {
  if (replaced === undefined) return { [countAnnotation]: '0' };
  const { counted } = verdictOn(replaced, job.spec.podFailurePolicy);
  const count = countIn(replaced, countAnnotation) + (counted ? 1 : 0);
  const ignored = countIn(replaced, ignoredAnnotation) + (counted ? 0 : 1);
  return {
    [countAnnotation]: String(count),
    ...(ignored > 0 ? { [ignoredAnnotation]: String(ignored) } : {}),
  };
}

/** Indexes that are given up: those of the status, and those of Pods that are not counted yet. */
export function failedIndexesOf(job: Job, pods: readonly Pod[]): Intervals {
  const known = parseIndexes(job.status.failedIndexes, job.spec.completions!);
  const found = pods.filter((pod) => fits(pod, job) && isTracked(pod) && exhausts(pod, job));
  return union(known, intervalsOf(found.map((pod) => completionIndexOf(pod)!)));
}

/** Whether this failure is one too many for its index. */
function exhausts(pod: Pod, job: Job): boolean {
  if (!hasFailed(pod, job)) return false;
  const { action, counted } = verdictOn(pod, job.spec.podFailurePolicy);
  if (action === 'FailIndex') return true;
  return counted && countIn(pod, countAnnotation) >= job.spec.backoffLimitPerIndex!;
}

/** The last failed Pod of each index that is still to be replaced. */
export function awaitingReplacement(
  job: Job,
  uncounted: readonly Pod[],
  settled: Intervals,
): ReadonlyMap<number, Pod> {
  const last = new Map<number, Pod>();
  for (const pod of uncounted) {
    const index = completionIndexOf(pod);
    if (index === undefined || !fits(pod, job) || !hasFailed(pod, job)) continue;
    if (hasIndex(settled, index)) continue;
    const other = last.get(index);
    const isLater =
      other === undefined ||
      (failuresOf(other) <= failuresOf(pod) && finishedAt(pod) >= finishedAt(other));
    if (isLater) last.set(index, pod);
  }
  return last;
}

/** How long an index must wait for its next Pod. */
export function remainingForIndex(lastFailed: Pod | undefined, now: number): number {
  if (lastFailed === undefined) return 0;
  const record = { failures: failuresOf(lastFailed) + 1, lastFailureAt: finishedAt(lastFailed) };
  return remainingMs(record, now);
}
