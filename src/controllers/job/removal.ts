/** Which active Pods of a Job go when there are too many (ctl-04 §A.4). */
import type { Job } from '../../api/job/job.ts';
import { isIndexed } from '../../api/job/jobstatus.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { compareForDeletion, type Ranking } from '../replicaset/ranking.ts';
import { completionIndexOf, fits } from './pods.ts';

/** At least `atLeast` of them, and all that have no place: doubles of an index, and wrong indexes. */
export function podsToRemove(
  job: Job,
  active: readonly Pod[],
  atLeast: number,
  now: number,
): readonly Pod[] {
  const ranking: Ranking = { rankOf: () => 0, now, logarithmic: false, costs: false };
  const inOrder = (pods: readonly Pod[]) =>
    [...pods].sort((a, b) => compareForDeletion(a, b, ranking));
  const { misplaced, kept } = isIndexed(job)
    ? misplacedPods(job, active, inOrder)
    : { misplaced: [], kept: active };
  if (misplaced.length >= atLeast) return misplaced;
  return [...misplaced, ...inOrder(kept).slice(0, atLeast - misplaced.length)];
}

function misplacedPods(
  job: Job,
  active: readonly Pod[],
  inOrder: (pods: readonly Pod[]) => readonly Pod[],
) {
  const misplaced: Pod[] = [];
  const byIndex = new Map<number, Pod[]>();
  for (const pod of active) {
    if (!fits(pod, job)) {
      misplaced.push(pod);
      continue;
    }
    const index = completionIndexOf(pod)!;
    const same = byIndex.get(index);
    if (same === undefined) byIndex.set(index, [pod]);
    else same.push(pod);
  }
  const kept: Pod[] = [];
  for (const [, same] of [...byIndex].sort(([a], [b]) => a - b)) {
    const ordered = inOrder(same);
    misplaced.push(...ordered.slice(0, -1));
    kept.push(ordered.at(-1)!);
  }
  return { misplaced, kept };
}
