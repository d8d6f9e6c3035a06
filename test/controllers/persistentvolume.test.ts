/** What the binder and the protection controllers decide and write. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { persistentVolumeClaimProtection } from '../../src/controllers/persistentvolumeclaimprotection.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Cluster, createCluster, type KubeletKind } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('persistent volume binder');

const volume = (name: string, spec: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: `/tmp/${name}` },
    ...spec,
  },
});

const claim = (spec: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    resources: { requests: { storage: '1Gi' } },
    ...spec,
  },
});

const user: Any = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'user' },
  spec: {
    containers: [{ name: 'c', image: 'app:v1' }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
  },
};

const storageClass = (spec: Any): Any => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'made' },
  ...spec,
});

const rest = ({ simulation }: Cluster) => settle(simulation, { horizonMs: 60_000 });

function submit({ simulation }: Cluster, request: Any): void {
  const response = simulation.submit(request, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
}

/** A cluster at rest, in which the objects were made one after the other. */
const clusterWith = (...objects: readonly Any[]): Cluster => clusterOf('typical', ...objects);

function clusterOf(kubelet: KubeletKind, ...objects: readonly Any[]): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1' }], kubelet });
  rest(cluster);
  for (const object of objects) {
    submit(cluster, { verb: 'create', kind: object.kind, namespace: 'default', object });
    rest(cluster);
  }
  return cluster;
}

const remove = (cluster: Cluster, kind: string, name: string): void => {
  submit(cluster, { verb: 'delete', kind, namespace: 'default', name });
  rest(cluster);
};

const object = ({ simulation }: Cluster, kind: string, key: string): Any =>
  simulation.store.view().get(kind, key);

const theClaim = (cluster: Cluster): Any =>
  object(cluster, 'PersistentVolumeClaim', 'default/data');
const theVolume = (cluster: Cluster, name = 'pv-1'): Any =>
  object(cluster, 'PersistentVolume', name);

const writesBy = ({ simulation }: Cluster, by: string): readonly string[] =>
  simulation.log.entries
    .filter((entry): entry is WriteEntry => entry.type === 'write' && entry.by === by)
    .map(({ key, subresource }) => (subresource === undefined ? key : `${key}/${subresource}`));

const told = ({ simulation }: Cluster): readonly string[] =>
  simulation.store
    .view()
    .list<Any>('Event')
    .filter(({ source }) => source.component === 'persistentvolume-controller')
    .map(({ reason }) => reason);

test('[V-S1] binds in four writes: each side names the other, then says so', () => {
  const cluster = clusterWith(volume('pv-1'), claim());
  assert.equal(writesBy(cluster, 'persistent-volume-binder'), [
    'pv-1/status',
    'pv-1',
    'pv-1/status',
    'default/data',
    'default/data/status',
  ]);
  const { metadata, spec, status } = theClaim(cluster);
  assert.equal(metadata.annotations, {
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
  });
  assert.is(spec.volumeName, 'pv-1');
  assert.equal(status, {
    phase: 'Bound',
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
  });
  assert.is(theVolume(cluster).spec.claimRef.uid, metadata.uid);
});

test('a claim that nothing fits waits, and gets a volume that comes later', () => {
  const cluster = clusterWith(claim());
  assert.is(theClaim(cluster).status.phase, 'Pending');
  assert.equal(told(cluster), ['FailedBinding']);
  submit(cluster, { verb: 'create', kind: 'PersistentVolume', object: volume('pv-1') });
  rest(cluster);
  assert.is(theClaim(cluster).status.phase, 'Bound');
});

test('[V-S2] a volume is kept, deleted or made free again when its claim is gone', () => {
  for (const [policy, phase] of [
    ['Retain', 'Released'],
    ['Delete', undefined],
    ['Recycle', 'Available'],
  ] as const) {
    const cluster = clusterWith(volume('pv-1', { persistentVolumeReclaimPolicy: policy }), claim());
    remove(cluster, 'PersistentVolumeClaim', 'data');
    assert.is(theVolume(cluster)?.status.phase, phase, policy);
  }
});

