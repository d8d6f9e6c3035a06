/** The Pods of a DaemonSet, by the node that they are for. */
import type { Pod } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import { targetNode } from './template.ts';

export type Daemons = ReadonlyMap<string, readonly Pod[]>;

export const isDeleting = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** Without those that are finished and being deleted: nothing is to be done about them. */
export function daemonsByNode(pods: readonly Pod[]): Daemons {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = targetNode(pod);
    if (node === undefined || (isDeleting(pod) && isPodTerminal(pod))) continue;
    const there = byNode.get(node);
    if (there === undefined) byNode.set(node, [pod]);
    else there.push(pod);
  }
  return byNode;
}

/** Bound before unbound, then the oldest first. */
export const byAge = (a: Pod, b: Pod): number =>
  Number(!a.spec.nodeName) - Number(!b.spec.nodeName) ||
  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compare(a.metadata.name, b.metadata.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
