/** Clusters whose kubelets send heartbeats, for tests about nodes that go silent. */
import * as assert from 'uvu/assert';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { letPass } from '../../src/sim/passing.ts';
import type { NodeSpec } from '../../src/sim/scenario/types.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
export type Any = any;

export const inZone = (zone: string, ...names: readonly string[]): readonly NodeSpec[] =>
  names.map((name) => ({ name, labels: { 'topology.kubernetes.io/zone': zone } }));

/** Everything runs its course until so many seconds are over. */
export function until({ simulation }: Cluster, seconds: number): void {
  letPass(simulation, seconds * 1000 - simulation.now);
}

export function submit({ simulation }: Cluster, request: Any): void {
  const response = simulation.submit(request, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
}

/** With Pods, that are bound from the start: `n1` means one there. */
export function clusterOf(nodes: readonly NodeSpec[], pods: readonly Any[] = []): Cluster {
  const cluster = createCluster({ nodes, heartbeats: true });
  until(cluster, 1);
  for (const object of pods) {
    submit(cluster, { verb: 'create', kind: 'Pod', namespace: 'default', object });
  }
  until(cluster, 10);
  return cluster;
}

export const pod = (name: string, nodeName: string, spec: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { nodeName, containers: [{ name: 'c', image: 'web:v1' }], ...spec },
});

export const nodeOf = ({ simulation }: Cluster, name: string): Any =>
  simulation.store.view().get('Node', name);

export const podOf = ({ simulation }: Cluster, name: string): Any =>
  simulation.store.view().get('Pod', `default/${name}`);

export const conditionOf = ({ status }: Any, type: string): Any =>
  status.conditions.find((condition: Any) => condition.type === type);

/** As `unreachable:NoExecute`, sorted. */
export const taintsOf = (node: Any): readonly string[] =>
  (node.spec.taints ?? [])
    .map(({ key, effect }: Any) => `${key.split('/').at(-1)}:${effect}`)
    .sort();

export function taint(cluster: Cluster, name: string, taints: readonly Any[] | null): void {
  const patch = { spec: { taints } };
  submit(cluster, { verb: 'patch', kind: 'Node', name, patchType: 'merge', patch });
}

/** The seconds at which such writes happened, each object's first. */
export function secondsOf(
  { simulation }: Cluster,
  wanted: (entry: WriteEntry) => boolean,
): readonly number[] {
  const seen = new Set<string>();
  const times: number[] = [];
  for (const entry of simulation.log.entries) {
    if (entry.type !== 'write' || seen.has(entry.key) || !wanted(entry)) continue;
    seen.add(entry.key);
    times.push(entry.t / 1000);
  }
  return times;
}
