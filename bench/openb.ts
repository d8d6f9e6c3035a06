/**
 * The Pods of a production GPU cluster (clusterdata-2023, `recordings/openb`), created in the order of the
 * trace and never deleted, on its nodes: the scheduler alone. GPUs are shared, so they are counted in
 * thousandths over a node, as `alibabacloud.com/gpu-milli`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '../src/api/node.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { createCluster } from '../src/sim/cluster.ts';
import { settle } from '../src/sim/settle.ts';
import { cpuSeconds } from './harness.ts';

const [directory = '', podsMax = 'Infinity'] = process.argv.slice(2);
const gpu = 'alibabacloud.com/gpu-milli';

/** Rows by the names in the head of the file. */
function rows(file: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = readFileSync(join(directory, file), 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

function nodeOf({ sn, cpu_milli, memory_mib, gpu: gpus, model }: Readonly<Record<string, string>>) {
  const resources = {
    cpu: `${cpu_milli}m`,
    memory: `${memory_mib}Mi`,
    pods: '110',
    [gpu]: `${Number(gpus) * 1000}`,
  };
  const labels = {
    'kubernetes.io/hostname': sn,
    ...(model ? { 'alibabacloud.com/gpu-card-model': model } : {}),
  };
  const status = {
    capacity: resources,
    allocatable: resources,
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: sn!, labels }, status };
}

function podOf({
  name,
  cpu_milli,
  memory_mib,
  num_gpu,
  gpu_milli,
}: Readonly<Record<string, string>>) {
  const milli = Number(num_gpu) * Number(gpu_milli);
  const requests = {
    cpu: `${cpu_milli}m`,
    memory: `${memory_mib}Mi`,
    ...(milli > 0 ? { [gpu]: `${milli}` } : {}),
  };
  const limits = milli > 0 ? { [gpu]: `${milli}` } : {};
  const containers = [{ name: 'c', image: 'task:1', resources: { requests, limits } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: name! }, spec: { containers } };
}

const { simulation } = createCluster({
  disabled: ['controller-manager', 'kubelet'],
  scheduler: { decisions: false, flushes: false },
});
const create = (kind: string, object: object, namespace?: string) => {
  const home = namespace === undefined ? {} : { namespace };
  const response = simulation.submit({ verb: 'create', kind, object, ...home } as never, 'user');
  if (!response.ok) throw new Error(response.status.message);
};
const nodes = rows('openb_node_list_all_node.csv');
for (const row of nodes) {
  const node = nodeOf(row);
  create('Node', node);
  // Admission taints nodes that nobody has called ready; here no controller takes that back.
  const { metadata, spec } = simulation.store.get<Node>('Node', node.metadata.name)!;
  const object = { ...node, metadata, spec: { ...spec, taints: [] } };
  const updated = simulation.submit({ verb: 'update', kind: 'Node', object } as never, 'user');
  if (!updated.ok) throw new Error(updated.status.message);
}
settle(simulation, { horizonMs: 0 });
const created = rows('openb_pod_list_default.csv').slice(0, Number(podsMax));
for (const row of created) create('Pod', podOf(row), 'default');
const since = process.cpuUsage();
settle(simulation, { horizonMs: 0, movesMax: 10_000_000 });
const seconds = cpuSeconds(since);
const pods = simulation.store.view().list<Pod>('Pod');
const unscheduled = pods.filter(({ spec }) => !spec.nodeName).length;
console.log(
  JSON.stringify({ nodes: nodes.length, pods: pods.length, unscheduled, cpuSeconds: seconds }),
);
