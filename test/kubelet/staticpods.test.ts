/** Static Pods and their mirrors, live (kubelet-04). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/api/meta.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { ScenarioScript } from '../../src/sim/scenario/script.ts';
import { settle } from '../../src/sim/settle.ts';
import { create, until } from './lives.ts';

const test = suite('static Pods');

const manifest = (image = 'etcd:1', name = 'etcd'): Draft => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'kube-system', labels: { tier: 'control-plane' } },
  spec: { hostNetwork: true, containers: [{ name: 'c', image }] },
});

function clusterWith(...staticPods: readonly Draft[]): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1', staticPods }] });
  until(cluster, 30);
  return cluster;
}

const mirrorIn = ({ simulation }: Cluster, name = 'etcd') =>
  simulation.store.get<Pod>('Pod', `kube-system/${name}-n1`);

/** `uid-of-the-pod event`, the uid numbered in the order of appearance. */
function done({ simulation }: Cluster): readonly string[] {
  const uids: string[] = [];
  return simulation.log.entries.flatMap((entry) => {
    if (entry.type !== 'runtime' || !/container (started|exited)/.test(entry.event)) return [];
    if (!uids.includes(entry.uid)) uids.push(entry.uid);
    return [`${uids.indexOf(entry.uid)} ${entry.event}`];
  });
}

test('a file is run, and the API shows a mirror of it', () => {
  const cluster = clusterWith(manifest());
  const { metadata, spec, status } = mirrorIn(cluster)!;
  const hash = metadata.annotations!['kubernetes.io/config.hash']!;
  assert.match(hash, /^[0-9a-f]{32}$/);
  assert.is(metadata.annotations!['kubernetes.io/config.mirror'], hash);
  assert.is(metadata.annotations!['kubernetes.io/config.source'], 'file');
  const node = cluster.simulation.store.get<Node>('Node', 'n1')!;
  assert.equal(metadata.ownerReferences, [
    { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: node.metadata.uid, controller: true },
  ]);
  assert.ok(
    (spec.tolerations as readonly { effect?: string; operator?: string }[]).some(
      ({ effect, operator }) => effect === 'NoExecute' && operator === 'Exists',
    ),
  );
  assert.is(spec.nodeName, 'n1');
  assert.is(status.phase, 'Running');
  assert.is(status.podIP, status.hostIP, 'it is in the network of its node');
  assert.ok(status.conditions!.some(({ type, status: is }) => type === 'Ready' && is === 'True'));
});

test('who deletes the mirror stops nothing, and it is there again', () => {
  const cluster = clusterWith(manifest());
  const { uid } = mirrorIn(cluster)!.metadata;
  const named = { kind: 'Pod', namespace: 'kube-system', name: 'etcd-n1' };
  for (const gracePeriodSeconds of [30, 0]) {
    cluster.simulation.submit({ verb: 'delete', ...named, options: { gracePeriodSeconds } });
    until(cluster, cluster.simulation.now / 1000 + 5);
  }
  assert.is.not(mirrorIn(cluster)!.metadata.uid, uid);
  assert.is(mirrorIn(cluster)!.status.phase, 'Running');
  assert.equal(done(cluster), ['0 container started']);
});

test('a file that changes is another Pod: the old one ends first', () => {
  const cluster = clusterWith(manifest());
  cluster.writeManifests('n1', [manifest('etcd:2')]);
  until(cluster, 60);
  assert.equal(done(cluster), ['0 container started', '0 container exited', '1 container started']);
  const { spec, status } = mirrorIn(cluster)!;
  assert.is(spec.containers[0]!.image, 'etcd:2');
  assert.is(status.phase, 'Running');
});

test('a file that is taken away ends its Pod and the mirror', () => {
  const cluster = clusterWith(manifest(), manifest('etcd:1', 'other'));
  cluster.writeManifests('n1', [manifest('etcd:1', 'other')]);
  until(cluster, 60);
  assert.is(mirrorIn(cluster), undefined);
  assert.is(mirrorIn(cluster, 'other')!.status.phase, 'Running');
  assert.is(done(cluster).filter((line) => line.endsWith('exited')).length, 1);
});

test('a kubelet that restarts finds its static Pods running, and a mirror without a file goes', () => {
  const cluster = clusterWith(manifest(), manifest('etcd:1', 'other'));
  const { spec } = cluster.simulation.process('kubelet/n1')!;
  cluster.simulation.step({ type: 'crash', process: 'kubelet/n1' });
  until(cluster, 40);
  assert.is(done(cluster).length, 2, 'nothing is started anew');
  assert.is(mirrorIn(cluster)!.status.phase, 'Running');
  cluster.simulation.stop('kubelet/n1');
  cluster.writeManifests('n1', [manifest()]);
  cluster.simulation.start(spec);
  until(cluster, 100);
  assert.is(mirrorIn(cluster, 'other'), undefined);
  assert.is(done(cluster).filter((line) => line.endsWith('exited')).length, 1);
});

test('it is restarted in place for ever, and is never evicted', () => {
  const cluster = createCluster({
    nodes: [{ name: 'n1', memory: '4Gi', staticPods: [manifest()] }],
    behaviour: [
      { image: 'etcd:1', exit: [1, 1, 1], exitAfter: '40s', memory: '4000Mi' },
      { image: 'small', memory: '1Mi' },
    ],
  });
  until(cluster, 25);
  const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'small' }] };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'small' }, spec } as never);
  until(cluster, 100);
  const { phase, containerStatuses } = mirrorIn(cluster)!.status;
  assert.is(phase, 'Running');
  assert.ok(containerStatuses![0]!.restartCount >= 1);
  assert.is(cluster.simulation.store.get<Pod>('Pod', 'default/small')!.status.phase, 'Failed');
});

test('a scenario says the files of a machine, and changes them', () => {
  const source = `
nodes:
  - name: n1
    staticPods: |
      apiVersion: v1
      kind: Pod
      metadata: { name: etcd, namespace: kube-system }
      spec: { containers: [{ name: c, image: "etcd:1" }] }
steps:
  - wait: 10s
  - staticPods: { node: n1 }
  - settle
`;
  const scenario = parseScenario(source, 'static.yaml');
  const cluster = createCluster(scenario);
  cluster.simulation.script = new ScenarioScript(scenario, cluster);
  settle(cluster.simulation, { horizonMs: 60_000 });
  assert.equal(done(cluster), ['0 container started', '0 container exited']);
  assert.is(mirrorIn(cluster), undefined);
});

test.run();
