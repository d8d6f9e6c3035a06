/** In-place resizes: what a kubelet makes of them, and what it tells meanwhile (KEP-1287). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event } from '../../src/api/event.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Container, PodSpec, ResourceRequirements } from '../../src/api/pod/podspec.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import { usageOf } from '../../src/scheduler/resources.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { create } from './lives.ts';

const test = suite('kubelet: resizes');

const of = (cpu: string, limit: string): ResourceRequirements => ({
  requests: { cpu, memory: '64Mi' },
  limits: { cpu: limit, memory: '128Mi' },
});

/** One node of 2 CPUs, on which something runs. */
function clusterWith(pods: Readonly<Record<string, Partial<Container>>>): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1', cpu: '2' }] });
  settle(cluster.simulation, { horizonMs: 1_000 });
  for (const [name, container] of Object.entries(pods)) {
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'web:1', ...container }] },
    };
    create(cluster, object as never);
  }
  settle(cluster.simulation, { horizonMs: 20_000 });
  return cluster;
}

function resize({ simulation }: Cluster, name: string, resources: ResourceRequirements): void {
  const patched = simulation.submit({
    verb: 'patch',
    kind: 'Pod',
    namespace: 'default',
    name,
    subresource: 'resize',
    patchType: 'strategic',
    patch: { spec: { containers: [{ name: 'c', resources }] } },
  });
  assert.ok(patched.ok, patched.ok ? '' : patched.status.message);
  settle(simulation, { horizonMs: 20_000 });
}

const podOf = ({ simulation }: Cluster, name: string): Pod =>
  simulation.store.get<Pod>('Pod', `default/${name}`)!;

const containerOf = (cluster: Cluster, name: string) =>
  podOf(cluster, name).status.containerStatuses![0]!;

const resizeConditions = ({ status: { conditions = [] } }: Pod): readonly string[] =>
  conditions.flatMap(({ type, reason = '', message = '' }) =>
    type.startsWith('PodResize') ? [`${type} ${reason} ${message}`.trim()] : [],
  );

/** What the statuses of a Pod said of its resize, one after the other. */
function toldOf({ simulation }: Cluster, name: string): readonly string[] {
  const told = simulation.log.entries.flatMap((entry) => {
    const { type, kind, key, after } = entry as WriteEntry;
    if (type !== 'write' || kind !== 'Pod' || key !== `default/${name}`) return [];
    return after === undefined ? [] : [resizeConditions(after as Pod).join(', ')];
  });
  return told.filter((text, i) => text !== told[i - 1]);
}

const eventsOf = ({ simulation }: Cluster): readonly string[] =>
  simulation.store
    .view()
    .list<Event>('Event')
    .filter(({ reason }) => /^Resize|^Killing$/.test(reason!))
    .map(({ reason, message }) => `${reason}: ${message}`);

test('a Pod tells from the beginning what it may use and what is set aside for it', () => {
  const cluster = clusterWith({ a: { resources: of('500m', '1') }, b: {} });
  const { resources, allocatedResources } = containerOf(cluster, 'a');
  assert.equal(resources, of('500m', '1'));
  assert.equal(allocatedResources, of('500m', '1').requests);
  assert.equal(containerOf(cluster, 'b').resources, {});
  assert.is(containerOf(cluster, 'b').allocatedResources, undefined);
});

test('what fits is allocated, and given to the container as it runs', () => {
  const cluster = clusterWith({ a: { resources: of('500m', '1') } });
  resize(cluster, 'a', of('700m', '2'));
  const pod = podOf(cluster, 'a');
  const { resources, allocatedResources, restartCount } = containerOf(cluster, 'a');
  assert.equal(resources, of('700m', '2'));
  assert.equal(allocatedResources, of('700m', '2').requests);
  assert.is(restartCount, 0);
  assert.is(pod.metadata.generation, 2);
  assert.is(pod.status.observedGeneration, 2);
  assert.equal(toldOf(cluster, 'a'), ['', 'PodResizeInProgress', '']);
  const json =
    '{"containers":[{"name":"c","resources":{"limits":{"cpu":"2","memory":"128Mi"},"requests":{"cpu":"700m","memory":"64Mi"}}}],"generation":2}';
  assert.equal(eventsOf(cluster), [
    `ResizeStarted: Pod resize started: ${json}`,
    `ResizeCompleted: Pod resize completed: ${json}`,
  ]);
});

