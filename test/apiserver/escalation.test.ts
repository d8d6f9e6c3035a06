/** Nobody gives what he has not (api-02 §11). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, TestCluster } from './cluster.ts';

const test = suite('escalation');

const group = 'rbac.authorization.k8s.io';
const jane = { username: 'jane', groups: ['devs', 'system:authenticated'] };
const rule = (verbs: string, resources: string, more: object = {}) => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
  ...more,
});

/** Jane may make roles, and these things. */
function given(...rules: object[]): TestCluster {
  const cluster = new TestCluster();
  cluster.create('ClusterRole', { metadata: { name: 'jane' }, rules });
  cluster.create('ClusterRoleBinding', {
    metadata: { name: 'jane' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'jane' },
    subjects: [{ apiGroup: group, kind: 'User', name: 'jane' }],
  });
  cluster.api.rbac = true;
  return cluster;
}

const asJane = (cluster: TestCluster, request: object): Any =>
  cluster.api.handle({ ...request, user: jane } as Any, 'user/jane', []);

const making = (kind: string, object: object): object => ({
  verb: 'create',
  kind,
  object: { apiVersion: `${group}/v1`, kind, ...object },
});

const role = (...rules: object[]) => making('ClusterRole', { metadata: { name: 'r' }, rules });

test('a role of what its maker may do, in one rule or in parts, is made', () => {
  const cluster = given(rule('get list', 'pods nodes'), rule('*', 'configmaps'));
  const wanted = [rule('get', 'pods'), rule('list get', 'nodes'), rule('watch', 'configmaps')];
  assert.ok(asJane(cluster, role(...wanted)).ok);
});

test('one of more is refused, and what is missing is told', () => {
  const cluster = given(rule('get', 'pods'), rule('get', 'secrets', { resourceNames: ['mine'] }));
  const { status } = asJane(
    cluster,
    role(rule('get list watch', 'pods nodes'), rule('get', 'secrets')),
  );
  assert.is(status.code, 403);
  assert.is(
    status.message,
    [
      'clusterroles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
      '{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list" "watch"]}',
      '{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}',
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    ].join('\n'),
  );
  assert.ok(asJane(cluster, role(rule('get', 'secrets', { resourceNames: ['mine'] }))).ok);
});

test('who may escalate may, and who does not change what is given', () => {
  const roles = { verbs: ['escalate'], apiGroups: [group], resources: ['clusterroles'] };
  assert.ok(asJane(given(roles), role(rule('get', 'nodes'))).ok);
  const cluster = given();
  cluster.ok(role(rule('get', 'nodes')) as Any);
  const patch = (change: object) =>
    asJane(cluster, {
      verb: 'patch',
      kind: 'ClusterRole',
      name: 'r',
      patchType: 'merge',
      patch: change,
    });
  assert.ok(patch({ metadata: { finalizers: ['a.b/c'] } }).ok);
  assert.is(patch({ metadata: { labels: { a: 'b' } } }).status.code, 403);
});

test('a role is bound by who has it all, or may bind it', () => {
  const bind = (name: string, namespace?: string) =>
    making(namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding', {
      metadata: { name: 'b', ...(namespace === undefined ? {} : { namespace }) },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [],
    });
  const cluster = given(rule('get', 'pods'), {
    verbs: ['bind'],
    apiGroups: [group],
    resources: ['clusterroles'],
    resourceNames: ['admin'],
  });
  for (const [name, resource] of Object.entries({ admin: 'nodes', pods: 'pods', nodes: 'nodes' })) {
    cluster.create('ClusterRole', { metadata: { name }, rules: [rule('get', resource)] });
  }
  assert.match(asJane(cluster, bind('nodes')).status.message, 'attempting to grant');
  assert.is(asJane(cluster, bind('nope')).status.reason, 'NotFound');
  assert.ok(asJane(cluster, bind('pods')).ok);
  assert.ok(asJane(cluster, bind('admin', 'default')).ok);
});

test('roles that take from others are for who may do everything', () => {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
  const object = { metadata: { name: 'r' }, aggregationRule, rules: [] };
  const { status } = asJane(given(rule('*', '*')), making('ClusterRole', object));
  assert.match(status.message, 'must have cluster-admin privileges to use the aggregationRule');
});

test('where roles do not count, everybody may make them', () => {
  const cluster = given();
  cluster.api.rbac = false;
  assert.ok(asJane(cluster, role(rule('*', '*'))).ok);
});

test.run();
