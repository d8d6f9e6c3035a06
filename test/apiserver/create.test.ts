/** Creating objects: what the server fills in, and what it refuses (api-02 §2). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { creation, deployment, pod, podSpec, TestCluster } from './cluster.ts';

const test = suite('create');

test('fills in what only the server knows', () => {
  const cluster = new TestCluster();
  cluster.now = 65_000;
  const created = cluster.create('Deployment', deployment('web', {}, { labels: { a: 'b' } }));
  const { uid, ...metadata } = created.metadata;
  assert.match(uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(metadata, {
    name: 'web',
    namespace: 'default',
    resourceVersion: '2',
    generation: 1,
    creationTimestamp: '2026-01-01T00:01:05Z',
    labels: { a: 'b' },
  });
  assert.equal(created.status, {});
  assert.is(cluster.store.get('Deployment', 'default/web'), created);
});

test('drops what only the server may say', () => {
  const cluster = new TestCluster();
  const theirs = {
    uid: 'abc',
    creationTimestamp: '2001-01-01T00:00:00Z',
    deletionTimestamp: '2001-01-01T00:00:00Z',
    deletionGracePeriodSeconds: 3,
    generation: 7,
    labels: {},
    finalizers: [],
  };
  const created = cluster.create('Pod', {
    ...pod('p', podSpec, theirs),
    status: { phase: 'Failed' },
  });
  assert.is.not(created.metadata.uid, 'abc');
  assert.is(created.metadata.creationTimestamp, '2026-01-01T00:00:00Z');
  for (const gone of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'finalizers']) {
    assert.not(gone in created.metadata, gone);
  }
  assert.is(created.metadata.generation, 1);
  assert.equal(created.status, { phase: 'Pending', qosClass: 'BestEffort' });
  const node = cluster.create('Node', { metadata: { name: 'n1', generation: 7 } });
  assert.is(node.metadata.generation, 7, 'kinds that do not count generations keep it');
});

test('kind and apiVersion may be left out', () => {
  const created = new TestCluster().create('Deployment', deployment('web'));
  assert.is(created.kind, 'Deployment');
  assert.is(created.apiVersion, 'apps/v1');
});

test('the namespace of the path wins, and must not be contradicted', () => {
  const cluster = new TestCluster();
  cluster.create('Namespace', { metadata: { name: 'shop' } });
  const created = cluster.create('Pod', { metadata: { name: 'p' }, spec: podSpec }, 'shop');
  assert.is(created.metadata.namespace, 'shop');
  assert.is(
    cluster.create('Pod', { metadata: { name: 'p' }, spec: podSpec }).metadata.namespace,
    'default',
  );
  const status = cluster.refused(creation('Pod', pod('q'), 'shop'));
  assert.is(status.code, 400);
  assert.is(
    status.message,
    'the namespace of the provided object does not match the namespace sent on the request',
  );
});

test('a resourceVersion is a failure of the server', () => {
  const status = new TestCluster().refused(
    creation('Pod', pod('p', podSpec, { resourceVersion: '5' })),
  );
  assert.is(status.code, 500);
  assert.is(status.message, 'resourceVersion should not be set on objects to be created');
});

test('a name that is taken is refused', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web'));
  assert.equal(cluster.refused(creation('Deployment', deployment('web'))), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'deployments.apps "web" already exists',
    reason: 'AlreadyExists',
    details: { name: 'web', group: 'apps', kind: 'deployments' },
    code: 409,
  });
});

test('a name that is going away says so', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web', {}, { finalizers: ['a.b/c'] }));
  cluster.delete('Deployment', 'web');
  assert.is(
    cluster.refused(creation('Deployment', deployment('web'))).message,
    'object is being deleted: deployments.apps "web" already exists',
  );
});

test('no name at all is refused with all that is wrong', () => {
  const status = new TestCluster().refused(creation('Pod', { metadata: {}, spec: {} }));
  assert.is(
    status.message,
    'Pod "" is invalid: [metadata.name: Required value: name or generateName is required, spec.containers: Required value]',
  );
  assert.equal(status.details, {
    kind: 'Pod',
    causes: [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
        field: 'metadata.name',
      },
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' },
    ],
  });
});

test('an object without a spec is refused, not a crash', () => {
  const cluster = new TestCluster();
  assert.is(
    cluster.refused(creation('Pod', { metadata: { name: 'vp' } })).message,
    'Pod "vp" is invalid: spec.containers: Required value',
  );
  for (const kind of ['Deployment', 'ReplicaSet']) {
    assert.is(cluster.refused(creation(kind, { metadata: { name: 'v' } })).code, 422);
  }
});

test('invalid fields are told one by one', () => {
  const cluster = new TestCluster();
  assert.is(
    cluster.refused(creation('Deployment', deployment('web', { replicas: -1 }))).message,
    'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  );
  const status = cluster.refused(
    creation('Deployment', deployment('web', { replicas: -1, revisionHistoryLimit: -1 })),
  );
  assert.is(
    status.message,
    'Deployment.apps "web" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0]',
  );
  assert.is(status.code, 422);
  assert.is(status.details?.kind, 'Deployment');
  assert.is(status.details?.causes?.length, 2);
});

test('a refused creation leaves nothing but its entry', () => {
  const cluster = new TestCluster();
  const revision = cluster.store.revision;
  cluster.refused(creation('Pod', { metadata: { generateName: 'web-' }, spec: {} }));
  assert.is(cluster.store.revision, revision);
  const { n: _n, message: _m, ...entry } = cluster.last as never as Record<string, unknown>;
  assert.equal(entry, {
    type: 'rejected',
    t: 0,
    by: 'user/test',
    causes: [],
    verb: 'create',
    kind: 'Pod',
    key: 'default/web-',
    reason: 'Invalid',
    code: 422,
  });
});

test('an accepted creation is one entry, and names its author and causes', () => {
  const cluster = new TestCluster();
  const request = creation('Pod', pod('p'));
  const response = cluster.api.handle(request, 'replicaset-controller', [3, 1]);
  assert.equal(cluster.last, {
    type: 'write',
    t: 0,
    by: 'replicaset-controller',
    causes: [3, 1],
    verb: 'create',
    kind: 'Pod',
    key: 'default/p',
    revision: 2,
    before: undefined,
    after: response.ok ? response.object : undefined,
    n: 2,
  });
});

test('Pods of one template share one spec', () => {
  const cluster = new TestCluster();
  const first = cluster.create('Pod', pod('a'));
  const second = cluster.create('Pod', pod('b'));
  assert.is(first.spec, second.spec);
});

test('an unknown kind or subresource is no resource of the server', () => {
  const cluster = new TestCluster();
  const message = 'the server could not find the requested resource';
  assert.is(cluster.refused(creation('Foo', { metadata: { name: 'x' } })).message, message);
  cluster.create('Pod', pod('p'));
  const request = {
    verb: 'create',
    kind: 'Pod',
    name: 'p',
    subresource: 'foo',
    object: {},
  } as const;
  const status = cluster.refused(request);
  assert.is(status.message, message);
  assert.is(status.code, 404);
});

test.run();
