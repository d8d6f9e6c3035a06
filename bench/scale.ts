/**
 * Large clusters: what it takes from a user's wish to all Pods Ready, on so many nodes that are there.
 *
 *     scale.ts deployment|rollout|replicasets|daemonset PODS NODES [HISTORY]
 *
 * With HISTORY so many entries are kept in memory, as `up --history` does, and older ones are forgotten.
 */
import type { Draft } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodReady } from '../src/api/pod/podstatus.ts';
import { createCluster } from '../src/sim/cluster.ts';
import { type Settled, settle } from '../src/sim/settle.ts';
import { cpuSeconds } from './harness.ts';

const [shape = 'deployment', podsText = '1500', nodesText = '5000', historyText = 'Infinity'] =
  process.argv.slice(2);
const history = Number(historyText);
const count = Number(podsText);
const nodes = Number(nodesText);
const movesMax = Number.POSITIVE_INFINITY;

const { simulation } = createCluster({
  nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i + 1}`, pods: 110 })),
});
settle(simulation, { horizonMs: 1_000, movesMax });

const labels = { app: 'web' };
const template = (image: string) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image }] },
});
const selector = { matchLabels: labels };
const owner = (kind: string, name: string, spec: object): Draft => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: { selector, template: template('web:v1'), ...spec },
});

function create(object: Draft): void {
  const { kind } = object;
  const response = simulation.submit(
    { verb: 'create', kind, namespace: 'default', object },
    'user',
  );
  if (!response.ok) throw new Error(response.status.message);
}

function patch(kind: string, name: string, change: unknown): void {
  const named = { kind, namespace: 'default', name };
  const request = { verb: 'patch', ...named, patchType: 'merge', patch: change } as const;
  const response = simulation.submit(request, 'user');
  if (!response.ok) throw new Error(response.status.message);
}

/** As `settle` does, but forgets on the way what is too long ago. */
function settled(): Settled {
  if (history === Number.POSITIVE_INFINITY) return settle(simulation, { movesMax });
  const { log } = simulation;
  for (;;) {
    const result = settle(simulation, { movesMax: 5_000 });
    if (result.type !== 'limit') return result;
    if (log.length - log.first <= history) continue;
    // Nothing is forgotten while a pass is under way: soon there is none.
    while (simulation.inFlight.length > 0 && simulation.calm());
    simulation.forget(log.length - Math.floor(history * 0.75));
  }
}

/** Has the wish carried out, and says how much processor time that took. */
function carriedOut(wish: () => void): number {
  const since = process.cpuUsage();
  wish();
  const { type } = settled();
  if (type !== 'rest') throw new Error(`${shape}: ${type}`);
  const pods = simulation.store.view().list<Pod>('Pod');
  const ready = pods.filter(isPodReady).length;
  if (pods.length !== count || ready !== count) {
    throw new Error(`${shape}: ${ready} of ${pods.length} Pods are ready, not ${count}`);
  }
  return cpuSeconds(since);
}

const deploy = () => create(owner('Deployment', 'web', { replicas: count }));

const shapes: Readonly<Record<string, () => number>> = {
  deployment: () => carriedOut(deploy),
  rollout() {
    carriedOut(deploy);
    return carriedOut(() => patch('Deployment', 'web', { spec: { template: template('web:v2') } }));
  },
  /** One Pod each. */
  replicasets: () =>
    carriedOut(() => {
      for (let i = 0; i < count; i++) {
        const own = { app: `web-${i}` };
        const spec = { containers: [{ name: 'c', image: 'web:v1' }] };
        create(
          owner('ReplicaSet', `web-${i}`, {
            replicas: 1,
            selector: { matchLabels: own },
            template: { metadata: { labels: own }, spec },
          }),
        );
      }
    }),
  daemonset: () => carriedOut(() => create(owner('DaemonSet', 'agent', {}))),
};

const seconds = shapes[shape]!();
const peakGb = process.resourceUsage().maxRSS / 2 ** 20;
const entries = simulation.log.length;
console.log(JSON.stringify({ pods: count, nodes, cpuSeconds: seconds, peakGb, entries }));
