/** What admission adds to Pods and Nodes, and what it refuses (api-07 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { creation, pod, podSpec, TestCluster } from './cluster.ts';

const test = suite('admission');

const specOf = (spec: object) =>
  new TestCluster().create('Pod', pod('p', { ...podSpec, ...spec })).spec;
const refusal = (spec: object) =>
  new TestCluster().refused(creation('Pod', pod('p', { ...podSpec, ...spec }))).message;

const notReady = {
  key: 'node.kubernetes.io/not-ready',
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
};
const unreachable = { ...notReady, key: 'node.kubernetes.io/unreachable' };

test('a Pod ends up with all that it needs', () => {
  assert.equal(specOf({}), {
    containers: [
      {
        name: 'c',
        image: 'web:v1',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: [notReady, unreachable],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  });
});

test('tolerations are added after the given ones, unless one of those will do', () => {
  const own = { key: 'a', operator: 'Exists' };
  assert.equal(specOf({ tolerations: [own] }).tolerations, [own, notReady, unreachable]);
  const mine = { ...notReady, tolerationSeconds: 10 };
  assert.equal(specOf({ tolerations: [mine] }).tolerations, [mine, unreachable]);
  const all = { operator: 'Exists' };
  assert.equal(specOf({ tolerations: [all] }).tolerations, [all]);
  const other = { ...notReady, effect: 'NoSchedule' };
  delete (other as Partial<typeof other>).tolerationSeconds;
  assert.equal(specOf({ tolerations: [other] }).tolerations, [other, notReady, unreachable]);
});

test('priority comes of the class', () => {
  assert.is(specOf({ priorityClassName: 'system-node-critical' }).priority, 2_000_001_000);
  assert.is(specOf({ priorityClassName: 'system-cluster-critical' }).priority, 2_000_000_000);
  for (const name of ['nope', 'constructor']) {
    assert.is(
      refusal({ priorityClassName: name }),
      `pods "p" is forbidden: no PriorityClass with name ${name} was found`,
    );
  }
});

test('priority is not for clients to say', () => {
  assert.is(
    refusal({ priority: 5 }),
    'pods "p" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
  );
  assert.is(
    refusal({ preemptionPolicy: 'Never' }),
    'pods "p" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
  );
  assert.is(specOf({ priority: 0 }).priority, 0);
});

test('a gated Pod says that it is', () => {
  const { status } = new TestCluster().create(
    'Pod',
    pod('p', { ...podSpec, schedulingGates: [{ name: 'a.b/c' }] }),
  );
  assert.equal(status.conditions, [
    {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ]);
});

test('a new Node is not ready', () => {
  const cluster = new TestCluster();
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const own = { key: 'a', effect: 'NoExecute' };
  const taints = (name: string, given: object[]) =>
    cluster.create('Node', { metadata: { name }, spec: { taints: given } }).spec.taints;
  assert.equal(cluster.create('Node', { metadata: { name: 'n1' } }).spec.taints, [taint]);
  assert.equal(taints('n2', [own]), [own, taint]);
  assert.equal(taints('n3', [taint]), [taint]);
});

test('label keys of a Pod become part of its selectors', () => {
  const cluster = new TestCluster();
  const labelSelector = { matchLabels: { app: 'web' } };
  const term = {
    labelSelector,
    topologyKey: 'zone',
    matchLabelKeys: ['pod-template-hash', 'missing'],
    mismatchLabelKeys: ['tenant'],
  };
  const spread = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector,
    matchLabelKeys: ['pod-template-hash'],
  };
  const spec = {
    ...podSpec,
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    topologySpreadConstraints: [spread],
  };
  const labels = { app: 'web', 'pod-template-hash': 'x', tenant: 't' };
  const created = cluster.create('Pod', pod('p', spec, { labels })).spec;
  const same = { key: 'pod-template-hash', operator: 'In', values: ['x'] };
  const [stored] = created.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  assert.equal(stored.labelSelector, {
    ...labelSelector,
    matchExpressions: [same, { key: 'tenant', operator: 'NotIn', values: ['t'] }],
  });
  assert.equal(created.topologySpreadConstraints[0].labelSelector, {
    ...labelSelector,
    matchExpressions: [same],
  });
});

test.run();
