/** The headers by which a server tells which FlowSchema a request belongs to. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { flowControl } from '../../src/apiserver/bootstrap/flowcontrol.ts';
import { FlowControl } from '../../src/http/flowcontrol.ts';
import type { Attributes } from '../../src/http/rbac.ts';
import { type Any, Wire } from './wire.ts';

const test = suite('flow control');

let wire: Wire;
const names = new Map<string, string>();
const group = '/apis/flowcontrol.apiserver.k8s.io/v1';

test.before(async () => {
  wire = await Wire.up();
  const plain = await wire.ask('GET', '/api/v1/pods');
  assert.is(plain.headers.get('x-kubernetes-pf-flowschema-uid'), null, 'there are no schemas');
  for (const object of flowControl) {
    const resource = `${object.kind!.toLowerCase()}s`;
    const made = await wire.post(`${group}/${resource}`, object);
    names.set(made.metadata.uid, made.metadata.name);
  }
});
test.after(() => wire.end());

const pods: Attributes = { verb: 'list', resource: 'pods', namespace: 'default' };

function schemaOf(username: string, groups: readonly string[], wanted: Attributes): Any {
  const { store } = wire.cluster.simulation;
  const headers = new FlowControl(store).headersFor({ username, groups }, wanted);
  return ['Flowschema', 'Prioritylevel'].map((what) =>
    names.get(headers[`X-Kubernetes-Pf-${what}-Uid`]!),
  );
}

test('every answer names the schema and the level: those of administrators are exempt', async () => {
  for (const path of ['/api/v1/pods', '/version', '/api/v1/namespaces/default/pods/nope']) {
    const { headers } = await wire.ask('GET', path);
    assert.is(names.get(headers.get('x-kubernetes-pf-flowschema-uid')!), 'exempt');
    assert.is(names.get(headers.get('x-kubernetes-pf-prioritylevel-uid')!), 'exempt');
  }
});

for (const [who, username, groups, wanted, expected] of [
  ['anybody', 'alice', ['system:authenticated'], pods, ['global-default', 'global-default']],
  [
    'a probe',
    'system:anonymous',
    ['system:unauthenticated'],
    { verb: 'get', path: '/livez' },
    ['probes', 'exempt'],
  ],
  [
    'an account',
    'system:serviceaccount:default:op',
    ['system:serviceaccounts', 'system:authenticated'],
    pods,
    ['service-accounts', 'workload-low'],
  ],
  [
    'an account of the system',
    'system:serviceaccount:kube-system:op',
    ['system:serviceaccounts', 'system:authenticated'],
    pods,
    ['kube-system-service-accounts', 'workload-high'],
  ],
  [
    'a candidate',
    'system:kube-scheduler',
    ['system:authenticated'],
    { verb: 'update', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-system' },
    ['system-leader-election', 'leader-election'],
  ],
  [
    'the scheduler',
    'system:kube-scheduler',
    ['system:authenticated'],
    pods,
    ['kube-scheduler', 'workload-high'],
  ],
  [
    'a node, about itself',
    'system:node:n1',
    ['system:nodes', 'system:authenticated'],
    { verb: 'patch', resource: 'nodes', subresource: 'status', name: 'n1' },
    ['system-node-high', 'node-high'],
  ],
  [
    'a node, about Pods',
    'system:node:n1',
    ['system:nodes', 'system:authenticated'],
    pods,
    ['system-nodes', 'system'],
  ],
] as [string, string, string[], Attributes, string[]][]) {
  test(`${who}: ${expected.join(', ')}`, () => {
    assert.equal(schemaOf(username, groups, wanted), expected);
  });
}

test('a schema that comes first takes what it is about', async () => {
  const made = await wire.post(`${group}/flowschemas`, {
    metadata: { name: 'mine' },
    spec: {
      priorityLevelConfiguration: { name: 'workload-low' },
      matchingPrecedence: 50,
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'alice' } }],
          resourceRules: [
            { verbs: ['list'], apiGroups: [''], resources: ['pods'], namespaces: ['default'] },
          ],
        },
      ],
    },
  });
  names.set(made.metadata.uid, 'mine');
  const groups = ['system:authenticated'];
  assert.equal(schemaOf('alice', groups, pods), ['mine', 'workload-low']);
  const { namespace: _all, ...everywhere } = pods;
  assert.equal(schemaOf('alice', groups, everywhere), ['global-default', 'global-default']);
});

test.run();
