/** DELETE of a collection is one request (api-07 §2). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeleteCollectionRequest } from '../../src/apiserver/request.ts';
import { type Any, pod, TestCluster } from './cluster.ts';

const test = suite('deletecollection');

const maps = { verb: 'deletecollection', kind: 'ConfigMap', namespace: 'default' } as const;

function withMaps(): TestCluster {
  const cluster = new TestCluster();
  for (const [name, app] of Object.entries({ a: 'web', b: 'db', c: 'web' })) {
    cluster.create('ConfigMap', { metadata: { name, labels: { app } } }, 'default');
  }
  return cluster;
}

const names = ({ items }: Any): readonly string[] =>
  items.map(({ metadata }: Any) => metadata.name);

test('deletes all of a namespace, and answers with the list as it was', () => {
  const cluster = withMaps();
  const { revision } = cluster.store;
  const answer = cluster.ok(maps);
  assert.equal(names(answer), ['a', 'b', 'c']);
  assert.is(answer.resourceVersion, String(revision));
  assert.equal(names(cluster.ok({ ...maps, verb: 'list' })), []);
});

test('only what the selectors find', () => {
  const cluster = withMaps();
  assert.equal(names(cluster.ok({ ...maps, labelSelector: 'app=web' })), ['a', 'c']);
  assert.equal(names(cluster.ok({ ...maps, verb: 'list' })), ['b']);
  cluster.ok({ ...maps, fieldSelector: 'metadata.name!=b' });
  assert.ok(cluster.exists('ConfigMap', 'b'));
});

test('a dry run deletes nothing', () => {
  const cluster = withMaps();
  const { length } = cluster.log;
  assert.equal(names(cluster.ok({ ...maps, dryRun: true })), ['a', 'b', 'c']);
  assert.equal(cluster.writesSince(length), []);
});

test('each is deleted with the options: grace, propagation, preconditions', () => {
  const cluster = withMaps();
  cluster.create('Pod', pod('p'));
  cluster.bind('p');
  cluster.ok({ ...maps, kind: 'Pod', options: { gracePeriodSeconds: 7 } });
  assert.is(cluster.get('Pod', 'p').metadata.deletionGracePeriodSeconds, 7);
  cluster.ok({ ...maps, options: { propagationPolicy: 'Foreground' }, labelSelector: 'app=db' });
  assert.equal(cluster.get('ConfigMap', 'b').metadata.finalizers, ['foregroundDeletion']);
  const options = { preconditions: { uid: 'zz' } };
  assert.is(cluster.refused({ ...maps, options }).reason, 'Conflict');
});

test('a refused request is logged as one', () => {
  const cluster = withMaps();
  const everywhere: DeleteCollectionRequest = { verb: 'deletecollection', kind: 'ConfigMap' };
  assert.is(cluster.refused(everywhere).code, 405);
  assert.is(cluster.refused({ ...everywhere, kind: 'Namespace' }).code, 405);
  const { last } = cluster;
  assert.is(last.type === 'rejected' && last.verb, 'deletecollection');
});

test.run();