test('what cannot be deleted says so', () => {
  const hostPath = { path: '/data/1' };
  const policy = { persistentVolumeReclaimPolicy: 'Delete', hostPath };
  const cluster = clusterWith(volume('pv-1', policy), claim());
  remove(cluster, 'PersistentVolumeClaim', 'data');
  const { phase, message } = theVolume(cluster).status;
  assert.is(phase, 'Failed');
  assert.is(message, 'host_path deleter only supports /tmp/.+ but received provided /data/1');
  assert.ok(told(cluster).includes('VolumeFailedDelete'));
});

test('what no driver made for a claim is deleted by none', () => {
  for (const [source, why] of [
    [{ csi: { driver: 'x.y', volumeHandle: 'v' } }, 'no volume plugin matched'],
    [{ nfs: { server: 's', path: '/' } }, 'no deletable volume plugin matched'],
  ] as const) {
    const spec = { ...source, persistentVolumeReclaimPolicy: 'Delete', hostPath: undefined };
    const cluster = clusterWith(volume('pv-1', spec), claim());
    remove(cluster, 'PersistentVolumeClaim', 'data');
    const { phase, message } = theVolume(cluster).status;
    assert.is(phase, 'Failed');
    const error = 'error getting deleter volume plugin for volume "pv-1"';
    assert.is(message, `${error}: ${why}`);
  }
});

test('[V-S2] a claim stays as long as a Pod uses it, and a volume as long as a claim has it', () => {
  const cluster = clusterWith(volume('pv-1'), claim(), user);
  remove(cluster, 'PersistentVolumeClaim', 'data');
  remove(cluster, 'PersistentVolume', 'pv-1');
  assert.is(theClaim(cluster).status.phase, 'Bound');
  assert.ok(theVolume(cluster).metadata.deletionTimestamp);
  remove(cluster, 'Pod', 'user');
  assert.is(theClaim(cluster), undefined);
  assert.is(theVolume(cluster), undefined);
});

test('a claim stays while a Pod names it, though it has ended; one made for a Pod goes with it', () => {
  const controller = { apiVersion: 'v1', kind: 'Pod', name: 'user', controller: true };
  const named = { name: 'v', persistentVolumeClaim: { claimName: 'user-v' } };
  const made = { name: 'v', ephemeral: { volumeClaimTemplate: { spec: claim().spec } } };
  for (const [what, stays, volumes, isOwner, isPlaced, isShutDown] of [
    ['names it', true, named, false, true, false],
    ['names it, and is shut down', true, named, false, true, true],
    ['names it, and waits for a node', false, named, false, false, false],
    ['it was made for', true, made, true, true, false],
    ['it was made for, and is shut down', false, made, true, true, true],
    ['it was not made for', false, made, false, true, false],
  ] as const) {
    const cluster = new TestCluster();
    const pod = cluster.create('Pod', {
      ...user,
      metadata: { name: 'user', namespace: 'default', finalizers: ['test.io/kept'] },
      spec: { ...user.spec, volumes: [volumes] },
    });
    if (isPlaced) cluster.bind('user');
    cluster.merge('Pod', 'user', { status: { phase: 'Succeeded' } }, 'status');
    if (isShutDown) cluster.delete('Pod', 'user', { gracePeriodSeconds: 0 });
    const ownerReferences = isOwner ? [{ ...controller, uid: pod.metadata.uid }] : [];
    cluster.create('PersistentVolumeClaim', {
      ...claim(),
      metadata: { name: 'user-v', namespace: 'default', ownerReferences },
    });
    cluster.delete('PersistentVolumeClaim', 'user-v');
    pass(persistentVolumeClaimProtection(), 'default/user-v', cluster);
    assert.is(cluster.exists('PersistentVolumeClaim', 'user-v'), stays, what);
  }
});

