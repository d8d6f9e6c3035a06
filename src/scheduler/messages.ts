/** The words of the scheduler when no node will do (sched-01). */

export interface Diagnosis {
  readonly nodes: number;
  /** What each node that was looked at was turned down for. */
  readonly rejections: Iterable<readonly string[]>;
  /** What all the others were. */
  readonly others?: readonly string[];
  /** Why no node will do, said before any was looked at. */
  readonly preFilter?: string;
  /** Why preempting would not help. */
  readonly postFilter?: string;
}

/** `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.` */
export function fitMessage({
  nodes,
  rejections,
  others,
  preFilter,
  postFilter,
}: Diagnosis): string {
  const parts = [`0/${nodes} nodes are available:`];
  if (preFilter) parts.push(`${preFilter}.`);
  else {
    const counts = histogram(nodes, rejections, others ?? []);
    if (counts !== '') parts.push(`${counts}.`);
  }
  if (postFilter) parts.push(postFilter);
  return parts.join(' ');
}

function histogram(
  nodes: number,
  rejections: Iterable<readonly string[]>,
  others: readonly string[],
): string {
  const counts = new Map<string, number>();
  let told = 0;
  for (const reasons of rejections) {
    told += 1;
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  if (nodes > told) {
    for (const reason of others) counts.set(reason, (counts.get(reason) ?? 0) + nodes - told);
  }
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}

const noteMax = 1024;

/** As much of a message as fits into an Event. */
export const noteOf = (message: string): string =>
  message.length <= noteMax ? message : `${message.slice(0, noteMax - 4)} ...`;
