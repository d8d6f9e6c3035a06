/** The eviction manager (kubelet-05): thresholds of every kind, ranking, conditions, limits of disk. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event } from '../../src/api/event.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { UsageError } from '../../src/errors.ts';
import { compareConsumers, compareProcesses } from '../../src/kubelet/node/eviction.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { parseNode } from '../../src/sim/scenario/parse.ts';
import type { BehaviourSpec, NodeSpec } from '../../src/sim/scenario/types.ts';
import { settle } from '../../src/sim/settle.ts';
import { create, until } from './lives.ts';

const test = suite('eviction manager');

function clusterOf(node: Omit<NodeSpec, 'name'>, behaviour: readonly BehaviourSpec[]): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1', ...node }], behaviour });
  settle(cluster.simulation, { horizonMs: 1_000 });
  return cluster;
}

const start = (cluster: Cluster, name: string, spec: object = {}, container: object = {}) =>
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: name, ...container }], ...spec },
  } as never);

const podOf = ({ simulation }: Cluster, name: string) =>
  simulation.store.get<Pod>('Pod', `default/${name}`)!;

const ended = (cluster: Cluster, name: string) => {
  const { phase, reason, message } = podOf(cluster, name).status;
  return [phase, reason, message];
};

const nodeOf = ({ simulation }: Cluster) => simulation.store.get<Node>('Node', 'n1')!;

const condition = (cluster: Cluster, type: string) =>
  nodeOf(cluster).status.conditions!.find((one) => one.type === type)!;

const nodeEvents = ({ simulation }: Cluster): readonly string[] =>
  simulation.store
    .view()
    .list<Event>('Event')
    .filter(({ involvedObject }) => involvedObject?.kind === 'Node')
    .map(({ reason, message }) => `${reason}: ${message}`);

/** When a container ended, in seconds. */
const exits = ({ simulation }: Cluster): readonly number[] =>
  simulation.log.entries.flatMap((entry) =>
    entry.type === 'runtime' && entry.event === 'container exited' ? [entry.t / 1000] : [],
  );

test('a full disk evicts who has written most above its request', () => {
  const cluster = clusterOf({ storage: '10Gi' }, [
    { image: 'writer', disk: [{ at: '20s', use: '9Gi' }] },
    { image: 'modest', disk: '200Mi' },
  ]);
  start(cluster, 'modest');
  start(cluster, 'writer');
  until(cluster, 60);
  const message =
    'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 824Mi. Container c was using 9Gi, request is 0, has larger consumption of ephemeral-storage. ';
  assert.equal(ended(cluster, 'writer'), ['Failed', 'Evicted', message]);
  assert.is(podOf(cluster, 'modest').status.phase, 'Running');
  assert.is(condition(cluster, 'DiskPressure').status, 'True');
  assert.is(condition(cluster, 'DiskPressure').reason, 'KubeletHasDiskPressure');
  assert.ok(
    nodeOf(cluster).spec.taints?.some(({ key }) => key === 'node.kubernetes.io/disk-pressure'),
  );
  assert.ok(
    nodeEvents(cluster).includes('EvictionThresholdMet: Attempting to reclaim ephemeral-storage'),
  );
  until(cluster, 500);
  assert.is(condition(cluster, 'DiskPressure').status, 'False');
});

test('images that nobody uses go first, and may be enough', () => {
  const cluster = clusterOf({ storage: '10Gi' }, [
    { image: 'once', exit: 0, exitAfter: '1s', imageSize: '6Gi' },
    { image: 'writer', imageSize: '1Gi', disk: [{ at: '60s', use: '2Gi' }] },
  ]);
  start(cluster, 'once', { restartPolicy: 'Never' });
  start(cluster, 'writer');
  until(cluster, 20);
  const named = { kind: 'Pod', namespace: 'default', name: 'once' };
  cluster.simulation.submit({ verb: 'delete', ...named });
  until(cluster, 90);
  assert.is(podOf(cluster, 'writer').status.phase, 'Running');
  assert.is(condition(cluster, 'DiskPressure').status, 'True');
});

test('process ids have no threshold of their own; with one, lower priority and more of them go', () => {
  const behaviour: readonly BehaviourSpec[] = [
    { image: 'forker', processes: [{ at: '20s', use: 900 }] },
    { image: 'calm', processes: 5 },
  ];
  const run = (node: Omit<NodeSpec, 'name'>) => {
    const cluster = clusterOf({ pids: 1_000, ...node }, behaviour);
    start(cluster, 'calm');
    start(cluster, 'forker');
    until(cluster, 60);
    return cluster;
  };
  assert.is(podOf(run({}), 'forker').status.phase, 'Running');
  const cluster = run({ evictionHard: { 'pid.available': '10%' } });
  const message = 'The node was low on resource: pids. Threshold quantity: 100, available: 95. ';
  assert.equal(ended(cluster, 'forker'), ['Failed', 'Evicted', message]);
  assert.is(condition(cluster, 'PIDPressure').status, 'True');
});

