/** The binding cycle: what is said when it fails, and how it waits for volumes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod.ts';
import { podCondition } from '../../src/api/podstatus.ts';
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

test('volumes that are to be made for a Pod are looked after every second', () => {
  const cluster = createCluster({ nodes: [{ name: 'n1' }] });
  settle(cluster.simulation);
  create(cluster, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'late' },
    provisioner: provisionerName,
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
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }];
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

test.run();
