/** Namespaces: their life, and what it means for what is in them (api-07 §4). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Request } from '../../src/apiserver/request.ts';
import { creation, pod, podSpec, TestCluster, updating } from './cluster.ts';

const test = suite('namespaces');

const withShop = (metadata: object = {}) => {
  const cluster = new TestCluster();
  const shop = cluster.create('Namespace', { metadata: { name: 'shop', ...metadata } });
  return { cluster, shop };
};

const deleting = (name: string, options = {}): Request => ({
  verb: 'delete',
  kind: 'Namespace',
  name,
  options,
});

test('a new one is Active, finalized by Kubernetes, and labelled with its name', () => {
  const { shop } = withShop();
  assert.equal(shop.spec, { finalizers: ['kubernetes'] });
  assert.equal(shop.status, { phase: 'Active' });
  assert.equal(shop.metadata.labels, { 'kubernetes.io/metadata.name': 'shop' });
  assert.not('generation' in shop.metadata);
});

test('its name label is forced back, its finalizers are not for an update', () => {
  const { cluster, shop } = withShop();
  const labels = { 'kubernetes.io/metadata.name': 'zz' };
  assert.is(cluster.update({ ...shop, metadata: { ...shop.metadata, labels } }), shop);
  assert.is(cluster.update({ ...shop, spec: {} }), shop);
});

test('nothing is created where there is none', () => {
  const status = new TestCluster().refused(
    creation('Pod', { metadata: { name: 'p' }, spec: podSpec }, 'x'),
  );
  assert.is(status.code, 404);
  assert.is(status.message, 'namespaces "x" not found');
  assert.equal(status.details, { name: 'x', kind: 'namespaces' });
});

test('deletion makes it Terminating, once', () => {
  const { cluster } = withShop();
  const length = cluster.log.length;
  const marked = cluster.ok(deleting('shop'));
  assert.is(marked.status.phase, 'Terminating');
  assert.is(marked.metadata.deletionTimestamp, '2026-01-01T00:00:00Z');
  assert.not('deletionGracePeriodSeconds' in marked.metadata);
  assert.is(cluster.ok(deleting('shop')), marked);
  assert.equal(cluster.writesSince(length), ['delete Namespace shop']);
});

test('nothing is created while it is terminating', () => {
  const { cluster } = withShop();
  cluster.ok(deleting('shop'));
  const object = { metadata: { generateName: 'web-6dc4ff998b-' }, spec: podSpec };
  assert.equal(cluster.refused(creation('Pod', object, 'shop')), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message:
      'pods "web-6dc4ff998b-" is forbidden: unable to create new content in namespace shop because it is being terminated',
    reason: 'Forbidden',
    details: {
      name: 'web-6dc4ff998b-',
      kind: 'pods',
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: 'namespace shop is being terminated',
          field: 'metadata.namespace',
        },
      ],
    },
    code: 403,
  });
  assert.is(
    cluster.refused(creation('Namespace', { metadata: { name: 'shop' } })).message,
    'object is being deleted: namespaces "shop" already exists',
  );
});

test('what is in it may still change and go', () => {
  const { cluster } = withShop();
  const p = cluster.create('Pod', { metadata: { name: 'p' }, spec: podSpec }, 'shop');
  cluster.ok(deleting('shop'));
  cluster.update({ ...p, metadata: { ...p.metadata, labels: { a: 'b' } } });
  cluster.ok({ verb: 'delete', kind: 'Pod', namespace: 'shop', name: 'p' });
  assert.not(cluster.exists('Pod', 'p', 'shop'));
});

test('finalizing it removes it', () => {
  const { cluster } = withShop();
  const marked = cluster.ok(deleting('shop'));
  const length = cluster.log.length;
  const answer = cluster.update({ ...marked, spec: { finalizers: [] } }, 'finalize');
  assert.equal(cluster.writesSince(length), ['update Namespace/finalize shop removed']);
  assert.equal(answer.spec, {});
  assert.is(answer.metadata.resourceVersion, marked.metadata.resourceVersion);
  assert.not(cluster.exists('Namespace', 'shop'));
});

test('finalizers of its own hold it', () => {
  const { cluster } = withShop({ finalizers: ['a.b/c'] });
  const marked = cluster.ok(deleting('shop'));
  const emptied = cluster.update({ ...marked, spec: {} }, 'finalize');
  assert.ok(cluster.exists('Namespace', 'shop'));
  const { finalizers: _gone, ...metadata } = emptied.metadata;
  cluster.update({ ...emptied, metadata });
  assert.not(cluster.exists('Namespace', 'shop'));
});

test('a live one is not removed by finalizing it', () => {
  const { cluster, shop } = withShop();
  assert.equal(cluster.update({ ...shop, spec: {} }, 'finalize').spec, {});
  assert.ok(cluster.exists('Namespace', 'shop'));
});

test('its phase tells whether it is deleted', () => {
  const { cluster, shop } = withShop();
  assert.is(
    cluster.refused(updating({ ...shop, status: { phase: 'Terminating' } }, 'status')).message,
    'Namespace "shop" is invalid: status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
  );
});

test('three of them may not be deleted', () => {
  const cluster = new TestCluster();
  for (const name of ['kube-system', 'kube-public'])
    cluster.create('Namespace', { metadata: { name } });
  for (const name of ['default', 'kube-system', 'kube-public']) {
    const status = cluster.refused(deleting(name));
    assert.is(status.code, 403);
    assert.is(
      status.message,
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    );
  }
});

test('preconditions are told in the words of the storage', () => {
  const { cluster, shop } = withShop();
  assert.is(
    cluster.refused(deleting('shop', { preconditions: { uid: 'zz' } })).message,
    `Operation cannot be fulfilled on namespaces "shop": Precondition failed: UID in precondition: zz, UID in object meta: ${shop.metadata.uid}`,
  );
});

test('a name is a label', () => {
  assert.is(
    new TestCluster().refused(creation('Namespace', { metadata: { name: 'a.b' } })).message,
    'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots',
  );
});

test('cluster-scoped objects live in none', () => {
  const cluster = new TestCluster();
  const node = cluster.create('Node', { metadata: { name: 'n1', namespace: 'default' } });
  assert.not('namespace' in node.metadata);
  assert.is(cluster.store.get('Node', 'n1'), node);
  cluster.create('Pod', pod('p'));
});

test.run();
