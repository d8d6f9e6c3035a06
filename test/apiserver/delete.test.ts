/** DELETE: grace, finalizers, propagation, preconditions (api-07 §1). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeleteRequest } from '../../src/apiserver/request.ts';
import { deployment, merging, pod, TestCluster } from './cluster.ts';

const test = suite('delete');

const withBound = (spec: object = { containers: [{ name: 'c', image: 'i' }] }, metadata = {}) => {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('p', spec, metadata));
  cluster.bind('p');
  return cluster;
};

const deleting = (options: DeleteRequest['options'], kind = 'Deployment', name = 'web') =>
  ({ verb: 'delete', kind, namespace: 'default', name, options }) as DeleteRequest;

test('what is not there is not found', () => {
  const status = new TestCluster().refused(deleting({}));
  assert.is(status.message, 'deployments.apps "web" not found');
  assert.is(status.code, 404);
});

test('most kinds are removed at once', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web'));
  const length = cluster.log.length;
  const removed = cluster.delete('Deployment', 'web', { gracePeriodSeconds: 30 });
  assert.equal(cluster.writesSince(length), ['delete Deployment default/web removed']);
  assert.is(removed.metadata.resourceVersion, String(cluster.store.revision));
  assert.is(removed.metadata.generation, 1);
});

test('a bound Pod is marked, and gets its grace period', () => {
  const cluster = withBound();
  cluster.now = 10_000;
  const length = cluster.log.length;
  const { metadata } = cluster.delete('Pod', 'p');
  assert.equal(cluster.writesSince(length), ['delete Pod default/p']);
  assert.is(metadata.deletionTimestamp, '2026-01-01T00:00:40Z');
  assert.is(metadata.deletionGracePeriodSeconds, 30);
  assert.is(metadata.generation, 2);
});

test('the request may say another grace period; a negative one is a second', () => {
  for (const [asked, got] of [
    [5, 5],
    [90, 90],
    [-3, 1],
  ] as const) {
    const { metadata } = withBound().delete('Pod', 'p', { gracePeriodSeconds: asked });
    assert.is(metadata.deletionGracePeriodSeconds, got);
  }
});

test('nobody waits for a Pod that does not run: it is marked and removed', () => {
  const unbound = new TestCluster();
  unbound.create('Pod', pod('p'));
  const finished = withBound();
  finished.merge('Pod', 'p', { status: { phase: 'Succeeded' } }, 'status');
  const impatient = withBound({
    containers: [{ name: 'c', image: 'i' }],
    terminationGracePeriodSeconds: 0,
  });
  for (const cluster of [unbound, finished, impatient]) {
    const length = cluster.log.length;
    const removed = cluster.delete('Pod', 'p');
    assert.equal(cluster.writesSince(length), [
      'delete Pod default/p',
      'delete Pod default/p removed',
    ]);
    assert.is(removed.metadata.deletionGracePeriodSeconds, 0);
    assert.is(removed.metadata.resourceVersion, String(cluster.store.revision));
    assert.not(cluster.exists('Pod', 'p'));
  }
});

test('the kubelet ends it with grace 0, counted from when it was asked for', () => {
  const cluster = withBound();
  cluster.now = 10_000;
  const { uid } = cluster.delete('Pod', 'p').metadata;
  cluster.now = 15_000;
  const length = cluster.log.length;
  const options = { gracePeriodSeconds: 0, preconditions: { uid } };
  const removed = cluster.delete('Pod', 'p', options);
  assert.equal(cluster.writesSince(length), [
    'delete Pod default/p',
    'delete Pod default/p removed',
  ]);
  assert.is(removed.metadata.deletionTimestamp, '2026-01-01T00:00:10Z');
  assert.is(removed.metadata.generation, 2, 'only the first mark is a new generation');
});

test('grace only ever shortens', () => {
  const cluster = withBound();
  const marked = cluster.delete('Pod', 'p', { gracePeriodSeconds: 20 });
  const length = cluster.log.length;
  for (const options of [{}, { gracePeriodSeconds: 20 }, { gracePeriodSeconds: 60 }]) {
    assert.is(cluster.delete('Pod', 'p', options), marked);
  }
  assert.is(cluster.log.length, length, 'and what changes nothing writes nothing');
  const { metadata } = cluster.delete('Pod', 'p', { gracePeriodSeconds: 5 });
  assert.is(metadata.deletionTimestamp, '2026-01-01T00:00:05Z');
  assert.is(metadata.deletionGracePeriodSeconds, 5);
});

test('finalizers hold a Pod whose grace is over', () => {
  const cluster = withBound(undefined, { finalizers: ['a.b/c'] });
  cluster.delete('Pod', 'p');
  const held = cluster.delete('Pod', 'p', { gracePeriodSeconds: 0 });
  assert.is(held.metadata.deletionGracePeriodSeconds, 0);
  assert.is(cluster.delete('Pod', 'p', { gracePeriodSeconds: 0 }), held);
  cluster.merge('Pod', 'p', { metadata: { finalizers: null } });
  assert.not(cluster.exists('Pod', 'p'));
});

test('a Pod whose grace runs stays when its last finalizer goes', () => {
  const cluster = withBound(undefined, { finalizers: ['a.b/c'] });
  cluster.delete('Pod', 'p');
  cluster.merge('Pod', 'p', { metadata: { finalizers: null } });
  assert.ok(cluster.exists('Pod', 'p'));
  cluster.delete('Pod', 'p', { gracePeriodSeconds: 0 });
  assert.not(cluster.exists('Pod', 'p'));
});

test('a finalizer holds any object, marked', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web', {}, { finalizers: ['a.b/c'] }));
  cluster.now = 10_000;
  const length = cluster.log.length;
  const marked = cluster.delete('Deployment', 'web');
  assert.equal(cluster.writesSince(length), ['delete Deployment default/web']);
  assert.is(marked.metadata.deletionTimestamp, '2026-01-01T00:00:10Z');
  assert.is(marked.metadata.deletionGracePeriodSeconds, 0);
  assert.is(marked.metadata.generation, 2);
  cluster.now = 20_000;
  assert.is(cluster.delete('Deployment', 'web'), marked, 'a second time changes nothing');
});

test('foreground and orphan are finalizers for the garbage collector', () => {
  for (const [propagationPolicy, finalizer] of [
    ['Foreground', 'foregroundDeletion'],
    ['Orphan', 'orphan'],
  ] as const) {
    const cluster = new TestCluster();
    cluster.create('Deployment', deployment('web'));
    const marked = cluster.delete('Deployment', 'web', { propagationPolicy });
    assert.equal(marked.metadata.finalizers, [finalizer]);
    assert.ok(marked.metadata.deletionTimestamp);
  }
});

test('a later policy overrules an earlier one, no policy keeps it', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web', {}, { finalizers: ['a.b/c'] }));
  const first = cluster.delete('Deployment', 'web', { propagationPolicy: 'Foreground' });
  assert.equal(first.metadata.finalizers, ['a.b/c', 'foregroundDeletion']);
  assert.is(cluster.delete('Deployment', 'web'), first);
  const second = cluster.delete('Deployment', 'web', { propagationPolicy: 'Orphan' });
  assert.equal(second.metadata.finalizers, ['a.b/c', 'orphan']);
  assert.is(second.metadata.generation, first.metadata.generation);
  const third = cluster.delete('Deployment', 'web', { propagationPolicy: 'Background' });
  assert.equal(third.metadata.finalizers, ['a.b/c']);
});

test('background removes what only waited for its dependents', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web'));
  cluster.delete('Deployment', 'web', { propagationPolicy: 'Foreground' });
  cluster.delete('Deployment', 'web', { propagationPolicy: 'Background' });
  assert.not(cluster.exists('Deployment', 'web'));
});

test('an unbound Pod that is deleted in the foreground waits for its dependents', () => {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('p'));
  const marked = cluster.delete('Pod', 'p', { propagationPolicy: 'Foreground' });
  assert.equal(marked.metadata.finalizers, ['foregroundDeletion']);
  assert.is(marked.metadata.deletionGracePeriodSeconds, 0);
  assert.ok(cluster.exists('Pod', 'p'));
});

test('preconditions name the kind, and are checked first', () => {
  const cluster = new TestCluster();
  const { uid } = cluster.create('Deployment', deployment('web')).metadata;
  const wrongUid = cluster.refused(deleting({ preconditions: { uid: 'zz' } }));
  assert.is(
    wrongUid.message,
    `Operation cannot be fulfilled on Deployment.apps "web": the UID in the precondition (zz) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
  );
  assert.equal(wrongUid.details, { name: 'web', group: 'apps', kind: 'Deployment' });
  assert.is(
    cluster.refused(deleting({ preconditions: { uid, resourceVersion: '1' } })).message,
    'Operation cannot be fulfilled on Deployment.apps "web": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (2). The object might have been modified',
  );
  cluster.delete('Deployment', 'web', { preconditions: { uid, resourceVersion: '2' } });
  assert.not(cluster.exists('Deployment', 'web'));
});

test('an Event knows no garbage collection', () => {
  const cluster = new TestCluster();
  const involvedObject = { kind: 'Pod', namespace: 'default', name: 'p' };
  cluster.create('Event', { metadata: { name: 'e', namespace: 'default' }, involvedObject });
  cluster.ok(deleting({ propagationPolicy: 'Foreground' }, 'Event', 'e'));
  assert.not(cluster.exists('Event', 'e'));
});

test('the removal that an update brings about is that update', () => {
  const cluster = new TestCluster();
  cluster.create('Deployment', deployment('web'));
  cluster.delete('Deployment', 'web', { propagationPolicy: 'Foreground' });
  const length = cluster.log.length;
  cluster.ok(merging('Deployment', 'web', { metadata: { finalizers: null } }));
  assert.equal(cluster.writesSince(length), ['patch Deployment default/web removed']);
});

test.run();
