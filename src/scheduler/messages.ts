/** The words of the scheduler when no node will do (sched-01). */
import type { Unfit } from './framework.ts';

/** `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.` */
export function fitMessage(nodes: number, unfit: readonly Unfit[]): string {
  const counts = histogram(unfit.flatMap(({ reasons }) => reasons));
  return `0/${nodes} nodes are available: ${counts}.`;
}

/** What PostFilter adds: why preempting would not help. */
export function preemptionMessage(nodes: number, unfit: readonly Unfit[]): string {
  const counts = histogram(
    unfit.map(({ unresolvable }) =>
      unresolvable
        ? 'Preemption is not helpful for scheduling'
        : 'No preemption victims found for incoming pod',
    ),
  );
  return `no new claims to deallocate, preemption: 0/${nodes} nodes are available: ${counts}.`;
}

function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
