/** Which Pods are garbage, and why (ctl-07 §C). */
import type { Node } from '../../api/node.ts';
import { isNodeReady } from '../../api/nodestatus.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';

/** How long a node must have been missing before its Pods go. */
export const quarantineMs = 40_000;
/** So many finished Pods are kept. */
export const terminatedPodThreshold = 12_500;

export interface Place {
  /** Undefined: the cache does not know it. */
  readonly node: Node | undefined;
  /** How long it has been missing. */
  readonly missingMs: number;
}

export type Garbage = 'outOfService' | 'orphaned' | 'unscheduled';

export function garbageOf(pod: Pod, { node, missingMs }: Place): Garbage | undefined {
  const deleting = pod.metadata.deletionTimestamp !== undefined;
  if (!pod.spec.nodeName) return deleting ? 'unscheduled' : undefined;
  if (node === undefined) return missingMs >= quarantineMs ? 'orphaned' : undefined;
  return deleting && isOutOfService(node) ? 'outOfService' : undefined;
}

const outOfService = 'node.kubernetes.io/out-of-service';

export const isOutOfService = (node: Node): boolean =>
  (node.spec.taints ?? []).some(({ key }) => key === outOfService) && !isNodeReady(node);

/** Finished Pods beyond the threshold: evicted ones first, then the oldest. */
export function surplusTerminated(pods: readonly Pod[], threshold: number): readonly Pod[] {
  if (threshold <= 0 || pods.length <= threshold) return [];
  const finished = pods.filter(isPodTerminal);
  return finished.sort(byPlace).slice(0, Math.max(0, finished.length - threshold));
}

const isEvicted = ({ status }: Pod): boolean =>
  status.phase === 'Failed' && status.reason === 'Evicted';

const byPlace = (a: Pod, b: Pod): number =>
  Number(isEvicted(b)) - Number(isEvicted(a)) ||
  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compare(a.metadata.name, b.metadata.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
