/** Priority levels and flow schemas as every API server has them (upstream's flowcontrol/bootstrap/default.go). */
import type { Made } from './made.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

/** Shares of the server, how many percent of them others may borrow, and the queues of those who wait. */
interface Level {
  readonly name: string;
  readonly shares: number;
  readonly lendable: number;
  /** Absent: nobody waits. */
  readonly queues?: readonly [queues: number, handSize: number];
}

const levels: readonly Level[] = [
  { name: 'catch-all', shares: 5, lendable: 0 },
  { name: 'system', shares: 30, lendable: 33, queues: [64, 6] },
  { name: 'node-high', shares: 40, lendable: 25, queues: [64, 6] },
  { name: 'leader-election', shares: 10, lendable: 0, queues: [16, 4] },
  { name: 'workload-high', shares: 40, lendable: 50, queues: [128, 6] },
  { name: 'workload-low', shares: 100, lendable: 90, queues: [128, 6] },
  { name: 'global-default', shares: 20, lendable: 50, queues: [128, 6] },
];

const priorityLevel = (name: string, spec: object): Made => ({
  apiVersion,
  kind: 'PriorityLevelConfiguration',
  metadata: { name, annotations },
  spec,
});

const limited = ({ name, shares, lendable, queues }: Level): Made =>
  priorityLevel(name, {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      lendablePercent: lendable,
      limitResponse:
        queues === undefined
          ? { type: 'Reject' }
          : {
              type: 'Queue',
              queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 },
            },
    },
  });

type Rules = readonly {
  readonly subjects: readonly object[];
  readonly resourceRules?: readonly object[];
  readonly nonResourceRules?: readonly object[];
}[];

interface Schema {
  readonly name: string;
  readonly level: string;
  readonly precedence: number;
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly rules: Rules;
}

const group = (name: string) => ({ kind: 'Group', group: { name } });
const user = (name: string) => ({ kind: 'User', user: { name } });
const account = (name: string) => ({
  kind: 'ServiceAccount',
  serviceAccount: { name, namespace: 'kube-system' },
});

const rule = (
  verbs: readonly string[],
  apiGroup: string,
  resources: readonly string[],
  namespace: string,
  clusterScope = false,
) => ({
  verbs,
  apiGroups: [apiGroup],
  resources,
  ...(clusterScope ? { clusterScope } : {}),
  namespaces: [namespace],
});

/** Whatever they ask for. */
const everythingOf = (...subjects: readonly object[]): Rules => [
  {
    subjects,
    resourceRules: [rule(['*'], '*', ['*'], '*', true)],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  },
];

const anybody = [group('system:unauthenticated'), group('system:authenticated')];
const manager = user('system:kube-controller-manager');
const scheduler = user('system:kube-scheduler');
const nodes = group('system:nodes');
const kept = ['get', 'create', 'update'];
const leases = rule(kept, 'coordination.k8s.io', ['leases'], '*');
const locks = ['endpoints', 'configmaps'];

const schemas: readonly Schema[] = [
  { name: 'exempt', level: 'exempt', precedence: 1, rules: everythingOf(group('system:masters')) },
  {
    name: 'catch-all',
    level: 'catch-all',
    precedence: 10_000,
    by: 'ByUser',
    rules: everythingOf(...anybody),
  },
  {
    name: 'system-nodes',
    level: 'system',
    precedence: 500,
    by: 'ByUser',
    rules: everythingOf(nodes),
  },
  {
    name: 'system-node-high',
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    rules: [
      {
        subjects: [nodes],
        resourceRules: [
          rule(['*'], '', ['nodes', 'nodes/status'], '*', true),
          rule(['*'], 'coordination.k8s.io', ['leases'], '*'),
        ],
      },
    ],
  },
  {
    name: 'probes',
    level: 'exempt',
    precedence: 2,
    rules: [
      {
        subjects: anybody,
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
      },
    ],
  },
  {
    name: 'system-leader-election',
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    rules: [
      {
        subjects: [manager, scheduler, account('*')],
        resourceRules: [rule(kept, '', locks, 'kube-system'), leases],
      },
    ],
  },
  {
    name: 'endpoint-controller',
    level: 'workload-high',
    precedence: 150,
    by: 'ByUser',
    rules: [
      {
        subjects: [
          manager,
          account('endpoint-controller'),
          account('endpointslicemirroring-controller'),
        ],
        resourceRules: [rule(kept, '', ['endpoints'], '*')],
      },
    ],
  },
  {
    name: 'workload-leader-election',
    level: 'leader-election',
    precedence: 200,
    by: 'ByUser',
    rules: [{ subjects: [account('*')], resourceRules: [rule(kept, '', locks, '*'), leases] }],
  },
  {
    name: 'kube-controller-manager',
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    rules: everythingOf(manager),
  },
  {
    name: 'kube-scheduler',
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    rules: everythingOf(scheduler),
  },
  {
    name: 'kube-system-service-accounts',
    level: 'workload-high',
    precedence: 900,
    by: 'ByNamespace',
    rules: everythingOf(account('*')),
  },
  {
    name: 'service-accounts',
    level: 'workload-low',
    precedence: 9_000,
    by: 'ByUser',
    rules: everythingOf(group('system:serviceaccounts')),
  },
  {
    name: 'global-default',
    level: 'global-default',
    precedence: 9_900,
    by: 'ByUser',
    rules: everythingOf(...anybody),
  },
];

/** Its level is one of those above. */
const found = (level: string) => ({
  type: 'Dangling',
  status: 'False',
  reason: 'Found',
  message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`,
});

const flowSchema = ({ name, level, precedence, by, rules }: Schema): Made => ({
  apiVersion,
  kind: 'FlowSchema',
  metadata: { name, annotations },
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(by === undefined ? {} : { distinguisherMethod: { type: by } }),
    rules,
  },
  status: { conditions: [found(level)] },
});

export const flowControl: readonly Made[] = [
  priorityLevel('exempt', {
    type: 'Exempt',
    exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 },
  }),
  ...levels.map(limited),
  ...schemas.map(flowSchema),
];
