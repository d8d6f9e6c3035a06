/** Which of the nodes to preempt on: the one whose victims are missed least (sched-05). */
import type { Pod } from '../../api/pod/pod.ts';
import { type Candidate, priorityOf, startOf } from './victims.ts';

/** Those that no step tells apart; each step keeps only the best of those before. */
export function bestCandidates(
  candidates: readonly Candidate[],
  now: number,
): readonly Candidate[] {
  const steps: readonly ((candidate: Candidate) => number)[] = [
    ({ violations }) => violations,
    ({ victims }) => (victims.length === 0 ? Number.NEGATIVE_INFINITY : priorityOf(victims[0]!)),
    ({ victims }) => victims.reduce((sum, pod) => sum + priorityOf(pod) + 2 ** 31, 0),
    ({ victims }) => victims.length,
    ({ victims }) => -earliestStart(victims, now),
  ];
  let left = candidates;
  for (const cost of steps) {
    if (left.length < 2) break;
    const costs = left.map(cost);
    const least = Math.min(...costs);
    left = left.filter((_, i) => costs[i] === least);
  }
  return left;
}

/** Of the most important victims, when the first of them started. */
function earliestStart(victims: readonly Pod[], now: number): number {
  const most = Math.max(...victims.map(priorityOf));
  return Math.min(
    ...victims.filter((pod) => priorityOf(pod) === most).map((pod) => startOf(pod, now)),
  );
}
