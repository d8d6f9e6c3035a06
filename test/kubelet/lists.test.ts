/** What a kubelet makes of lists: the first one, and one after a watch that broke. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/pod/pod.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import type { FirstList } from '../../src/sim/scenario/types.ts';
import { settle } from '../../src/sim/settle.ts';
import { create, until } from './lives.ts';

const test = suite('lists of a kubelet');

const clusterWith = (firstList: FirstList): Cluster => {
  const cluster = createCluster({ nodes: [{ name: 'n1' }], firstList });
  settle(cluster.simulation, { horizonMs: 1_000 });
  return cluster;
};

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'web:1' }] };

const start = (cluster: Cluster) => create(cluster, { ...pod, spec } as never);

const forceDelete = ({ simulation }: Cluster) =>
  simulation.submit({
    verb: 'delete',
    kind: 'Pod',
    namespace: 'default',
    name: 'p',
    options: { gracePeriodSeconds: 0 },
  });

/** Uids of Pods of which a container started, and of which one ended. */
const uids = ({ simulation }: Cluster, event: string): readonly string[] =>
  simulation.log.entries.flatMap((entry) =>
    entry.type === 'runtime' && entry.event === event ? [entry.uid] : [],
  );

/** The Pod has come and gone when the kubelet starts, and lists the time when it was there. */
function listTheFirst(firstList: FirstList): readonly string[] {
  const cluster = clusterWith(firstList);
  const { simulation } = cluster;
  const { spec: kubelet } = simulation.process('kubelet/n1')!;
  simulation.stop('kubelet/n1');
  start(cluster);
  const staleAt = simulation.store.revision;
  forceDelete(cluster);
  simulation.start(kubelet);
  simulation.step({ type: 'crash', process: 'kubelet/n1', staleAt });
  const watch = { process: 'kubelet/n1', kind: 'Pod', reflector: 0 };
  simulation.step({ type: 'deliver', ...watch });
  simulation.step({ type: 'hold', ...watch });
  until(cluster, 30);
  return uids(cluster, 'container started');
}

test('a Pod that only an old list shows is not started', () => {
  assert.equal(listTheFirst('confirmed'), []);
});

test('k/k#59848: a kubelet that believes its first list starts a Pod that is gone', () => {
  assert.is(listTheFirst('believed').length, 1);
});

test('[K-L1] a Pod is stopped whose successor of its name is listed after a broken watch', () => {
  const cluster = clusterWith('confirmed');
  const { simulation } = cluster;
  start(cluster);
  until(cluster, 10);
  const { uid } = simulation.store.get<Pod>('Pod', 'default/p')!.metadata;
  const watch = { process: 'kubelet/n1', kind: 'Pod', reflector: 0 };
  simulation.step({ type: 'hold', ...watch });
  forceDelete(cluster);
  start(cluster);
  simulation.step({ type: 'drop', ...watch });
  simulation.step({ type: 'release', ...watch });
  until(cluster, 60);
  assert.equal(uids(cluster, 'container exited'), [uid]);
  assert.is(uids(cluster, 'container started').length, 2);
});

test('what runs and is not on an old list is left running while nobody answers about it', () => {
  const cluster = clusterWith('confirmed');
  const { simulation } = cluster;
  const staleAt = simulation.store.revision;
  start(cluster);
  until(cluster, 30);
  simulation.step({ type: 'crash', process: 'kubelet/n1', staleAt });
  const watch = { process: 'kubelet/n1', kind: 'Pod', reflector: 0 };
  simulation.step({ type: 'deliver', ...watch });
  simulation.step({ type: 'hold', ...watch });
  const isAsking = () => simulation.inFlight.find(({ pass }) => pass.key === 'housekeeping');
  for (let moves = 0; isAsking() === undefined && moves < 100; moves++) {
    assert.ok(simulation.calm(), 'the kubelet asks about what it finds running');
  }
  const named = { process: 'kubelet/n1', actor: 'kubelet/n1', key: 'housekeeping' };
  simulation.step({ type: 'request', ...named, fault: 'request lost' });
  until(cluster, 90);
  assert.equal(uids(cluster, 'container exited'), []);
});

test.run();
