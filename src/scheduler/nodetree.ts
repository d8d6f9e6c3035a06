/** The order in which nodes are looked at: one of each zone in turn, in each as they came (sched-01). */
import type { NodeInfo } from './nodeinfo.ts';

const zoneLabels = ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'];
const regionLabels = ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'];

/** Region and zone; the older labels win. Nodes without any share a zone. */
export function zoneOf({ labels }: NodeInfo): string {
  const first = (names: readonly string[]): string => {
    for (const name of names) if (labels[name] !== undefined) return labels[name];
    return '';
  };
  return `${first(regionLabels)}\0${first(zoneLabels)}`;
}

export function interleaved(nodes: Iterable<NodeInfo>): readonly NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = zoneOf(node);
    const members = zones.get(zone);
    if (members === undefined) zones.set(zone, [node]);
    else members.push(node);
  }
  const lists = [...zones.values()];
  if (lists.length <= 1) return lists[0] ?? [];
  const order: NodeInfo[] = [];
  const longest = Math.max(...lists.map(({ length }) => length));
  for (let i = 0; i < longest; i++) {
    for (const members of lists) if (members[i] !== undefined) order.push(members[i]!);
  }
  return order;
}
