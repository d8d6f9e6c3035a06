/** PUT: optimistic concurrency, what may change, and what counts as a change (api-02 §4, §5). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deployment, pod, TestCluster, updating } from './cluster.ts';

const test = suite('update');

const withWeb = () => {
  const cluster = new TestCluster();
  return { cluster, web: cluster.create('Deployment', deployment('web')) };
};

test('a change of spec is a new generation and a new version', () => {
  const { cluster, web } = withWeb();
  const next = cluster.update({ ...web, spec: { ...web.spec, replicas: 5 } });
  assert.is(next.metadata.generation, 2);
  assert.is(next.metadata.resourceVersion, '3');
  assert.is(next.spec.template, web.spec.template, 'what did not change is shared');
  assert.is(next.status, web.status);
});

test('labels are no new generation, annotations of a Deployment are', () => {
  const { cluster, web } = withWeb();
  const labelled = cluster.update({ ...web, metadata: { ...web.metadata, labels: { a: 'b' } } });
  assert.is(labelled.metadata.generation, 1);
  const metadata = { ...labelled.metadata, annotations: { a: 'b' } };
  assert.is(cluster.update({ ...labelled, metadata }).metadata.generation, 2);
  const p = cluster.create('Pod', pod('p'));
  const annotated = { ...p, metadata: { ...p.metadata, annotations: { a: 'b' } } };
  assert.is(cluster.update(annotated).metadata.generation, 1);
});

test('an update that changes nothing writes nothing', () => {
  const { cluster, web } = withWeb();
  const length = cluster.log.length;
  assert.is(cluster.update(structuredClone(web)), web);
  assert.is(cluster.update({ ...structuredClone(web), status: { replicas: 9 } }), web);
  const noisy = structuredClone(web);
  Object.assign(noisy.spec, { paused: false, minReadySeconds: 0 });
  Object.assign(noisy.spec.template.spec, { tolerations: [], nodeName: '' });
  Object.assign(noisy.metadata, { labels: {}, annotations: null, generation: 100 });
  assert.is(cluster.update(noisy), web);
  assert.is(cluster.log.length, length);
});

test('a stale version is a conflict', () => {
  const { cluster, web } = withWeb();
  cluster.update({ ...web, spec: { ...web.spec, replicas: 5 } });
  assert.equal(cluster.refused(updating({ ...web, spec: { ...web.spec, replicas: 6 } })), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message:
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    reason: 'Conflict',
    details: { name: 'web', group: 'apps', kind: 'deployments' },
    code: 409,
  });
});

test('no version means whatever version there is', () => {
  const { cluster, web } = withWeb();
  for (const resourceVersion of ['', '0']) {
    const metadata = { ...web.metadata, resourceVersion, labels: { v: `v${resourceVersion}` } };
    assert.equal(cluster.update({ ...web, metadata }).metadata.labels, {
      v: `v${resourceVersion}`,
    });
  }
});

test('a version that is no number is a failure of the server', () => {
  const { cluster, web } = withWeb();
  const metadata = { ...web.metadata, resourceVersion: 'abc' };
  const status = cluster.refused(updating({ ...web, metadata }));
  assert.is(status.code, 500);
  assert.is(status.message, 'strconv.ParseUint: parsing "abc": invalid syntax');
});

test('an object that is gone is not found, or in conflict if a uid was given', () => {
  const { cluster, web } = withWeb();
  cluster.delete('Deployment', 'web');
  assert.is(
    cluster.refused(updating(web)).message,
    `Operation cannot be fulfilled on deployments.apps "web": StorageError: invalid object, Code: 4, Key: /registry/deployments/default/web, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${web.metadata.uid}, UID in object meta: `,
  );
  const { uid: _none, ...metadata } = web.metadata;
  const status = cluster.refused(updating({ ...web, metadata }));
  assert.is(status.message, 'deployments.apps "web" not found');
  assert.equal(status.details, { name: 'web', group: 'apps', kind: 'deployments' });
});

test('another object of the same name is a conflict', () => {
  const cluster = new TestCluster();
  const node = cluster.create('Node', { metadata: { name: 'n1' } });
  const status = cluster.refused(updating({ ...node, metadata: { ...node.metadata, uid: 'zzz' } }));
  assert.is(status.code, 409);
  assert.is(
    status.message,
    `Operation cannot be fulfilled on nodes "n1": StorageError: invalid object, Code: 4, Key: /registry/minions/n1, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: zzz, UID in object meta: ${node.metadata.uid}`,
  );
});

test('the server keeps what a client leaves out or makes up', () => {
  const { cluster, web } = withWeb();
  const { uid, creationTimestamp } = web.metadata;
  const metadata = {
    name: 'web',
    namespace: 'default',
    creationTimestamp: '2000-01-01T00:00:00Z',
    labels: { a: 'b' },
  };
  const next = cluster.update({ kind: 'Deployment', metadata, spec: web.spec });
  assert.is(next.metadata.uid, uid);
  assert.is(next.metadata.creationTimestamp, creationTimestamp);
  assert.is(next.apiVersion, 'apps/v1');
});

test('metadata that is left out is removed', () => {
  const { cluster } = withWeb();
  const metadata = { labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['e.f/g'] };
  const made = cluster.create('Deployment', deployment('api', {}, metadata));
  const bare = { ...made, metadata: { name: 'api', namespace: 'default' } };
  const next = cluster.update(bare);
  for (const gone of Object.keys(metadata)) assert.not(gone in next.metadata, gone);
});

test('nobody marks an object as deleted by an update', () => {
  const { cluster, web } = withWeb();
  const metadata = { ...web.metadata, deletionTimestamp: '2000-01-01T00:00:00Z' };
  const status = cluster.refused(updating({ ...web, metadata }));
  assert.is(
    status.message,
    'Deployment.apps "web" is invalid: metadata.deletionTimestamp: Invalid value: 2000-01-01 00:00:00 +0000 UTC: field is immutable',
  );
  assert.is(status.details?.causes?.length, 2, 'generic and kind validation both say so');
});

test('while it is being deleted, finalizers only go', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web', {}, { finalizers: ['a.b/c'] }));
  const marked = cluster.delete('Deployment', 'web');
  const metadata = { ...marked.metadata, finalizers: ['a.b/c', 'd.e/f'] };
  const status = cluster.refused(updating({ ...marked, metadata }));
  assert.is(
    status.message,
    'Deployment.apps "web" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"d.e/f"}',
  );
  assert.is(status.details?.causes?.length, 2);
  const scaled = cluster.update({ ...marked, spec: { ...marked.spec, replicas: 1 } });
  assert.is(scaled.spec.replicas, 1, 'the spec may still change');
});

test('the last finalizer takes the object with it', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web', {}, { finalizers: ['a.b/c'] }));
  const marked = cluster.delete('Deployment', 'web');
  const { finalizers: _gone, ...metadata } = marked.metadata;
  const length = cluster.log.length;
  const answer = cluster.update({ ...marked, metadata });
  assert.equal(cluster.writesSince(length), ['update Deployment default/web removed']);
  assert.not(cluster.exists('Deployment', 'web'));
  assert.is(answer.metadata.resourceVersion, marked.metadata.resourceVersion);
  assert.not('finalizers' in answer.metadata);
});

test('the selector of a workload is immutable', () => {
  const { cluster, web } = withWeb();
  const template = { ...web.spec.template, metadata: { labels: { app: 'q' } } };
  const spec = { ...web.spec, selector: { matchLabels: { app: 'q' } }, template };
  assert.match(
    cluster.refused(updating({ ...web, spec })).message,
    /^Deployment.apps "web" is invalid: spec.selector: Invalid value: .*: field is immutable$/,
  );
});

test('kinds that must know the version say so', () => {
  const cluster = new TestCluster();
  const lease = { metadata: { name: 'n1', namespace: 'default' }, spec: { holderIdentity: 'a' } };
  const made = cluster.update({ kind: 'Lease', ...lease });
  assert.is(made.metadata.resourceVersion, '2', 'a PUT creates a Lease');
  const status = cluster.refused(updating({ apiVersion: '', kind: 'Lease', ...lease } as never));
  assert.is(
    status.message,
    'leases.coordination.k8s.io "n1" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  );
  assert.is(status.details?.kind, 'leases');
  assert.is(cluster.update({ ...made, spec: { holderIdentity: 'b' } }).spec.holderIdentity, 'b');
});

test('a Node keeps the addresses that it was given', () => {
  const cluster = new TestCluster();
  const node = cluster.create('Node', { metadata: { name: 'n1' } });
  const given = cluster.update({
    ...node,
    spec: { ...node.spec, podCIDRs: ['10.0.0.0/24'], providerID: 'a' },
  });
  assert.is(
    cluster.refused(updating({ ...given, spec: { ...given.spec, podCIDRs: ['10.0.1.0/24'] } }))
      .message,
    'Node "n1" is invalid: spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
  );
  assert.is(
    cluster.refused(updating({ ...given, spec: { ...given.spec, providerID: 'b' } })).message,
    'Node "n1" is invalid: spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
  );
});

test.run();
