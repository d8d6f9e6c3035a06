/** StatefulSets, claims, volumes and their classes, as the API server takes them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kindOf } from '../../src/api/index.ts';
import { matchingVolume, mismatch } from '../../src/api/volume/volumematching.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';

const test = suite('sets and storage');

const template = {
  metadata: { labels: { app: 'db' } },
  spec: { containers: [{ name: 'c', image: 'db:v1' }] },
};

const set = (spec: Any = {}): Any => ({
  metadata: { name: 'db' },
  spec: { selector: { matchLabels: { app: 'db' } }, serviceName: 'db', template, ...spec },
});

const request = { resources: { requests: { storage: '1Gi' } } };
const claim = (spec: Any = {}): Any => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], ...request, ...spec },
});

const volume = (name: string, spec: Any = {}): Any => ({
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    hostPath: { path: '/data' },
    ...spec,
  },
});

const refusal = (kind: string, object: Any): string => {
  const namespace = kindOf(kind)!.namespaced ? { namespace: 'default' } : {};
  return new TestCluster().refused({ verb: 'create', kind, ...namespace, object }).message ?? '';
};

test('a StatefulSet is defaulted: ordered, rolling, retaining', () => {
  const { spec, status } = new TestCluster().create('StatefulSet', set());
  assert.is(spec.podManagementPolicy, 'OrderedReady');
  assert.equal(spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } });
  assert.equal(spec.persistentVolumeClaimRetentionPolicy, {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  });
  assert.is(spec.revisionHistoryLimit, 10);
  assert.equal(status, { replicas: 0, availableReplicas: 0 });
});

test('an update strategy that is named brings no rollingUpdate with it', () => {
  const named = { updateStrategy: { type: 'RollingUpdate' } };
  const { spec } = new TestCluster().create('StatefulSet', set(named));
  assert.equal(spec.updateStrategy, { type: 'RollingUpdate' });
});

test('claim templates are claims that wait', () => {
  const templates = { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim().spec }] };
  const { spec } = new TestCluster().create('StatefulSet', set(templates));
  const [made] = spec.volumeClaimTemplates;
  assert.is(made.kind, 'PersistentVolumeClaim');
  assert.is(made.spec.volumeMode, 'Filesystem');
  assert.equal(made.status, { phase: 'Pending' });
});

test('what a StatefulSet may not say', () => {
  for (const [spec, told] of [
    [
      { podManagementPolicy: 'Foo' },
      "spec.podManagementPolicy: Invalid value: \"Foo\": must be 'OrderedReady' or 'Parallel'",
    ],
    [
      { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
      'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
    ],
    [
      { ordinals: { start: -1 } },
      'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
    ],
  ] as const) {
    assert.is(refusal('StatefulSet', set(spec)), `StatefulSet.apps "db" is invalid: ${told}`);
  }
});

test('of a StatefulSet only some fields change', () => {
  const cluster = new TestCluster();
  cluster.create('StatefulSet', set());
  const named = { kind: 'StatefulSet', namespace: 'default', name: 'db' };
  const change = (patch: Any) => ({ verb: 'patch', ...named, patchType: 'merge', patch }) as const;
  cluster.ok(change({ spec: { replicas: 3, minReadySeconds: 1, revisionHistoryLimit: 1 } }));
  const { message } = cluster.refused(change({ spec: { serviceName: 'other' } }));
  assert.match(message ?? '', /spec: Forbidden: updates to statefulset spec for fields other than/);
});

test('claims and volumes are held by finalizers, and begin as Pending', () => {
  const cluster = new TestCluster();
  const made = cluster.create('PersistentVolumeClaim', claim());
  assert.equal(made.metadata.finalizers, ['kubernetes.io/pvc-protection']);
  assert.equal(made.status, { phase: 'Pending' });
  const { metadata, spec, status } = cluster.create('PersistentVolume', volume('pv-1'));
  assert.equal(metadata.finalizers, ['kubernetes.io/pv-protection']);
  assert.is(spec.persistentVolumeReclaimPolicy, 'Retain');
  assert.is(status.phase, 'Pending');
});

test('a claim that names no class gets the newest default one, and "" is a name', () => {
  const cluster = new TestCluster();
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  for (const name of ['old', 'new']) {
    const metadata = { name, annotations };
    cluster.create('StorageClass', { metadata, provisioner: 'x.y/z' });
    cluster.now += 5_000;
  }
  assert.is(cluster.create('PersistentVolumeClaim', claim()).spec.storageClassName, 'new');
  const without = { ...claim({ storageClassName: '' }), metadata: { name: 'none' } };
  assert.is(cluster.create('PersistentVolumeClaim', without).spec.storageClassName, '');
});

test('a claim that is not bound neither grows nor changes its modes, but may name its volume', () => {
  const cluster = new TestCluster();
  cluster.create('PersistentVolumeClaim', claim());
  const named = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data' };
  const change = (spec: Any) =>
    ({ verb: 'patch', ...named, patchType: 'merge', patch: { spec } }) as const;
  for (const spec of [
    { resources: { requests: { storage: '2Gi' } } },
    { accessModes: ['ReadWriteMany'] },
  ]) {
    assert.match(cluster.refused(change(spec)).message ?? '', /spec is immutable after creation/);
  }
  assert.is(cluster.ok(change({ volumeName: 'pv-1' })).spec.volumeName, 'pv-1');
});

test('a volume has one source, some capacity and some access mode', () => {
  const told = refusal('PersistentVolume', { metadata: { name: 'c' }, spec: {} });
  assert.is(
    told,
    'PersistentVolume "c" is invalid: [spec.accessModes: Required value, spec.capacity: Required value, spec.capacity: Unsupported value: null: supported values: "storage", spec: Required value: must specify a volume type]',
  );
});

const stored = (name: string, spec: Any = {}, status: Any = { phase: 'Available' }): Any => ({
  ...volume(name, spec),
  status,
});

test('a claim takes the smallest volume that is large enough', () => {
  const volumes = [
    stored('large', { capacity: { storage: '9Gi' } }),
    stored('fits', { capacity: { storage: '2Gi' } }),
    stored('small', { capacity: { storage: '500Mi' } }),
    stored('taken', { claimRef: { namespace: 'default', name: 'other' } }),
    stored('new', {}, { phase: 'Pending' }),
  ];
  const wanted = {
    ...claim({ storageClassName: '' }),
    metadata: { namespace: 'default', name: 'd' },
  };
  assert.is(matchingVolume(wanted, { volumes })?.metadata.name, 'fits');
  assert.is(matchingVolume(wanted, { volumes, delayed: true }), undefined);
});

test('a volume that is kept for a claim is taken before any other, whatever its class', () => {
  const claimRef = { namespace: 'default', name: 'd' };
  const kept = stored('kept', { capacity: { storage: '9Gi' }, claimRef, storageClassName: 'x' });
  const wanted = { ...claim(), metadata: { namespace: 'default', name: 'd', uid: 'u' } };
  const volumes = [stored('fits'), kept];
  assert.is(matchingVolume(wanted as Any, { volumes, delayed: true }), kept);
  assert.is(mismatch(kept, wanted as Any), 'storageClassName does not match');
});

test('the binder looks first at volumes with the fewest access modes, the scheduler at sizes', () => {
  const claimRef = { namespace: 'default', name: 'd' };
  const both = { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] };
  const wanted: Any = { ...claim({ storageClassName: '' }), metadata: { ...claimRef, uid: 'u' } };
  const exact = stored('exact', { capacity: { storage: '9Gi' } });
  const more = stored('more', both);
  const kept = stored('kept', { ...both, claimRef });
  const nowhere = { ...kept, spec: { ...kept.spec, accessModes: ['ReadOnlyMany'] } };
  const name = (volumes: readonly Any[], here?: boolean): string | undefined =>
    matchingVolume(wanted, {
      volumes,
      ...(here === undefined ? {} : { reachable: () => here }),
    })?.metadata.name;
  assert.is(name([exact, more, kept]), 'exact');
  assert.is(name([more, kept]), 'kept');
  assert.is(name([nowhere]), undefined);
  assert.is(name([exact, more], true), 'more');
  assert.is(name([exact, nowhere], true), 'kept');
  assert.is(name([exact, kept], false), undefined);
});

test('a volume of other attributes fits no claim, and neither does one on its way out', () => {
  const wanted: Any = { ...claim({ storageClassName: '' }), metadata: { name: 'd' } };
  const fast = stored('fast', { volumeAttributesClassName: 'fast' });
  assert.is(matchingVolume(wanted, { volumes: [fast] }), undefined);
  assert.is(mismatch(fast, wanted), 'volumeAttributesClassName does not match');
  const going = stored('going');
  going.metadata = { ...going.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  assert.is(mismatch(going, wanted), 'the volume is marked for deletion "going"');
});

test('what a claim is filled from is said in both fields, or in none', () => {
  const cluster = new TestCluster();
  const base = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const made = (name: string, sources: object) => {
    const { spec } = cluster.create('PersistentVolumeClaim', {
      metadata: { name },
      spec: { ...base, ...sources },
    });
    return [spec.dataSource, spec.dataSourceRef];
  };
  const claim = { kind: 'PersistentVolumeClaim', name: 'x' };
  const book = { apiGroup: 'example.com', kind: 'Book', name: 'x' };
  assert.equal(made('a', { dataSource: claim }), [claim, claim]);
  assert.equal(made('b', { dataSourceRef: book }), [book, book]);
  assert.equal(
    made('c', { dataSource: book }),
    [undefined, undefined],
    'the older field knows it not',
  );
  const foreign = { ...claim, namespace: 'other' };
  assert.equal(made('d', { dataSourceRef: foreign }), [undefined, undefined]);
});

test.run();
