/** ConfigMaps and Secrets that a Pod names (kubelet-01): what is not there keeps it from starting, in upstream's words. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event } from '../../src/api/event.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { create, quiet, until } from './lives.ts';

const test = suite('references');

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg' } };

function run(container: object, pod: object = {}): Cluster {
  const cluster = quiet([]);
  const spec = { containers: [{ name: 'c', image: 'web:1', ...container }], ...pod };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as never);
  return cluster;
}

const podOf = ({ simulation }: Cluster) => simulation.store.get<Pod>('Pod', 'default/p');

const waiting = (cluster: Cluster) => {
  const { reason, message } = podOf(cluster)?.status.containerStatuses?.[0]?.state?.waiting ?? {};
  return [reason, message].filter((part) => part !== undefined).join(': ');
};

const told = ({ simulation }: Cluster, reason: string): readonly string[] =>
  simulation.store
    .view()
    .list<Event>('Event')
    .filter((event) => event.reason === reason)
    .map(({ message }) => message!);

const keyed = (kind: 'configMap' | 'secret', more: object = {}) => ({
  env: [{ name: 'A', valueFrom: { [`${kind}KeyRef`]: { name: 'cfg', key: 'a', ...more } } }],
});

test('a variable of what is not there: CreateContainerConfigError, and Failed says it too', () => {
  for (const [container, message] of [
    [keyed('configMap'), 'configmap "cfg" not found'],
    [keyed('secret'), 'secret "cfg" not found'],
    [{ envFrom: [{ secretRef: { name: 'all' } }] }, 'secret "all" not found'],
  ] as const) {
    const cluster = run(container);
    until(cluster, 5);
    assert.is(waiting(cluster), `CreateContainerConfigError: ${message}`);
    assert.ok(told(cluster, 'Failed').includes(`Error: ${message}`));
  }
});

test('a key that is missing is told, and what is optional is left out', () => {
  const lacking = run(keyed('configMap'));
  create(lacking, { ...configMap, data: { b: '1' } } as never);
  until(lacking, 60);
  assert.match(waiting(lacking), /couldn't find key a in ConfigMap default\/cfg/);
  const optional = run({
    ...keyed('configMap', { optional: true }),
    envFrom: [{ secretRef: { name: 'none', optional: true } }],
  });
  until(optional, 5);
  assert.is(podOf(optional)!.status.phase, 'Running');
});

test('it starts when the object comes', () => {
  const cluster = run(keyed('configMap'));
  until(cluster, 5);
  create(cluster, { ...configMap, data: { a: '1' } } as never);
  until(cluster, 60);
  assert.is(podOf(cluster)!.status.phase, 'Running');
});

const mounted = (volume: object, name = 'v'): [object, object] => [
  { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
  { volumes: [{ name, ...volume }] },
];

test('a volume of what is not there: FailedMount, later each time, and no sandbox', () => {
  for (const [volume, message] of [
    [{ configMap: { name: 'cfg' } }, 'configmap "cfg" not found'],
    [{ secret: { secretName: 'tls' } }, 'secret "tls" not found'],
    [
      { projected: { sources: [{ secret: { name: 'a' } }, { configMap: { name: 'b' } }] } },
      '[secret "a" not found, configmap "b" not found]',
    ],
  ] as const) {
    const cluster = run(...mounted(volume));
    until(cluster, 40);
    assert.is(waiting(cluster), 'ContainerCreating');
    assert.equal(told(cluster, 'FailedMount'), [
      `MountVolume.SetUp failed for volume "v" : ${message}`,
    ]);
    const [{ count }] = cluster.simulation.store
      .view()
      .list<Event>('Event')
      .filter(({ reason }) => reason === 'FailedMount') as [Event];
    // At 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s.
    assert.is(count, 7);
    const { runtime } = cluster.simulation.log.entries.reduce(
      (found, { type }) => ({ runtime: found.runtime || type === 'runtime' }),
      { runtime: false },
    );
    assert.is(runtime, false);
  }
});

test('a key that a volume names must be there; a volume that nobody mounts is not set up', () => {
  const items = [{ key: 'a', path: 'a' }];
  const lacking = run(...mounted({ configMap: { name: 'cfg', items } }));
  create(lacking, configMap as never);
  until(lacking, 10);
  assert.ok(
    told(lacking, 'FailedMount').some((text) =>
      text.endsWith('references non-existent config key: a'),
    ),
  );
  const unused = run({}, { volumes: [{ name: 'v', configMap: { name: 'cfg' } }] });
  until(unused, 10);
  assert.is(podOf(unused)!.status.phase, 'Running');
});

test('a Pod that waits for its volumes can be deleted', () => {
  const cluster = run(...mounted({ configMap: { name: 'cfg' } }));
  until(cluster, 5);
  const named = { kind: 'Pod', namespace: 'default', name: 'p' };
  cluster.simulation.submit({ verb: 'delete', ...named });
  until(cluster, 10);
  assert.is(podOf(cluster), undefined);
});

test('a pull secret that is not there is told, and the pull is tried', () => {
  const cluster = run({}, { imagePullSecrets: [{ name: 'reg' }] });
  until(cluster, 10);
  assert.is(podOf(cluster)!.status.phase, 'Running');
  assert.equal(told(cluster, 'FailedToRetrieveImagePullSecret'), [
    'Unable to retrieve some image pull secrets (reg); attempting to pull the image may not succeed.',
  ]);
});

test.run();
