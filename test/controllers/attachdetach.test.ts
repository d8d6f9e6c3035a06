/** Where volumes are, and who waits for them (ctl-08 §E, kubelet-01 step 7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { type Any, nodeOf, podOf, submit, taint, until } from './machines.ts';

const test = suite('attach/detach');

const storageClass: Any = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'made' },
  provisioner: 'csi.example.com',
};

const claim = (accessMode: string): Any => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    accessModes: [accessMode],
    storageClassName: 'made',
    resources: { requests: { storage: '1Gi' } },
  },
});

const user = (name: string, node: string): Any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeSelector: { 'kubernetes.io/hostname': node },
    // It stays where it is, whatever becomes of its node.
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'c', image: 'db:v1', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
  },
});

const create = (cluster: Cluster, object: Any): void =>
  submit(cluster, { verb: 'create', kind: object.kind, namespace: 'default', object });

const remove = (cluster: Cluster, name: string, options: Any = {}): void =>
  submit(cluster, { verb: 'delete', kind: 'Pod', namespace: 'default', name, options });

function clusterWith(...objects: readonly Any[]): Cluster {
  const nodes = [{ name: 'n1' }, { name: 'n2' }];
  const behaviour = [{ image: '*', stop: '2s' }];
  const cluster = createCluster({ nodes, behaviour, heartbeats: true });
  until(cluster, 1);
  for (const object of [storageClass, ...objects]) create(cluster, object);
  until(cluster, 2);
  return cluster;
}

/** As `n1 attached`, in the order in which they were asked for. */
const places = ({ simulation }: Cluster): readonly string[] =>
  simulation.store
    .view()
    .list('VolumeAttachment')
    .map(({ spec, status }: Any) => `${spec.nodeName}${status.attached ? ' attached' : ''}`);

const said = ({ simulation }: Cluster, pod: string): readonly string[] =>
  simulation.store
    .view()
    .list('Event')
    .filter(
      ({ involvedObject, reason }: Any) => involvedObject.name === pod && /Attach/.test(reason),
    )
    .map(({ reason, message }: Any) => `${reason}: ${message}`);

const volumeOf = ({ simulation }: Cluster): string =>
  simulation.store.view().list('PersistentVolume')[0]!.metadata.name;

test('a Pod starts when its volume is at its node, and both sides say so', () => {
  const cluster = clusterWith(claim('ReadWriteOnce'), user('a', 'n1'));
  until(cluster, 20);
  const volume = volumeOf(cluster);
  const name = `kubernetes.io/csi/csi.example.com^${volume}`;
  assert.is(podOf(cluster, 'a').status.phase, 'Running');
  assert.equal(places(cluster), ['n1 attached']);
  assert.equal(nodeOf(cluster, 'n1').status.volumesInUse, [name]);
  assert.equal(nodeOf(cluster, 'n1').status.volumesAttached, [{ name, devicePath: '' }]);
  assert.equal(said(cluster, 'a'), [
    `SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume "${volume}" `,
  ]);
});

test('the name of an attachment is the hash of volume, driver and node', () => {
  const volume = {
    ...claim('ReadWriteOnce'),
    metadata: { name: 'by-hand' },
    kind: 'PersistentVolume',
  };
  const { resources: _, ...spec } = volume.spec;
  volume.spec = {
    ...spec,
    capacity: { storage: '1Gi' },
    csi: { driver: 'd', volumeHandle: 'h' },
    claimRef: { namespace: 'default', name: 'data' },
  };
  const cluster = clusterWith(volume, claim('ReadWriteOnce'), user('a', 'n1'));
  until(cluster, 20);
  const [attachment] = cluster.simulation.store.view().list('VolumeAttachment');
  // echo -n hdn1 | sha256sum
  assert.is(
    attachment?.metadata.name,
    'csi-8e3bb36fda804646cae96ea9b03b4b77d9b692e45ea0ddda23cccc30a6b1c3fe',
  );
});

test('what may be at one node only is not brought to a second, whose Pod is told who has it', () => {
  const cluster = clusterWith(claim('ReadWriteOnce'), user('a', 'n1'));
  until(cluster, 20);
  create(cluster, user('b', 'n2'));
  until(cluster, 200);
  assert.is(podOf(cluster, 'b').status.phase, 'Pending');
  assert.equal(said(cluster, 'b'), [
    `FailedAttachVolume: Multi-Attach error for volume "${volumeOf(cluster)}" Volume is already used by pod(s) a`,
  ]);
  remove(cluster, 'a');
  until(cluster, 400);
  assert.is(podOf(cluster, 'b').status.phase, 'Running');
  assert.equal(places(cluster), ['n2 attached']);
});

