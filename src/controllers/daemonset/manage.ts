/** One Pod on each node that should have one, and none elsewhere (ctl-03 §C.3). */
import type { DaemonSet } from '../../api/daemonset.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodAvailable, isPodReady } from '../../api/pod/podstatus.ts';
import { byAge, type Daemons, isDeleting } from './daemons.ts';
import type { Eligible } from './eligibility.ts';
import { surges } from './rolling.ts';
import { hashLabel } from './template.ts';

/** What is to be done: nodes that need a Pod, and Pods that are to go. */
export interface Changes {
  readonly create: readonly string[];
  readonly delete: readonly Pod[];
}

/** A finished Pod, and whether the wait since the last one on that node is over. */
export type ReplacesFailed = (pod: Pod, node: string) => boolean;

export interface Placing {
  readonly ds: DaemonSet;
  readonly hash: string;
  readonly nodes: readonly Node[];
  readonly daemons: Daemons;
  readonly eligible: (node: Node) => Eligible;
  readonly replacesFailed: ReplacesFailed;
  readonly now: number;
}

export function changesOf(placing: Placing): Changes {
  const changes = { create: [] as string[], delete: [] as Pod[] };
  for (const node of placing.nodes) changeNode(node, placing, changes);
  changes.delete.push(...strandedOf(placing));
  return changes;
}

function changeNode(
  node: Node,
  { ds, hash, daemons, eligible, replacesFailed, now }: Placing,
  changes: { create: string[]; delete: Pod[] },
): void {
  const { name } = node.metadata;
  const { shouldRun, shouldContinueRunning } = eligible(node);
  const there = daemons.get(name);
  if (there === undefined) {
    if (shouldRun) changes.create.push(name);
    return;
  }
  const living = there.filter((pod) => !isDeleting(pod));
  if (!shouldContinueRunning) {
    changes.delete.push(...living);
    return;
  }
  const running: Pod[] = [];
  for (const pod of living) {
    const { phase } = pod.status;
    if (phase !== 'Failed' && phase !== 'Succeeded') running.push(pod);
    else if (replacesFailed(pod, name)) changes.delete.push(pod);
  }
  running.sort(byAge);
  if (!surges(ds)) changes.delete.push(...running.slice(1));
  else if (living.length === 0 && shouldRun) changes.create.push(name);
  else changes.delete.push(...surplusOf(running, ds, hash, now));
}

/** While surging, the oldest Pod of each kind may be there, until the new one has taken over. */
function surplusOf(
  running: readonly Pod[],
  { spec: { minReadySeconds = 0 } }: DaemonSet,
  hash: string,
  now: number,
): readonly Pod[] {
  if (running.length <= 1) return [];
  const isNew = (pod: Pod) => pod.metadata.labels?.[hashLabel] === hash;
  const newest = running.find(isNew);
  const old = running.find((pod) => !isNew(pod));
  const surplus = running.filter((pod) => pod !== newest && pod !== old);
  if (newest === undefined || old === undefined) return surplus;
  const takenOver = !isPodReady(old) || isPodAvailable(newest, minReadySeconds, now);
  return takenOver ? [...surplus, old] : surplus;
}

/** Pods that wait for a node that is gone: nobody else would ever look at them. */
function strandedOf({ nodes, daemons }: Placing): readonly Pod[] {
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  return [...daemons].flatMap(([node, pods]) =>
    known.has(node) ? [] : pods.filter((pod) => !pod.spec.nodeName && !isDeleting(pod)),
  );
}