test('a soft threshold waits for its grace, and leaves the Pod time', () => {
  const cluster = clusterOf(
    {
      memory: '4Gi',
      evictionSoft: { 'memory.available': '1Gi' },
      evictionSoftGracePeriod: { 'memory.available': '1m' },
      evictionMaxPodGracePeriod: 5,
    },
    [{ image: 'hog', memory: [{ at: '10s', use: '3500Mi' }], stop: 'never' }],
  );
  start(cluster, 'hog');
  until(cluster, 40);
  assert.is(condition(cluster, 'MemoryPressure').status, 'True', 'the condition does not wait');
  assert.is(podOf(cluster, 'hog').status.phase, 'Running');
  until(cluster, 120);
  assert.is(ended(cluster, 'hog')[1], 'Evicted');
  const [at] = exits(cluster);
  const met = 20;
  assert.is(at, met + 60 + 5, 'a minute of grace, five seconds to stop');
});

test('a container that writes more than its limit is evicted, without any pressure', () => {
  const limits = (size: string) => ({ resources: { limits: { 'ephemeral-storage': size } } });
  const cluster = clusterOf({}, [{ image: 'writer', disk: [{ at: '5s', use: '2Gi' }] }]);
  start(cluster, 'writer', {}, limits('1Gi'));
  until(cluster, 30);
  assert.equal(ended(cluster, 'writer'), [
    'Failed',
    'Evicted',
    'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
  ]);
  assert.is(condition(cluster, 'DiskPressure').status, 'False');
});

test('[kubelet-05] what all containers of a Pod write counts against the limits that some of them have', () => {
  const limits = { limits: { 'ephemeral-storage': '1G' } };
  const cluster = clusterOf({}, [{ image: 'writer', disk: [{ at: '5s', use: '1500M' }] }]);
  const containers = [
    { name: 'c', image: 'quiet', resources: limits },
    { name: 'w', image: 'writer' },
  ];
  start(cluster, 'mixed', { containers });
  until(cluster, 30);
  assert.equal(ended(cluster, 'mixed').slice(1), [
    'Evicted',
    'Pod ephemeral local storage usage exceeds the total limit of containers 1G. ',
  ]);
});

test('[kubelet-05] evictions go on until as much more than the threshold is there as is asked for', () => {
  const behaviour = ['a', 'b', 'c'].map((image) => ({
    image,
    memory: [{ at: '10s', use: '1200Mi' }],
  }));
  const left = (more: Partial<NodeSpec>) => {
    const cluster = clusterOf(
      { memory: '4Gi', evictionHard: { 'memory.available': '0.5Gi' }, ...more },
      behaviour,
    );
    for (const name of ['a', 'b', 'c']) start(cluster, name);
    until(cluster, 60);
    const { message } = podOf(cluster, 'c').status;
    assert.match(message ?? 'Threshold quantity: 512Mi', /Threshold quantity: 512Mi/);
    return ['a', 'b', 'c'].filter((name) => ended(cluster, name)[1] !== 'Evicted').length;
  };
  assert.is(left({}), 2);
  assert.is(left({ evictionMinimumReclaim: { 'memory.available': '2Gi' } }), 1);
});

test('[kubelet-05] of whom nothing is known goes first: with memory before all, with processes within a priority', () => {
  const known = { priority: 0, request: 0, usage: 5 };
  const unknown = { priority: 9, request: 100, usage: undefined };
  assert.ok(compareConsumers(unknown, known) < 0);
  assert.is(compareConsumers(unknown, { ...unknown, request: 7 }), 0);
  assert.ok(compareProcesses(unknown, known) > 0);
  assert.ok(compareProcesses({ ...unknown, priority: 0 }, known) < 0);
});

test('under disk pressure nobody may come but critical Pods', () => {
  const cluster = clusterOf({ storage: '10Gi' }, [
    { image: 'writer', disk: [{ at: '5s', use: '9Gi' }] },
  ]);
  start(cluster, 'writer', { priorityClassName: 'system-node-critical' });
  until(cluster, 30);
  assert.is(podOf(cluster, 'writer').status.phase, 'Running', 'critical Pods are skipped');
  start(cluster, 'late', { nodeName: 'n1' });
  until(cluster, 40);
  assert.equal(ended(cluster, 'late'), [
    'Failed',
    'Evicted',
    'Pod was rejected: The node had condition: [DiskPressure]. ',
  ]);
});

test('a signal that there is not is told', () => {
  const parse = () => parseNode({ name: 'n', evictionHard: { 'memory.free': '1Gi' } }, 'nodes[0]');
  assert.throws(
    parse,
    (error: unknown) =>
      error instanceof UsageError && /no signal "memory.free"/.test(error.message),
  );
});

test.run();