test('a volume that its user kept for a claim goes to that claim', () => {
  const claimRef = { namespace: 'default', name: 'data' };
  const cluster = clusterWith(volume('pv-1'), volume('kept', { claimRef }), claim());
  assert.is(theClaim(cluster).spec.volumeName, 'kept');
  assert.is(theVolume(cluster, 'kept').metadata.annotations, undefined);
});

test('a claim whose volume is gone is lost', () => {
  const cluster = clusterWith(volume('pv-1'), claim());
  const patch = { metadata: { finalizers: null } };
  const named = { kind: 'PersistentVolume', name: 'pv-1' };
  submit(cluster, { verb: 'delete', ...named });
  submit(cluster, { verb: 'patch', ...named, patchType: 'merge', patch });
  rest(cluster);
  assert.is(theClaim(cluster).status.phase, 'Lost');
  assert.ok(told(cluster).includes('ClaimLost'));
});

test('a class has its volumes made by the driver that it names', () => {
  for (const [provisioner, driver] of [
    ['volumes.kubestep.dev', 'volumes.kubestep.dev'],
    ['kubernetes.io/aws-ebs', 'ebs.csi.aws.com'],
    ['rancher.io/local-path', undefined],
  ]) {
    const named = storageClass({ provisioner });
    const made = clusterWith(named, claim({ storageClassName: 'made' }));
    const name = `pvc-${theClaim(made).metadata.uid}`;
    assert.is(theClaim(made).spec.volumeName, name);
    assert.is(theVolume(made, name).spec.csi?.driver, driver);
    remove(made, 'PersistentVolumeClaim', 'data');
    assert.is(theVolume(made, name), undefined);
  }
});

test('a driver that is not there is waited for, as with the machines of the recordings', () => {
  const foreign = clusterOf(
    'standIn',
    storageClass({ provisioner: 'x.y/z' }),
    claim({ storageClassName: 'made' }),
  );
  assert.is(theClaim(foreign).status.phase, 'Pending');
  const provisioner = 'volume.kubernetes.io/storage-provisioner';
  assert.is(theClaim(foreign).metadata.annotations[provisioner], 'x.y/z');
  assert.equal([...new Set(told(foreign))], ['ExternalProvisioning']);
});

test('a class that waits for its first consumer leaves the choice to the scheduler', () => {
  const cluster = clusterWith(
    storageClass({ provisioner: 'x.y/z', volumeBindingMode: 'WaitForFirstConsumer' }),
    volume('pv-1', { storageClassName: 'made' }),
    claim({ storageClassName: 'made' }),
  );
  assert.is(theClaim(cluster).status.phase, 'Pending');
  assert.is(theVolume(cluster).status.phase, 'Available');
  assert.equal([...new Set(told(cluster))], ['WaitForFirstConsumer']);
});

test('a claim learns the attributes class of its volume, and keeps the size that it was told', () => {
  const fast = { volumeAttributesClassName: 'fast' };
  const csi = { driver: 'x.y', volumeHandle: 'v' };
  const cluster = clusterWith(volume('pv-1', { ...fast, csi, hostPath: undefined }), claim(fast));
  assert.is(theClaim(cluster).status.currentVolumeAttributesClassName, 'fast');
  const patch = { spec: { capacity: { storage: '2Gi' } } };
  const named = { kind: 'PersistentVolume', name: 'pv-1' };
  submit(cluster, { verb: 'patch', ...named, patchType: 'merge', patch });
  rest(cluster);
  assert.equal(theClaim(cluster).status.capacity, { storage: '1Gi' });
});

test("a claim is told that its volume is another one's, though the binder chose it", () => {
  const claimRef = { namespace: 'default', name: 'other', uid: 'gone' };
  const taken = { ...claim({ volumeName: 'pv-1' }) };
  taken.metadata = { name: 'data', annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } };
  const kept = volume('pv-1', { claimRef, persistentVolumeReclaimPolicy: 'Retain' });
  const cluster = clusterWith(kept, taken);
  assert.is(theClaim(cluster).status.phase, 'Pending');
  assert.ok(told(cluster).includes('FailedBinding'));
});

test.run();
