/** Accounts and certificates of namespaces (ctl-08 §C). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rootCertificatePublisher } from '../../src/controllers/rootcertificate.ts';
import { serviceAccountController } from '../../src/controllers/serviceaccount.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('service accounts');

const accounts = serviceAccountController();
const publisher = rootCertificatePublisher('PEM')();

/** A namespace that is going: something in it is held by a finalizer. */
function terminating(): TestCluster {
  const cluster = new TestCluster();
  cluster.create('Namespace', { metadata: { name: 'old' } });
  const held = { name: 'held', namespace: 'old', finalizers: ['a.b/c'] };
  cluster.create('ConfigMap', { metadata: held });
  cluster.ok({ verb: 'delete', kind: 'Namespace', name: 'old' });
  return cluster;
}

test('a namespace gets its account once', () => {
  const cluster = new TestCluster();
  const { outcome, requests } = pass(accounts, 'default', cluster);
  assert.is(outcome, undefined);
  assert.is(requests.length, 1);
  assert.ok(cluster.exists('ServiceAccount', 'default'));
  assert.is(pass(accounts, 'default', cluster).requests.length, 0);
  assert.is(pass(accounts, 'nowhere', cluster).requests.length, 0);
});

test('a cache that lags does no harm', () => {
  const cluster = new TestCluster();
  const before = cluster.store.view();
  const stale = {
    ...before,
    revision: before.revision,
    kinds: before.kinds,
    list: () => [],
    by: () => [],
    get: (kind: string, key: string): Any =>
      kind === 'Namespace' ? cluster.store.get(kind, key) : undefined,
  };
  pass(accounts, 'default', cluster);
  assert.is(pass(accounts, 'default', cluster, stale).outcome, undefined);
  pass(publisher, 'default', cluster);
  assert.match(
    (pass(publisher, 'default', cluster, stale).outcome as { error: string }).error,
    'already exists',
  );
});

test('nothing is made for a namespace that is going', () => {
  const cluster = terminating();
  assert.is(pass(accounts, 'old', cluster).requests.length, 0);
  const { outcome, requests } = pass(publisher, 'old', cluster);
  assert.is(requests.length, 1);
  assert.is(outcome, undefined, 'a refusal that names the reason is no failure');
  assert.not(cluster.exists('ConfigMap', 'kube-root-ca.crt', 'old'));
});

test('the certificate is published, and restored', () => {
  const cluster = new TestCluster();
  pass(publisher, 'default', cluster);
  const map = cluster.get('ConfigMap', 'kube-root-ca.crt');
  assert.equal(map.data, { 'ca.crt': 'PEM' });
  assert.match(map.metadata.annotations['kubernetes.io/description'], 'CA bundle');
  assert.is(pass(publisher, 'default', cluster).requests.length, 0);
  cluster.merge('ConfigMap', 'kube-root-ca.crt', { data: { other: 'x' } });
  pass(publisher, 'default', cluster);
  assert.equal(cluster.get('ConfigMap', 'kube-root-ca.crt').data, { 'ca.crt': 'PEM' });
});

test('a cluster with accounts keeps them, whatever is deleted', () => {
  const { simulation } = createCluster({ serviceAccounts: { rootCertificate: 'PEM' } });
  const keys = (kind: string) =>
    simulation.store
      .view()
      .list(kind)
      .map(({ metadata: { namespace, name } }) => `${namespace}/${name}`)
      .sort();
  const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
  const check = () => {
    while (simulation.calm());
    assert.equal(
      keys('ServiceAccount'),
      namespaces.map((one) => `${one}/default`),
    );
    assert.equal(
      keys('ConfigMap'),
      namespaces.map((one) => `${one}/kube-root-ca.crt`),
    );
  };
  check();
  const named = { verb: 'delete', namespace: 'default' } as const;
  simulation.submit({ ...named, kind: 'ServiceAccount', name: 'default' }, 'user');
  simulation.submit({ ...named, kind: 'ConfigMap', name: 'kube-root-ca.crt' }, 'user');
  check();
});

test.run();
