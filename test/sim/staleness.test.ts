/** What a controller does on a cache that is too old: with expectations alone, and by revisions (KEP-5647). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/meta.ts';
import { type Cluster, controllerManager, createCluster } from '../../src/sim/cluster.ts';
import type { Staleness } from '../../src/sim/consistency.ts';
import { expectationsTtlMs } from '../../src/sim/expectations.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { settle } from '../../src/sim/settle.ts';

const test = suite('staleness');

const podSpec = { containers: [{ name: 'c', image: 'web:v1' }] };
const replicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: podSpec },
  },
} as unknown as KubeObject;

const named = { kind: 'ReplicaSet', namespace: 'default', name: 'web' };

const calm = ({ simulation }: Cluster) => {
  while (simulation.calm());
};

/** Pods made while the cache of Pods stands still for longer than expectations last. */
function podsWhileBlind(staleness: Staleness): number {
  const cluster = createCluster({ staleness, events: false });
  const { simulation } = cluster;
  calm(cluster);
  const process = simulation.process(controllerManager)!;
  simulation.submit({ verb: 'create', kind: 'ReplicaSet', object: replicaSet });
  const reflector = process.reflectors.find(({ watch }) => watch.kind === 'Pod')!;
  reflector.held = true;
  calm(cluster);
  assert.is(simulation.store.view().list('Pod').length, 3);
  simulation.advance(simulation.now + expectationsTtlMs + 1_000);
  const patch = { metadata: { annotations: { touched: 'yes' } } };
  simulation.submit({ verb: 'patch', ...named, patchType: 'merge', patch });
  calm(cluster);
  return simulation.store.view().list('Pod').length;
}

test('[R-S1] expectations that expire let a blind controller create its Pods again (k/k#129795)', () => {
  assert.is(podsWhileBlind('expectations'), 6);
});

test('[R-S1] by revisions it waits until the cache shows its writes', () => {
  assert.is(podsWhileBlind('consistency'), 3);
});

test('both come to the same end when nothing lags', () => {
  const end = (staleness: Staleness) => {
    const cluster = createCluster({ staleness, nodes: [{ name: 'n1' }], events: false });
    cluster.simulation.submit({ verb: 'create', kind: 'ReplicaSet', object: replicaSet });
    assert.is(settle(cluster.simulation).type, 'rest');
    return cluster.simulation.store.view().list('Pod');
  };
  assert.equal(end('expectations'), end('consistency'));
});

test('a scenario and a plan say which', () => {
  const text = 'staleness: expectations\nsteps:\n- settle\n';
  const scenario = parseScenario(text, 's.yaml');
  assert.is(scenario.staleness, 'expectations');
  const run = new Run(planFor(scenario));
  assert.is(run.finish().type, 'rest');
  assert.throws(
    () => parseScenario(text.replace('expect', 'exspect'), 's.yaml'),
    /staleness: must/,
  );
});

test.run();
