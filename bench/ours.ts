/** A Deployment of so many Pods on so many nodes, from nothing to all Ready. */
import type { Deployment } from '../src/api/deployment.ts';
import { createCluster } from '../src/sim/cluster.ts';
import { settle } from '../src/sim/settle.ts';
import { cpuSeconds } from './harness.ts';

const [pods = '1000', nodes = '20', rounds = '1'] = process.argv.slice(2);
const replicas = Number(pods);
const perNode = Math.ceil(replicas / Number(nodes)) + 60;

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web:v1' }] },
};
const spec = { replicas, selector: { matchLabels: { app: 'web' } }, template };
const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };

function deploy(): number {
  const since = process.cpuUsage();
  const { simulation } = createCluster({
    nodes: Array.from({ length: Number(nodes) }, (_, i) => ({ name: `n${i + 1}`, pods: perNode })),
  });
  settle(simulation, { horizonMs: 1_000 });
  simulation.submit({ verb: 'create', kind: 'Deployment', namespace: 'default', object });
  settle(simulation);
  const { status } = simulation.store.get<Deployment>('Deployment', 'default/web')!;
  if (status.availableReplicas !== replicas) {
    throw new Error(`${status.availableReplicas} of ${pods} are available`);
  }
  return cpuSeconds(since);
}

deploy();
const first = cpuSeconds();
let least = first;
for (let round = 1; round < Number(rounds); round++) least = Math.min(least, deploy());
console.log(JSON.stringify({ cpuSeconds: first, warmSeconds: least }));
