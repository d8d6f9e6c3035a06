/** Containers that are added to a Pod to look around in it: the subresource, and the kubelet. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { create, quiet, until } from '../kubelet/lives.ts';

const test = suite('ephemeral containers');

function created(metadata: object = {}): Cluster {
  const cluster = quiet([{ image: 'once', exit: 3, exitAfter: '1s' }]);
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...metadata },
    spec: { containers: [{ name: 'c', image: 'web:1' }], nodeName: 'n1' },
  } as never);
  return cluster;
}

function started(): Cluster {
  const cluster = created();
  until(cluster, 10);
  return cluster;
}

const named = { kind: 'Pod', namespace: 'default', name: 'p' };
const podOf = ({ simulation }: Cluster) => simulation.store.get<Pod>('Pod', 'default/p')!;

const add = ({ simulation }: Cluster, ...ephemeralContainers: readonly object[]) =>
  simulation.submit({
    verb: 'patch',
    ...named,
    subresource: 'ephemeralcontainers',
    patchType: 'strategic',
    patch: { spec: { ephemeralContainers } },
  });

const debugger1 = { name: 'debug', image: 'busybox', targetContainerName: 'c' };

test('the kubelet starts it beside the others, and says so', () => {
  const cluster = started();
  assert.ok(add(cluster, debugger1).ok);
  assert.is(podOf(cluster).metadata.generation, 2);
  until(cluster, 20);
  const { phase, ephemeralContainerStatuses, containerStatuses } = podOf(cluster).status;
  assert.is(phase, 'Running');
  const [status] = ephemeralContainerStatuses!;
  assert.equal([status!.name, Boolean(status!.state!.running)], ['debug', true]);
  assert.is(containerStatuses!.length, 1);
});

test('it is never ready, and never said to have started: nobody probes it', () => {
  const cluster = started();
  add(cluster, debugger1);
  until(cluster, 20);
  const { ephemeralContainerStatuses, containerStatuses } = podOf(cluster).status;
  assert.equal(
    [...containerStatuses!, ...ephemeralContainerStatuses!].map((one) => [one.ready, one.started]),
    [
      [true, true],
      [false, undefined],
    ],
  );
});

test('it is never started again, and its end is no matter of the Pod', () => {
  const cluster = started();
  add(cluster, { name: 'once', image: 'once' });
  until(cluster, 60);
  const { phase, conditions, ephemeralContainerStatuses } = podOf(cluster).status;
  const [status] = ephemeralContainerStatuses!;
  assert.equal([status!.state!.terminated!.exitCode, status!.restartCount], [3, 0]);
  assert.is(phase, 'Running');
  assert.ok(conditions!.every(({ status: holds }) => holds === 'True'));
});

test('another one may come, and the Pod ends with all of them', () => {
  const cluster = started();
  add(cluster, debugger1);
  until(cluster, 20);
  assert.ok(add(cluster, { name: 'second', image: 'busybox' }).ok);
  until(cluster, 30);
  assert.is(podOf(cluster).status.ephemeralContainerStatuses!.length, 2);
  cluster.simulation.submit({ verb: 'delete', ...named });
  until(cluster, 90);
  assert.is(podOf(cluster), undefined);
});

const refusals: readonly (readonly [string, readonly object[], RegExp])[] = [
  ['a name that is taken', [{ name: 'c', image: 'x' }], /\[0\]\.name: Duplicate value: "c"/],
  [
    'a target that is not there',
    [{ name: 'd', image: 'x', targetContainerName: 'other' }],
    /\[0\]\.targetContainerName: Not found: "other"/,
  ],
  [
    'ports and probes',
    [{ name: 'd', image: 'x', ports: [{ containerPort: 80 }] }],
    /\[0\]\.ports: Forbidden: cannot be set for an Ephemeral Container/,
  ],
  ['no image', [{ name: 'd' }], /\[0\]\.image: Required value/],
];

for (const [what, containers, message] of refusals) {
  test(`refused: ${what}`, () => {
    const response = add(started(), ...containers);
    assert.not(response.ok);
    if (!response.ok) assert.match(response.status.message!, message);
  });
}

test('one that is there may neither change nor go', () => {
  const cluster = started();
  add(cluster, debugger1);
  const changed = add(cluster, { ...debugger1, image: 'other' });
  assert.match(
    changed.ok ? '' : changed.status.message!,
    /existing ephemeral containers "debug" may not be changed/,
  );
  const { spec, ...pod } = podOf(cluster);
  const { ephemeralContainers: _gone, ...without } = spec;
  const removed = cluster.simulation.submit({
    verb: 'update',
    kind: 'Pod',
    subresource: 'ephemeralcontainers',
    object: { ...pod, spec: without } as Pod,
  });
  assert.match(
    removed.ok ? '' : removed.status.message!,
    /existing ephemeral containers "debug" may not be removed/,
  );
});

test('whatever else the body says is left out; the Pod itself can still be updated', () => {
  const cluster = started();
  cluster.simulation.submit({
    verb: 'patch',
    ...named,
    subresource: 'ephemeralcontainers',
    patchType: 'strategic',
    patch: {
      metadata: { labels: { a: 'b' } },
      spec: { activeDeadlineSeconds: 5, ephemeralContainers: [debugger1] },
    },
  });
  assert.is(podOf(cluster).spec.activeDeadlineSeconds, undefined);
  assert.is(podOf(cluster).metadata.labels, undefined);
  const patched = cluster.simulation.submit({
    verb: 'patch',
    ...named,
    patchType: 'strategic',
    patch: { spec: { containers: [{ name: 'c', image: 'web:2' }] } },
  });
  assert.ok(patched.ok);
});

test('mirrors of static Pods have none', () => {
  const cluster = created({ annotations: { 'kubernetes.io/config.mirror': 'x' } });
  const response = add(cluster, debugger1);
  assert.match(
    response.ok ? '' : response.status.message!,
    /static pods do not support ephemeral containers/,
  );
});

test.run();