test('a container whose policy says so is started anew, if that resource changes', () => {
  const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] as const;
  const cluster = clusterWith({ a: { resources: of('500m', '1'), resizePolicy } });
  resize(cluster, 'a', of('600m', '1'));
  assert.is(containerOf(cluster, 'a').restartCount, 0);
  const more = { ...of('600m', '1'), limits: { cpu: '1', memory: '256Mi' } };
  resize(cluster, 'a', more);
  const { restartCount, resources, state } = containerOf(cluster, 'a');
  assert.is(restartCount, 1);
  assert.equal(resources, more);
  assert.ok(state?.running);
  assert.ok(eventsOf(cluster).includes('Killing: Container c resize requires restart'));
  assert.equal(resizeConditions(podOf(cluster, 'a')), []);
});

test('what does not fit is deferred until others make room', () => {
  const cluster = clusterWith({
    a: { resources: of('500m', '2') },
    b: { resources: of('1200m', '2') },
  });
  resize(cluster, 'a', of('1500m', '2'));
  const why = "Node didn't have enough resource: cpu, requested: 1500, used: 1200, capacity: 2000";
  assert.equal(resizeConditions(podOf(cluster, 'a')), [`PodResizePending Deferred ${why}`]);
  assert.equal(containerOf(cluster, 'a').resources, of('500m', '2'));
  resize(cluster, 'b', of('400m', '2'));
  assert.equal(resizeConditions(podOf(cluster, 'a')), []);
  assert.equal(containerOf(cluster, 'a').resources, of('1500m', '2'));
  const pending = `PodResizePending Deferred ${why}`;
  assert.equal(toldOf(cluster, 'a'), ['', pending, 'PodResizeInProgress', '']);
});

test('a deferred resize is done when a Pod of the node is gone, and given up when it is taken back', () => {
  const cluster = clusterWith({
    a: { resources: of('500m', '2') },
    b: { resources: of('1200m', '2') },
  });
  resize(cluster, 'a', of('1500m', '2'));
  resize(cluster, 'a', of('500m', '2'));
  assert.equal(resizeConditions(podOf(cluster, 'a')), []);
  resize(cluster, 'a', of('1500m', '2'));
  assert.is(resizeConditions(podOf(cluster, 'a')).length, 1);
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace: 'default', name: 'b' });
  settle(cluster.simulation, { horizonMs: 60_000 });
  assert.equal(containerOf(cluster, 'a').resources, of('1500m', '2'));
});

test('the scheduler counts what is promised and what is had', () => {
  const cluster = clusterWith({
    a: { resources: of('500m', '2') },
    b: { resources: of('1', '2') },
  });
  resize(cluster, 'a', of('1500m', '2'));
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'late' },
    spec: { containers: [{ name: 'c', image: 'i', resources: of('300m', '1') }] },
  } as never);
  settle(cluster.simulation, { horizonMs: 20_000 });
  assert.is(podOf(cluster, 'late').spec.nodeName, undefined, 'there is no room for both');
});

test('a kubelet that starts again knows what it had promised', () => {
  const cluster = clusterWith({
    a: { resources: of('500m', '2') },
    b: { resources: of('1200m', '2') },
  });
  resize(cluster, 'a', of('1500m', '2'));
  cluster.simulation.step({ type: 'crash', process: 'kubelet/n1' });
  settle(cluster.simulation, { horizonMs: 60_000 });
  assert.is(resizeConditions(podOf(cluster, 'a')).length, 1);
  assert.equal(containerOf(cluster, 'a').resources, of('500m', '2'));
  assert.equal(containerOf(cluster, 'a').restartCount, 0);
});

