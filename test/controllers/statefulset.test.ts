/** What the StatefulSet controller decides and writes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('statefulset controller');
const by = 'statefulset-controller';

const set = (spec: Any = {}): Any => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: {
      metadata: { labels: { app: 'db' } },
      spec: { containers: [{ name: 'c', image: 'db:v1' }] },
    },
    ...spec,
  },
});

const nodes = [{ name: 'n1' }, { name: 'n2' }];
const rest = ({ simulation }: Cluster) => settle(simulation, { horizonMs: 60_000 });

function submit({ simulation }: Cluster, request: Any): void {
  const response = simulation.submit({ namespace: 'default', ...request }, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
}

/** A cluster at rest with a set in it. */
function clusterWith(spec: Any, ...others: readonly Any[]): Cluster {
  const cluster = createCluster({ nodes, behaviour: [{ image: 'broken', ready: 'never' }] });
  rest(cluster);
  for (const object of [...others, set(spec)]) {
    submit(cluster, { verb: 'create', kind: object.kind, object });
  }
  rest(cluster);
  return cluster;
}

const patch = (cluster: Cluster, change: Any): void =>
  submit(cluster, {
    verb: 'patch',
    kind: 'StatefulSet',
    name: 'db',
    patchType: 'merge',
    patch: { spec: change },
  });

/** What the controller did to Pods and claims since then, in order: `create db-0`. */
const didSince = ({ simulation }: Cluster, length: number): readonly string[] =>
  simulation.log.entries
    .slice(length)
    .filter((entry): entry is WriteEntry => entry.type === 'write' && entry.by === by)
    .filter(({ kind }) => kind === 'Pod' || kind === 'PersistentVolumeClaim')
    .map(({ verb, key }) => `${verb} ${key.slice('default/'.length)}`);

const object = ({ simulation }: Cluster, kind: string, name: string): Any =>
  simulation.store.view().get(kind, `default/${name}`);

const image = (of: string) => ({ template: { spec: { containers: [{ name: 'c', image: of }] } } });

test('[S-S2] creates one Pod after the other, and deletes them from the highest down', () => {
  const cluster = clusterWith({});
  assert.equal(didSince(cluster, 0), ['create db-0', 'create db-1', 'create db-2']);
  const { length } = cluster.simulation.log;
  patch(cluster, { replicas: 1 });
  rest(cluster);
  assert.equal(didSince(cluster, length), ['delete db-2', 'delete db-1']);
});

test('[ctl-03 B.2] a Pod counts as available as soon as it is, and the next one follows', () => {
  const cluster = clusterWith({ minReadySeconds: 5, replicas: 2 });
  const { conditions } = object(cluster, 'Pod', 'db-0').status;
  const ready = conditions.find(({ type }: Any) => type === 'Ready').lastTransitionTime;
  const next = cluster.simulation.log.entries.find(
    (entry) => entry.type === 'write' && entry.key === 'default/db-1' && entry.by === by,
  );
  assert.is(next!.t, Date.parse(ready) - Date.parse('2026-01-01T00:00:00Z') + 5_001);
});

test('a Pod is known by its ordinal', () => {
  const cluster = clusterWith({ ordinals: { start: 5 }, replicas: 1 });
  const pod = object(cluster, 'Pod', 'db-5');
  assert.is(pod.spec.hostname, 'db-5');
  assert.is(pod.spec.subdomain, 'db');
  assert.is(pod.metadata.labels['statefulset.kubernetes.io/pod-name'], 'db-5');
  assert.is(pod.metadata.labels['apps.kubernetes.io/pod-index'], '5');
});

test('a revision is named as a real 1.36 names it', () => {
  const cluster = clusterWith({});
  const { currentRevision, updateRevision } = object(cluster, 'StatefulSet', 'db').status;
  assert.is(currentRevision, 'db-fc885c6b7');
  assert.is(updateRevision, currentRevision);
});

