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

/** Nodes by zone. A zone keeps its place as long as it has a node, and a node its place in its zone. */
export class NodeTree {
  readonly #zones = new Map<string, Map<string, NodeInfo>>();

  add(info: NodeInfo, zone = zoneOf(info)): void {
    const members = this.#zones.get(zone) ?? new Map<string, NodeInfo>();
    members.set(info.name, info);
    this.#zones.set(zone, members);
  }

  remove(info: NodeInfo, zone = zoneOf(info)): void {
    const members = this.#zones.get(zone);
    members?.delete(info.name);
    if (members?.size === 0) this.#zones.delete(zone);
  }

  /** One of each zone in turn. */
  list(): readonly NodeInfo[] {
    const lists = [...this.#zones.values()].map((members) => [...members.values()]);
    if (lists.length <= 1) return lists[0] ?? [];
    const order: NodeInfo[] = [];
    const longest = Math.max(...lists.map(({ length }) => length));
    for (let i = 0; i < longest; i++) {
      for (const members of lists) if (members[i] !== undefined) order.push(members[i]!);
    }
    return order;
  }
}
