/** What FlowSchemas and priority levels are refused for, in the words of 1.36 (pkg/apis/flowcontrol/validation). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { flowControl } from '../../../src/apiserver/bootstrap/flowcontrol.ts';
import { type Any, TestCluster } from '../../apiserver/cluster.ts';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of flow control');

const schema = {
  spec: {
    priorityLevelConfiguration: { name: 'global-default' },
    matchingPrecedence: 50,
    distinguisherMethod: { type: 'ByUser' },
    rules: [
      {
        subjects: [{ kind: 'User', user: { name: 'noxu' } }],
        resourceRules: [
          {
            verbs: ['*'],
            apiGroups: ['*'],
            resources: ['*'],
            namespaces: ['*'],
            clusterScope: true,
          },
        ],
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz/*'] }],
      },
    ],
  },
};
const rule = 'spec/rules/0';
const at = 'spec.rules[0]';

test('[api-06] a flow schema says who asks for what, and in which order it is looked at', () => {
  refuses('FlowSchema', schema, [
    [
      { 'spec/matchingPrecedence': -1 },
      'spec.matchingPrecedence: Invalid value: -1: must be a positive value',
    ],
    [
      { 'spec/matchingPrecedence': 10001 },
      'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000',
    ],
    [
      { 'spec/matchingPrecedence': 1 },
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
    ],
    [
      { 'spec/distinguisherMethod/type': 'ByMood' },
      'spec.distinguisherMethod.type: Unsupported value: {"Type":"ByMood"}: supported values: "ByNamespace", "ByUser"',
    ],
    [
      { 'spec/priorityLevelConfiguration/name': '' },
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
    ],
    [
      { [`${rule}/subjects`]: [] },
      `${at}.subjects: Required value: subjects must contain at least one value`,
    ],
    [
      { [`${rule}/resourceRules`]: [], [`${rule}/nonResourceRules`]: [] },
      `${at}: Required value: at least one of resourceRules and nonResourceRules has to be non-empty`,
    ],
    [
      { [`${rule}/subjects/0`]: { kind: 'Group', user: { name: 'noxu' } } },
      `${at}.subjects[0].group: Required value: group is required when subject kind is 'Group'`,
      `${at}.subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'`,
    ],
    [
      { [`${rule}/subjects/0`]: { kind: 'ServiceAccount', serviceAccount: { name: '*' } } },
      `${at}.subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account`,
    ],
    [
      { [`${rule}/subjects/0/kind`]: 'Robot' },
      `${at}.subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"`,
    ],
    [
      { [`${rule}/resourceRules/0/verbs`]: ['*', 'get'] },
      `${at}.resourceRules[0].verbs: Invalid value: ["*","get"]: if '*' is present, must not specify other verbs`,
    ],
    [
      { [`${rule}/resourceRules/0/verbs`]: ['feed'] },
      `${at}.resourceRules[0].verbs: Unsupported value: ["feed"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"`,
    ],
    [
      {
        [`${rule}/resourceRules/0/apiGroups`]: [],
        [`${rule}/resourceRules/0/resources`]: ['*', 'pods'],
        [`${rule}/resourceRules/0/namespaces`]: [],
        [`${rule}/resourceRules/0/clusterScope`]: false,
      },
      `${at}.resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group`,
      `${at}.resourceRules[0].resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources`,
      `${at}.resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace`,
    ],
    [
      { [`${rule}/nonResourceRules/0/nonResourceURLs`]: ['/a//b', '/a*', 'a', '/a b', '/'] },
      `${at}.nonResourceRules[0].nonResourceURLs[0]: Invalid value: "/a//b": must not contain double slash`,
      `${at}.nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a*": wildcard can only do suffix matching`,
      `${at}.nonResourceRules[0].nonResourceURLs[2]: Invalid value: "a": must start with slash`,
      `${at}.nonResourceRules[0].nonResourceURLs[3]: Invalid value: "/a b": must not contain white-space`,
    ],
  ]);
  refusesUpdate(
    'FlowSchema',
    schema,
    [
      [
        { 'status/conditions': [{ type: 'Dangling' }, { type: 'Dangling' }] },
        'status.conditions[1].type: Duplicate value: "Dangling"',
      ],
    ],
    'status',
  );
});

test('[api-06] a priority level is limited, unless it is the one that is exempt', () => {
  const queuing = { queues: 64, handSize: 6, queueLengthLimit: 50 };
  const right = {
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing } } },
  };
  const limited = 'spec.limited';
  const field = `${limited}.limitResponse.queuing`;
  refuses('PriorityLevelConfiguration', right, [
    [
      { 'spec/type': 'Exempt' },
      `spec.type: Invalid value: "Exempt": type must be 'Exempt' if and only if name is 'exempt'`,
      'spec.limited: Forbidden: must be nil if the type is not Limited',
      'spec.exempt: Required value: must not be empty',
    ],
    [
      { 'spec/limited': undefined },
      'spec.limited: Required value: must not be empty when type is Limited',
    ],
    [{ 'spec/exempt': {} }, 'spec.exempt: Forbidden: must be nil if the type is Limited'],
    [
      {
        'spec/limited/nominalConcurrencyShares': -1,
        'spec/limited/lendablePercent': 101,
        'spec/limited/borrowingLimitPercent': -1,
      },
      `${limited}.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer`,
      `${limited}.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive`,
      `${limited}.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer`,
    ],
    [
      { 'spec/limited/limitResponse/queuing/handSize': 65 },
      `${field}.handSize: Invalid value: 65: should not be greater than queues (64)`,
    ],
    [
      { 'spec/limited/limitResponse/queuing/handSize': 16 },
      `${field}.handSize: Invalid value: 16: required entropy bits of deckSize 64 and handSize 16 should not be greater than 60`,
    ],
    [
      { 'spec/limited/limitResponse/type': 'Reject' },
      `${field}: Forbidden: must be nil if limited.limitResponse.type is not Limited`,
    ],
  ]);
});

test('[api-05] shares, hands and queues are filled in', () => {
  const cluster = new TestCluster();
  const limited = { limitResponse: { type: 'Queue', queuing: {} } };
  const level = { metadata: { name: 'l' }, spec: { type: 'Limited', limited } };
  assert.equal(cluster.create('PriorityLevelConfiguration', level as Any).spec.limited, {
    limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
    nominalConcurrencyShares: 30,
    lendablePercent: 0,
  });
  const { matchingPrecedence: _none, ...spec } = schema.spec;
  const made = cluster.create('FlowSchema', { metadata: { name: 's' }, spec } as Any);
  assert.is(made.spec.matchingPrecedence, 1000);
});

test('[api-06] what every server begins with is right, and what must be there stays as it is', () => {
  const cluster = new TestCluster();
  for (const { status: _given, ...object } of flowControl as Any[]) {
    cluster.create(object.kind, object);
  }
  const patch = { spec: { matchingPrecedence: 9_999 } };
  const request = {
    verb: 'patch',
    kind: 'FlowSchema',
    name: 'catch-all',
    patchType: 'merge',
    patch,
  };
  assert.match(
    cluster.refused(request as Any).message,
    "spec of 'catch-all' must equal the fixed value",
  );
});

test.run();