test('what may be at many nodes is', () => {
  const cluster = clusterWith(claim('ReadWriteMany'), user('a', 'n1'), user('b', 'n2'));
  until(cluster, 20);
  assert.is(podOf(cluster, 'a').status.phase, 'Running');
  assert.is(podOf(cluster, 'b').status.phase, 'Running');
  assert.equal([...places(cluster)].sort(), ['n1 attached', 'n2 attached']);
});

test('a driver that need not attach is not asked', () => {
  const driver = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: 'csi.example.com' },
    spec: { attachRequired: false },
  };
  const cluster = clusterWith(driver, claim('ReadWriteOnce'), user('a', 'n1'));
  until(cluster, 20);
  assert.is(podOf(cluster, 'a').status.phase, 'Running');
  assert.equal(places(cluster), []);
});

test('a silent node keeps a volume for six minutes after nobody wants it there', () => {
  const cluster = clusterWith(claim('ReadWriteOnce'), user('a', 'n1'));
  until(cluster, 20);
  cluster.crashNode('n1');
  until(cluster, 100);
  remove(cluster, 'a', { gracePeriodSeconds: 0 });
  create(cluster, user('b', 'n2'));
  until(cluster, 455);
  assert.equal(places(cluster), ['n1 attached']);
  const nobody =
    "Volume is already exclusively attached to one node and can't be attached to another";
  assert.match(said(cluster, 'b')[0]!, nobody);
  until(cluster, 600);
  assert.equal(places(cluster), ['n2 attached']);
  assert.is(podOf(cluster, 'b').status.phase, 'Running');
});

test('a node that is out of service gives it up at once', () => {
  const cluster = clusterWith(claim('ReadWriteOnce'), user('a', 'n1'));
  until(cluster, 20);
  cluster.crashNode('n1');
  until(cluster, 100);
  taint(cluster, 'n1', [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }]);
  remove(cluster, 'a', { gracePeriodSeconds: 0 });
  create(cluster, user('b', 'n2'));
  until(cluster, 110);
  assert.equal(places(cluster), ['n2 attached']);
});

test('a kubelet that starts again does not forget what its containers use', () => {
  const cluster = clusterWith(claim('ReadWriteOnce'), user('a', 'n1'));
  until(cluster, 20);
  const before = nodeOf(cluster, 'n1').status.volumesInUse;
  cluster.simulation.step({ type: 'crash', process: 'kubelet/n1' });
  until(cluster, 60);
  const since = cluster.simulation.log.entries.filter(
    (entry) => entry.type === 'write' && entry.kind === 'Node' && entry.key === 'n1',
  );
  for (const { after } of since.slice(-3) as Any[]) assert.equal(after.status.volumesInUse, before);
  assert.equal(places(cluster), ['n1 attached']);
});

test('what a kubelet finds running and has to end does not keep its volume', () => {
  const cluster = clusterWith(claim('ReadWriteOnce'));
  const { simulation } = cluster;
  const staleAt = simulation.store.revision;
  create(cluster, user('a', 'n1'));
  until(cluster, 20);
  remove(cluster, 'a', { gracePeriodSeconds: 0 });
  simulation.step({ type: 'crash', process: 'kubelet/n1', staleAt });
  const watch = { process: 'kubelet/n1', kind: 'Pod', reflector: 0 };
  simulation.step({ type: 'deliver', ...watch });
  simulation.step({ type: 'hold', ...watch });
  until(cluster, 90);
  assert.is(nodeOf(cluster, 'n1').status.volumesInUse, undefined);
  assert.equal(places(cluster), []);
});

test('a volume stays while the node itself says that it is in use, whatever the cache shows', () => {
  const cluster = clusterWith(claim('ReadWriteOnce'));
  const { simulation } = cluster;
  const process = 'kube-controller-manager';
  const { reflectors } = simulation.process(process)!;
  const reflector = reflectors.findIndex(({ watch }) => watch.kind === 'Node');
  simulation.step({ type: 'hold', process, kind: 'Node', reflector });
  create(cluster, user('a', 'n1'));
  until(cluster, 20);
  assert.is(podOf(cluster, 'a').status.phase, 'Running');
  remove(cluster, 'a', { gracePeriodSeconds: 0 });
  until(cluster, 21);
  assert.ok(nodeOf(cluster, 'n1').status.volumesInUse, 'its container is still on its way out');
  assert.equal(places(cluster), ['n1 attached']);
  until(cluster, 120);
  assert.equal(places(cluster), []);
});

test('a Pod with a claim that is not there is told so', () => {
  const cluster = clusterWith({
    ...user('a', 'n1'),
    spec: { ...user('a', 'n1').spec, nodeName: 'n1' },
  });
  until(cluster, 5);
  const [event] = cluster.simulation.store
    .view()
    .list('Event')
    .filter(({ reason }: Any) => reason === 'FailedMount') as Any[];
  assert.is(
    event.message,
    'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], failed to process volumes=[v]: error processing PVC default/data: failed to fetch PVC from API server: persistentvolumeclaims "data" not found',
  );
});

test.run();
