/** Claims that a Pod has for itself alone (ctl-08 §E). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { provisionerName } from '../../src/controllers/volumeprovisioner.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('ephemeral volumes');
const namespace = 'default';

const storageClass: Any = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'made' },
  provisioner: provisionerName,
};

const spec = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'made',
  resources: { requests: { storage: '1Gi' } },
};

const pod: Any = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace },
  spec: {
    containers: [{ name: 'c', image: 'web:v1' }],
    volumes: [
      {
        name: 'scratch',
        ephemeral: { volumeClaimTemplate: { metadata: { labels: { team: 'x' } }, spec } },
      },
    ],
  },
};

function submit({ simulation }: Cluster, request: Any): void {
  const response = simulation.submit(request, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
  settle(simulation, { horizonMs: 60_000 });
}

function clusterWith(...objects: readonly Any[]): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1' }] });
  for (const object of objects)
    submit(cluster, { verb: 'create', kind: object.kind, namespace, object });
  return cluster;
}

const get = ({ simulation }: Cluster, kind: string, name: string): Any =>
  simulation.store.view().get(kind, `${namespace}/${name}`);

test('a Pod runs with a claim of its own, made by its template', () => {
  const cluster = clusterWith(storageClass, pod);
  const claim = get(cluster, 'PersistentVolumeClaim', 'web-scratch');
  const { metadata, status } = get(cluster, 'Pod', 'web');
  assert.is(status.phase, 'Running');
  assert.is(claim.status.phase, 'Bound');
  assert.equal(claim.metadata.labels, { team: 'x' });
  assert.equal(claim.metadata.ownerReferences, [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      name: 'web',
      uid: metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ]);
});

test('the claim goes with the Pod', () => {
  const cluster = clusterWith(storageClass, pod);
  submit(cluster, { verb: 'delete', kind: 'Pod', namespace, name: 'web' });
  assert.is(get(cluster, 'PersistentVolumeClaim', 'web-scratch'), undefined);
});

test('a claim of somebody else’s is not touched, and that is told', () => {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'web-scratch' },
    spec,
  };
  const cluster = clusterWith(storageClass, claim, pod);
  assert.is(get(cluster, 'Pod', 'web').status.phase, 'Pending');
  const events = cluster.simulation.store.view().list<Any>('Event');
  const told = events.find(({ source }) => source?.component === 'ephemeral_volume');
  const why = 'PVC default/web-scratch was not created for pod default/web (pod is not owner)';
  assert.equal([told.reason, told.message], ['FailedBinding', `ephemeral volume scratch: ${why}`]);
});

test.run();
