/** Secrets with tokens of accounts (ctl-08 §C). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serviceAccountTokens } from '../../src/controllers/serviceaccounttoken.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('tokens of service accounts');

const tokens = serviceAccountTokens('PEM', (account, { name }) =>
  [account.metadata.name, account.metadata.uid, name].join(' '),
)();

const secret = (name: string, account: string, more: object = {}): Any => ({
  metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
  type: 'kubernetes.io/service-account-token',
  ...more,
});

function prepared(): TestCluster {
  const cluster = new TestCluster();
  cluster.create('ServiceAccount', { metadata: { name: 'robot' } });
  cluster.create('Secret', secret('t', 'robot'));
  return cluster;
}

test('a Secret that asks for a token gets it, with the certificate and the namespace', () => {
  const cluster = prepared();
  assert.is(pass(tokens, 'default/robot', cluster).outcome, undefined);
  const { metadata, data } = cluster.get('Secret', 't');
  const { uid } = cluster.get('ServiceAccount', 'robot').metadata;
  assert.is(metadata.annotations['kubernetes.io/service-account.uid'], uid);
  const plain = Object.fromEntries(
    Object.entries(data as Record<string, string>).map(([name, text]) => [name, atob(text)]),
  );
  assert.equal(plain, { 'ca.crt': 'PEM', namespace: 'default', token: `robot ${uid} t` });
  const again = pass(tokens, 'default/robot', cluster).requests;
  assert.equal(
    again.map(({ verb }) => verb),
    ['get'],
  );
});

test('what is there already stays, but for another certificate', () => {
  const cluster = prepared();
  cluster.merge('Secret', 't', { data: { token: btoa('mine'), 'ca.crt': btoa('old') } });
  pass(tokens, 'default/robot', cluster);
  const { data } = cluster.get('Secret', 't');
  assert.equal([atob(data.token), atob(data['ca.crt'])], ['mine', 'PEM']);
});

test('a Secret goes with its account, and that of an account that never was', () => {
  const cluster = prepared();
  cluster.create('Secret', secret('lost', 'nobody'));
  cluster.create('Secret', { metadata: { name: 'other' } });
  pass(tokens, 'default/nobody', cluster);
  assert.not(cluster.exists('Secret', 'lost'));
  cluster.ok({ verb: 'delete', kind: 'ServiceAccount', namespace: 'default', name: 'robot' });
  pass(tokens, 'default/robot', cluster);
  assert.not(cluster.exists('Secret', 't'));
  assert.ok(cluster.exists('Secret', 'other'));
});

test('a Secret of an account of that name that is gone goes, too', () => {
  const cluster = prepared();
  pass(tokens, 'default/robot', cluster);
  cluster.ok({ verb: 'delete', kind: 'ServiceAccount', namespace: 'default', name: 'robot' });
  cluster.create('ServiceAccount', { metadata: { name: 'robot' } });
  cluster.create('Secret', secret('new', 'robot'));
  pass(tokens, 'default/robot', cluster);
  assert.not(cluster.exists('Secret', 't'));
  assert.ok(cluster.get('Secret', 'new').data.token);
});

test('an account does not name a Secret that is gone', () => {
  const { simulation } = createCluster({
    serviceAccounts: { rootCertificate: 'PEM', tokenOf: () => 'token' },
  });
  const run = () => {
    while (simulation.calm());
  };
  run();
  const object = secret('t', 'default');
  const namespace = 'default';
  simulation.submit({ verb: 'create', kind: 'Secret', namespace, object }, 'user');
  run();
  assert.ok(simulation.store.get<Any>('Secret', 'default/t').data.token);
  const named = { kind: 'ServiceAccount', namespace, name: 'default' };
  const patch = { secrets: [{ name: 't' }, { name: 'later' }] };
  simulation.submit({ verb: 'patch', ...named, patchType: 'merge', patch }, 'user');
  simulation.submit({ verb: 'delete', kind: 'Secret', namespace, name: 't' }, 'user');
  run();
  const { secrets } = simulation.store.get<Any>('ServiceAccount', 'default/default');
  assert.equal(secrets, [{ name: 'later' }]);
});

test.run();