/** A Pod with a spec of its own on the only node. */
function podWith(spec: Partial<PodSpec>): Cluster {
  const cluster = clusterWith({});
  const own = { containers: [{ name: 'c', image: 'web:1' }], ...spec };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: own } as never);
  settle(cluster.simulation, { horizonMs: 20_000 });
  return cluster;
}

function resizeTo({ simulation }: Cluster, spec: unknown): void {
  const patched = simulation.submit({
    verb: 'patch',
    kind: 'Pod',
    namespace: 'default',
    name: 'a',
    subresource: 'resize',
    patchType: 'strategic',
    patch: { spec },
  });
  assert.ok(patched.ok, patched.ok ? '' : patched.status.message);
  settle(simulation, { horizonMs: 20_000 });
}

test('a Pod that asks as a whole tells what it may use, and is resized as a whole', () => {
  const cluster = podWith({ resources: of('500m', '1') });
  const before = podOf(cluster, 'a').status;
  assert.equal(before.resources, of('500m', '1'));
  assert.equal(before.allocatedResources, of('500m', '1').requests);
  assert.is(before.qosClass, 'Burstable');
  resizeTo(cluster, { resources: of('700m', '2') });
  const { status } = podOf(cluster, 'a');
  assert.equal(status.resources, of('700m', '2'));
  assert.equal(status.allocatedResources, of('700m', '2').requests);
  assert.is(status.containerStatuses![0]!.restartCount, 0);
  assert.equal(toldOf(cluster, 'a'), ['', 'PodResizeInProgress', '']);
});

test('a Pod that may have no more as a whole keeps what it has, and the scheduler counts both', () => {
  const cluster = podWith({ resources: of('500m', '2') });
  const big = { containers: [{ name: 'c', image: 'i', resources: of('1200m', '2') }] };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, spec: big } as never);
  settle(cluster.simulation, { horizonMs: 20_000 });
  resizeTo(cluster, { resources: of('900m', '2') });
  const { status } = podOf(cluster, 'a');
  assert.match(resizeConditions(podOf(cluster, 'a'))[0]!, /^PodResizePending Deferred/);
  assert.equal(status.allocatedResources, of('500m', '2').requests);
  const { plain } = usageOf(podOf(cluster, 'a'));
  assert.is(plain.cpuMilli, 900, 'the most of what it asks for, has and was promised');
});

test('an init container that waits or runs is resized, and one that has ended changes nothing', () => {
  const init = { name: 'first', image: 'task:1', resources: of('500m', '1') };
  const annotations = { 'kubestep.dev/behaviour': 'exitAfter: 20s' };
  const cluster = clusterWith({});
  const spec = { initContainers: [init], containers: [{ name: 'c', image: 'web:1' }] };
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', annotations },
    spec,
  } as never);
  settle(cluster.simulation, { horizonMs: 5_000 });
  const first = () => podOf(cluster, 'a').status.initContainerStatuses![0]!;
  assert.ok(first().state?.running, 'it runs');
  const simulation = cluster.simulation;
  const patched = simulation.submit({
    verb: 'patch',
    kind: 'Pod',
    namespace: 'default',
    name: 'a',
    subresource: 'resize',
    patchType: 'strategic',
    patch: { spec: { initContainers: [{ name: 'first', resources: of('700m', '1') }] } },
  });
  assert.ok(patched.ok);
  settle(simulation, { horizonMs: 5_000 });
  assert.ok(first().state?.running, 'it still runs');
  assert.equal(first().resources, of('700m', '1'));
  assert.equal(resizeConditions(podOf(cluster, 'a')), []);
  settle(simulation, { horizonMs: 60_000 });
  assert.ok(first().state?.terminated, 'it has ended');
  resizeTo(cluster, { initContainers: [{ name: 'first', resources: of('900m', '1') }] });
  assert.equal(resizeConditions(podOf(cluster, 'a')), []);
  assert.equal(first().allocatedResources, of('900m', '1').requests);
});

test.run();
