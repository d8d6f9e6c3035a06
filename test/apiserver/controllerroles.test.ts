/** What the accounts of controllers may do, as every API server begins (upstream's bootstrappolicy). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { controllerAccounts } from '../../src/apiserver/bootstrap/controllerroles.ts';
import { bootstrapObjects } from '../../src/apiserver/bootstrap/objects.ts';
import { isAllowed } from '../../src/apiserver/rbac.ts';
import { accountUser } from '../../src/apiserver/user.ts';
import { type Any, TestCluster } from './cluster.ts';

const test = suite('roles of controllers');

const server = { address: '192.0.2.1', port: 6443, authority: '', since: '2026-01-01' };

function cluster(): TestCluster {
  const made = new TestCluster();
  for (const object of bootstrapObjects(server) as Any[]) {
    if (/^ClusterRole/.test(object.kind)) made.create(object.kind, object);
  }
  return made;
}

test('a controller may do what it does, and no more', () => {
  const view = cluster().store.view();
  const may = (account: string, verb: string, group: string, resource: string, more = {}) =>
    isAllowed(accountUser('kube-system', account), { verb, group, resource, ...more }, view);
  assert.ok(may('deployment-controller', 'create', 'apps', 'replicasets'));
  assert.not(may('deployment-controller', 'create', '', 'pods'));
  assert.ok(may('replicaset-controller', 'create', '', 'pods'));
  assert.ok(may('replicaset-controller', 'create', 'events.k8s.io', 'events'));
  assert.ok(may('generic-garbage-collector', 'delete', 'example.com', 'widgets'));
  assert.ok(may('namespace-controller', 'deletecollection', '', 'secrets'));
  const scale = { subresource: 'scale' };
  assert.ok(may('horizontal-pod-autoscaler', 'update', 'apps', 'deployments', scale));
  const sign = (name: string) =>
    may('certificate-controller', 'sign', 'certificates.k8s.io', 'signers', { name });
  assert.ok(sign('kubernetes.io/kubelet-serving'));
  assert.not(sign('example.com/signer'));
});

test('each account has one role, by its name', () => {
  const made = cluster();
  for (const account of controllerAccounts) {
    const name = `system:controller:${account}`;
    const { roleRef, subjects } = made.ok({ verb: 'get', kind: 'ClusterRoleBinding', name });
    assert.is(roleRef.name, name);
    assert.equal(subjects, [{ kind: 'ServiceAccount', name: account, namespace: 'kube-system' }]);
  }
});

test('components and those who ask for others have their roles, too', () => {
  const made = cluster();
  const view = made.store.view();
  const user = (username: string, ...groups: string[]) => ({ username, groups });
  const jane = user('jane', 'ops', 'system:authenticated');
  const review = { verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews' };
  assert.not(isAllowed(jane, review, view));
  made.create('ClusterRoleBinding', {
    metadata: { name: 'delegates' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:auth-delegator',
    },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'ops' }],
  });
  assert.ok(isAllowed(jane, review, made.store.view()));
  const scheduler = user('system:kube-scheduler', 'system:authenticated');
  const bind = { verb: 'create', group: '', resource: 'pods', subresource: 'binding' };
  assert.ok(isAllowed(scheduler, bind, view));
  const account = user('x', 'system:serviceaccounts');
  assert.ok(isAllowed(account, { verb: 'get', path: '/openid/v1/jwks' }, view));
  const node = user('system:node:n1', 'system:nodes');
  assert.not(isAllowed(node, { verb: 'get', group: '', resource: 'pods' }, view));
  const { rules } = made.ok({
    verb: 'get',
    kind: 'ClusterRole',
    name: 'system:certificates.k8s.io:kubelet-serving-approver',
  });
  assert.equal(rules, [
    {
      verbs: ['approve'],
      apiGroups: ['certificates.k8s.io'],
      resources: ['signers'],
      resourceNames: ['kubernetes.io/kubelet-serving'],
    },
  ]);
});

test.run();
