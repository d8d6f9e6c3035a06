/** What users do to nodes, and what becomes of the machines. */
import type { Node, Taint } from '../../src/api/node.ts';
import { timestamp } from '../../src/api/time.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick } from './act.ts';

const nodesOf = (cluster: Cluster): readonly Node[] => listed<Node>(cluster, 'Node');

const key = 'example.com/special';

function taint(cluster: Cluster, how: number): string | undefined {
  const target = pick(nodesOf(cluster), how);
  if (target === undefined) return undefined;
  return toggleTaint(cluster, target, how % 2 === 0 ? 'NoExecute' : 'NoSchedule');
}

/** Taints a node, or takes that taint away again. */
export function toggleTaint(cluster: Cluster, target: Node, effect: Taint['effect']): string {
  const { taints = [] } = target.spec;
  const timeAdded = timestamp(cluster.simulation.now);
  // Whoever has to leave must not come back: that would go on for ever.
  const effects: readonly Taint['effect'][] =
    effect === 'NoExecute' ? ['NoSchedule', 'NoExecute'] : [effect];
  const others = taints.filter((one) => one.key !== key);
  const tainted = others.length < taints.length;
  const next: readonly Taint[] = tainted
    ? others
    : [...taints, ...effects.map((one) => ({ key, effect: one, timeAdded }))];
  patch(cluster, target, { spec: { taints: next } });
  const { name } = target.metadata;
  return tainted ? `take the taint from ${name}` : `taint ${name} ${effect}`;
}

function label(cluster: Cluster, how: number): string | undefined {
  const target = pick(nodesOf(cluster), how);
  if (target === undefined) return undefined;
  const disk = target.metadata.labels?.['disk'] === 'ssd' ? 'hdd' : 'ssd';
  patch(cluster, target, { metadata: { labels: { disk } } });
  return `label ${target.metadata.name} disk=${disk}`;
}

function cordon(cluster: Cluster, how: number): string | undefined {
  const target = pick(nodesOf(cluster), how);
  if (target === undefined) return undefined;
  const unschedulable = target.spec.unschedulable !== true;
  patch(cluster, target, { spec: { unschedulable } });
  return `${unschedulable ? 'cordon' : 'uncordon'} ${target.metadata.name}`;
}

/** A machine comes and goes. */
const extra = 'n3';

function comeOrGo(cluster: Cluster): string | undefined {
  const there = nodesOf(cluster).some(({ metadata }) => metadata.name === extra);
  const isOn = cluster.simulation.process(`kubelet/${extra}`) !== undefined;
  // It has not said yet that it is there.
  if (!there && isOn) return undefined;
  if (!there) {
    cluster.addNode({ name: extra, labels: { disk: 'ssd' } });
    return `add ${extra}`;
  }
  cluster.deleteNode(extra);
  return `delete ${extra}`;
}

export const nodes: Acts = [
  ['taint node', taint],
  ['taint node', taint],
  ['label node', label],
  ['cordon node', cordon],
  ['come or go', comeOrGo],
];