test('[S-S3] updates from the highest ordinal down, and stops at the partition', () => {
  const cluster = clusterWith({ updateStrategy: { rollingUpdate: { partition: 1 } } });
  const { length } = cluster.simulation.log;
  patch(cluster, image('db:v2'));
  rest(cluster);
  assert.equal(didSince(cluster, length), [
    'delete db-2',
    'create db-2',
    'delete db-1',
    'create db-1',
  ]);
});

test('[S-S4] below the partition a Pod comes back as it was', () => {
  const cluster = clusterWith({ updateStrategy: { rollingUpdate: { partition: 3 } } });
  patch(cluster, image('db:v2'));
  rest(cluster);
  submit(cluster, { verb: 'delete', kind: 'Pod', name: 'db-0' });
  rest(cluster);
  assert.is(object(cluster, 'Pod', 'db-0').spec.containers[0].image, 'db:v1');
});

test('OnDelete waits for users to delete', () => {
  const cluster = clusterWith({ updateStrategy: { type: 'OnDelete' } });
  const { length } = cluster.simulation.log;
  patch(cluster, image('db:v2'));
  rest(cluster);
  assert.equal(didSince(cluster, length), []);
  submit(cluster, { verb: 'delete', kind: 'Pod', name: 'db-1' });
  rest(cluster);
  assert.is(object(cluster, 'Pod', 'db-1').spec.containers[0].image, 'db:v2');
});

test('[S-S6] a template that comes back is the old revision with a new number', () => {
  const cluster = clusterWith({ replicas: 1 });
  const revisions = () =>
    cluster.simulation.store
      .view()
      .list<Any>('ControllerRevision')
      .map(({ revision }) => revision)
      .sort();
  patch(cluster, image('db:v2'));
  rest(cluster);
  assert.equal(revisions(), [1, 2]);
  patch(cluster, image('db:v1'));
  rest(cluster);
  assert.equal(revisions(), [2, 3]);
});

test('k/k#67250: a broken revision blocks the one that would mend it', () => {
  const cluster = clusterWith({ replicas: 2 });
  patch(cluster, image('broken'));
  rest(cluster);
  patch(cluster, image('db:v3'));
  rest(cluster);
  assert.is(object(cluster, 'Pod', 'db-1').spec.containers[0].image, 'broken');
  submit(cluster, { verb: 'delete', kind: 'Pod', name: 'db-1' });
  rest(cluster);
  assert.is(object(cluster, 'StatefulSet', 'db').status.updatedReplicas, 2);
});

const made = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'made' },
  provisioner: 'volumes.kubestep.dev',
};

const withClaims = (whenDeleted: string, whenScaled: string) => ({
  replicas: 2,
  persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'made',
        resources: { requests: { storage: '1Gi' } },
      },
    },
  ],
});

test('[S-S5] a claim is made before its Pod, and belongs to the set that takes it along', () => {
  const cluster = clusterWith(withClaims('Delete', 'Retain'), made);
  assert.equal(didSince(cluster, 0).slice(0, 3), [
    'create data-db-0',
    'create db-0',
    'update data-db-0',
  ]);
  const claim = object(cluster, 'PersistentVolumeClaim', 'data-db-0');
  assert.is(claim.metadata.ownerReferences[0].kind, 'StatefulSet');
  assert.is(claim.status.phase, 'Bound');
  submit(cluster, { verb: 'delete', kind: 'StatefulSet', name: 'db' });
  rest(cluster);
  assert.is(object(cluster, 'PersistentVolumeClaim', 'data-db-0'), undefined);
  assert.equal(cluster.simulation.store.view().list('PersistentVolume'), []);
});

test('[S-S5] scaling down takes the claim along with its Pod, if the policy says so', () => {
  const cluster = clusterWith(withClaims('Retain', 'Delete'), made);
  patch(cluster, { replicas: 1 });
  rest(cluster);
  assert.is(object(cluster, 'PersistentVolumeClaim', 'data-db-1'), undefined);
  assert.ok(object(cluster, 'PersistentVolumeClaim', 'data-db-0'));
});

test.run();
