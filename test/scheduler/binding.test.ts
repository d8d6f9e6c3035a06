/** The binding cycle: what is said when it fails, and how it waits for volumes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { podCondition } from '../../src/api/pod/podstatus.ts';
import { provisionerName } from '../../src/controllers/volumeprovisioner.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';

const test = suite('binding cycle');

function create({ simulation }: Cluster, object: object): void {
  const { kind } = object as { readonly kind: string };
  const request = { verb: 'create', kind, namespace: 'default', object: object as Draft } as const;
  assert.ok(simulation.submit(request, 'user').ok);
}

const containers = [{ name: 'c', image: 'i:1' }];

test('a binding that fails is told with the plugin that it failed in', () => {
  const cluster = createCluster({ nodes: [{ name: 'n1' }] });
  const { simulation } = cluster;
  settle(simulation);
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers } });
  while (!simulation.inFlight.some(({ slot }) => slot.process.name === 'kube-scheduler')) {
    simulation.calm();
  }
  const scheduler = { process: 'kube-scheduler', actor: 'kube-scheduler' };
  const next = { type: 'request', ...scheduler, key: 'default/p' } as const;
  simulation.step({ ...next, fault: 'request lost' });
  simulation.step(next);
  const pod = simulation.store.get('Pod', 'default/p') as Pod;
  const { status, reason, message } = podCondition(pod, 'PodScheduled')!;
  assert.equal([status, reason], ['False', 'SchedulerError']);
  assert.match(message!, /^running Bind plugin "DefaultBinder": the server was unable/);
});

const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }];

/** A claim for a volume that is made, by that provisioner, when a Pod wants it on a node. */
function createLateClaim(cluster: Cluster, provisioner: string): void {
  create(cluster, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'late' },
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  create(cluster, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: {
      storageClassName: 'late',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    },
  });
}

test('volumes that are to be made for a Pod are looked after every second', () => {
  const cluster = createCluster({ nodes: [{ name: 'n1' }] });
  settle(cluster.simulation);
  createLateClaim(cluster, provisionerName);
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers, volumes },
  });
  settle(cluster.simulation);
  const writes = cluster.simulation.log.entries.filter((entry) => entry.type === 'write');
  const asked = writes.find(
    ({ by, kind }) => by === 'kube-scheduler' && kind === 'PersistentVolumeClaim',
  );
  const bound = writes.find(({ subresource }) => subresource === 'binding');
  assert.is(bound!.t - asked!.t, 1_000);
});

test('[sched-05] who waits for a volume where room is to be made fails, and the other gets the node', () => {
  const cluster = createCluster({
    nodes: [{ name: 'n1', cpu: '1' }],
    kubelet: 'standIn',
  });
  const { simulation } = cluster;
  settle(simulation);
  createLateClaim(cluster, 'nobody.example.com');
  const resources = { requests: { cpu: '800m' } };
  const big = [{ name: 'c', image: 'i:1', resources }];
  const low = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'low' } };
  create(cluster, { ...low, spec: { containers: big, volumes } });
  settle(simulation, { horizonMs: 5_000 });
  create(cluster, {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1_000,
  });
  const spec = { containers: big, priorityClassName: 'high' };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'high' }, spec });
  settle(simulation, { horizonMs: 500 });
  const podCalled = (name: string) => simulation.store.get('Pod', `default/${name}`) as Pod;
  assert.is(podCalled('high').spec.nodeName, 'n1');
  const { reason, message } = podCondition(podCalled('low'), 'PodScheduled')!;
  assert.is(reason, 'SchedulerError');
  assert.match(message!, /^running PreBind plugin "VolumeBinding": .* canceled$/);
});

test('[sched-02] a Pod that begins to go while it waits for a volume gives back what it took at once', () => {
  const cluster = createCluster({ nodes: [{ name: 'n1', cpu: '1' }], kubelet: 'standIn' });
  const { simulation } = cluster;
  settle(simulation);
  createLateClaim(cluster, 'nobody.example.com');
  const big = [{ name: 'c', image: 'i:1', resources: { requests: { cpu: '800m' } } }];
  const held = { name: 'held', finalizers: ['example.com/held'] };
  const v1 = { apiVersion: 'v1', kind: 'Pod' };
  create(cluster, { ...v1, metadata: held, spec: { containers: big, volumes } });
  settle(simulation, { horizonMs: 5_000 });
  create(cluster, { ...v1, metadata: { name: 'next' }, spec: { containers: big } });
  settle(simulation, { horizonMs: 5_000 });
  const placeOf = () => simulation.store.get<Pod>('Pod', 'default/next')?.spec.nodeName;
  assert.is(placeOf(), undefined);
  const request = { verb: 'delete', kind: 'Pod', namespace: 'default', name: 'held' } as const;
  assert.ok(simulation.submit(request).ok);
  settle(simulation, { horizonMs: 5_000 });
  assert.is(placeOf(), 'n1');
});

test.run();
