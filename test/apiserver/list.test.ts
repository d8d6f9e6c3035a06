/** Reading: one object, or all that selectors choose, in the order of their keys (api-03 §2). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deployment, pod, podSpec, TestCluster } from './cluster.ts';

const test = suite('get and list');

const cluster = new TestCluster();
cluster.create('Namespace', { metadata: { name: 'aaa' } });
cluster.create('Pod', pod('b', podSpec, { labels: { app: 'web' } }));
cluster.create('Pod', pod('a', podSpec, { labels: { app: 'web', tier: 'x' } }));
cluster.create('Pod', pod('a-b'));
cluster.create('Pod', { metadata: { name: 'z' }, spec: podSpec }, 'aaa');
cluster.bind('b');

type Selectors = { labelSelector?: string; fieldSelector?: string; namespace?: string };

const names = (selectors: Selectors = {}) =>
  cluster
    .ok({ verb: 'list', kind: 'Pod', ...selectors })
    .items.map(({ metadata }: never) => (metadata as { name: string }).name);

const message = (selectors: Selectors, kind = 'Pod') => {
  const status = cluster.refused({ verb: 'list', kind, ...selectors });
  assert.is(status.code, 400);
  return status.message;
};

test('a missing object is not found, and that is an entry of the log', () => {
  const length = cluster.log.length;
  const status = cluster.refused({ verb: 'get', kind: 'Pod', namespace: 'default', name: 'x' });
  assert.is(status.message, 'pods "x" not found');
  assert.equal(status.details, { name: 'x', kind: 'pods' });
  assert.is(cluster.log.length, length + 1);
  assert.is(cluster.last.type, 'rejected');
});

test('reading makes no entry', () => {
  const length = cluster.log.length;
  cluster.get('Pod', 'a');
  names();
  assert.is(cluster.log.length, length);
});

test('a list is sorted by key, and as new as the store', () => {
  assert.equal(names(), ['z', 'a', 'a-b', 'b']);
  assert.equal(names({ namespace: 'default' }), ['a', 'a-b', 'b']);
  assert.equal(names({ namespace: 'nowhere' }), []);
  const list = cluster.ok({ verb: 'list', kind: 'Pod' });
  assert.is(list.resourceVersion, String(cluster.store.revision));
});

test('labels select', () => {
  assert.equal(names({ labelSelector: 'app=web' }), ['a', 'b']);
  assert.equal(names({ labelSelector: 'app=web,tier!=x' }), ['b']);
  assert.equal(names({ labelSelector: '!app' }), ['z', 'a-b']);
});

test('fields select', () => {
  assert.equal(names({ fieldSelector: 'metadata.name=a' }), ['a']);
  assert.equal(names({ fieldSelector: 'spec.nodeName=n1' }), ['b']);
  assert.equal(names({ fieldSelector: 'spec.nodeName=,metadata.namespace!=aaa' }), ['a', 'a-b']);
  assert.equal(names({ fieldSelector: 'status.phase!=Pending' }), []);
});

test('fields that a kind does not offer are refused', () => {
  assert.is(message({ fieldSelector: 'spec.foo=1' }), 'field label not supported: spec.foo');
  assert.is(
    message({ fieldSelector: 'spec.replicas=1' }, 'Deployment'),
    '"spec.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
  assert.is(message({ fieldSelector: 'constructor=1' }), 'field label not supported: constructor');
});

test('selectors that make no sense are refused', () => {
  assert.is(message({ fieldSelector: 'foo' }), "invalid selector: 'foo'; can't understand 'foo'");
  message({ labelSelector: 'a b' });
});

test('cluster-scoped kinds are listed whatever the namespace', () => {
  cluster.create('Deployment', deployment('web'));
  const { items } = cluster.ok({ verb: 'list', kind: 'Namespace', namespace: 'default' });
  assert.is(items.length, 2);
});

test('fields that only some kinds are found by', () => {
  const cluster = new TestCluster();
  cluster.create('Secret', { metadata: { name: 'a' } });
  cluster.create('Secret', { metadata: { name: 'b' }, type: 'example.com/x' });
  const found = (kind: string, fieldSelector: string) => {
    const response = cluster.api.handle({ verb: 'list', kind, fieldSelector }, 'user/test', []);
    if (!response.ok) return response.status.message;
    return response.list!.items.map(({ metadata }) => metadata.name).join();
  };
  assert.is(found('Secret', 'type=Opaque'), 'a');
  assert.is(found('Secret', 'type!=Opaque'), 'b');
  assert.is(found('Secret', 'data=x'), 'field label not supported: data');
  assert.is(found('CertificateSigningRequest', 'spec.signerName=x'), '');
  assert.is(found('ResourceSlice', 'spec.nodeName=n,spec.driver=d'), '');
  assert.is(
    found('ResourceSlice', 'spec.pool=x'),
    'field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: spec.pool',
  );
  assert.is(found('Pod', 'spec.host=n1'), '');
  assert.is(found('Node', 'metadata.namespace=x'), 'field label not supported: metadata.namespace');
  assert.is(found('PersistentVolume', 'metadata.namespace=x'), '');
});

test.run();
