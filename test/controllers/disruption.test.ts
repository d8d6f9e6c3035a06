/** The disruption controller: what it counts, and what it does when it cannot (ctl-05 §B). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { staleDisruptionTarget } from '../../src/controllers/disruption/stalecondition.ts';
import { disruptionController } from '../../src/controllers/disruption.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { type Any, deployment, pod, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('disruption controller');

const labels = { app: 'web' };
const selector = { matchLabels: labels };

/** A cluster with a budget and Pods of it, `ready` of them ready, owned by who is given. */
function withPods(spec: Any, ready: number, count: number, owner?: Any): TestCluster {
  const cluster = new TestCluster();
  cluster.create('PodDisruptionBudget', {
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector, ...spec },
  });
  for (let i = 0; i < count; i++) {
    const owners = owner === undefined ? {} : { ownerReferences: [owner] };
    cluster.create('Pod', pod(`p${i}`, undefined, { labels, ...owners }));
    const status = i < ready ? 'True' : 'False';
    const conditions = [{ type: 'Ready', status }];
    cluster.merge('Pod', `p${i}`, { status: { phase: 'Running', conditions } }, 'status');
  }
  return cluster;
}

const owned = (object: Any) => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  name: object.metadata.name,
  uid: object.metadata.uid,
  controller: true,
});

const sync = (cluster: TestCluster) => pass(disruptionController(), 'default/b', cluster);

const statusIn = (cluster: TestCluster) => cluster.get('PodDisruptionBudget', 'b').status;

const counts = ({ expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed }: Any) => [
  expectedPods,
  desiredHealthy,
  currentHealthy,
  disruptionsAllowed,
];

test('counts Pods against minAvailable, and says that some may go', () => {
  const cluster = withPods({ minAvailable: 2 }, 3, 4);
  sync(cluster);
  const status = statusIn(cluster);
  assert.equal(counts(status), [4, 2, 3, 1]);
  assert.equal(status.observedGeneration, 1);
  assert.equal(status.conditions, [
    {
      type: 'DisruptionAllowed',
      status: 'True',
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'SufficientPods',
      message: '',
    },
  ]);
});

test('writes nothing when nothing changed', () => {
  const cluster = withPods({ minAvailable: 2 }, 3, 4);
  assert.is(sync(cluster).requests.length, 1);
  assert.is(sync(cluster).requests.length, 0);
});

test('says again that Pods are too few once it can count them, though no number changed', () => {
  const cluster = withPods({ minAvailable: 1 }, 1, 1);
  sync(cluster);
  const [condition] = statusIn(cluster).conditions;
  const failed = { ...condition, reason: 'SyncFailed', message: 'no scale' };
  cluster.merge('PodDisruptionBudget', 'b', { status: { conditions: [failed] } }, 'status');
  sync(cluster);
  assert.equal(statusIn(cluster).conditions, [{ ...condition, reason: 'InsufficientPods' }]);
});

test('[ctl-05 B] a Pod of several budgets counts for the first, says so, and cannot be evicted', () => {
  const { simulation } = createCluster({ nodes: [{ name: 'n1' }] });
  const create = (kind: string, object: Any) => {
    const request = { verb: 'create', kind, namespace: 'default', object } as const;
    assert.ok(simulation.submit(request, 'user').ok);
  };
  for (const name of ['a', 'b']) {
    create('PodDisruptionBudget', { metadata: { name }, spec: { selector, minAvailable: 1 } });
  }
  create('Deployment', deployment('web', { replicas: 2 }));
  settle(simulation, { horizonMs: 10_000 });
  const view = simulation.store.view();
  const healthy = view
    .list<Any>('PodDisruptionBudget')
    .map(({ metadata, status }) => [metadata.name, status.currentHealthy]);
  assert.equal(healthy, [
    ['a', 2],
    ['b', 0],
  ]);
  const [first] = view.list<Any>('Pod');
  const { name } = first.metadata;
  const told = view
    .list<Any>('Event')
    .find(({ reason, involvedObject }) =>
      reason.startsWith('Multiple') ? involvedObject.name === name : false,
    );
  assert.is(
    told.message,
    `Pod "default"/"${name}" matches multiple PodDisruptionBudgets.  Chose "a" arbitrarily.`,
  );
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
  const where = { verb: 'create', kind: 'Pod', namespace: 'default', name } as const;
  const answer = simulation.submit({ ...where, subresource: 'eviction', object: eviction }, 'user');
  assert.is(!answer.ok && answer.status.code, 500);
});

test('tells that no Pod is selected', () => {
  const cluster = withPods({ minAvailable: 1 }, 0, 0);
  assert.equal(sync(cluster).events, ['Normal NoPods: No matching pods found']);
  assert.equal(counts(statusIn(cluster)), [0, 1, 0, 0]);
});

test('takes the size of any owner that has a scale', () => {
  const spec = {
    selector,
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  };
  for (const [kind, own] of [
    ['ReplicaSet', { ...spec, replicas: 5 }],
    ['StatefulSet', { ...spec, replicas: 5, serviceName: 's' }],
    ['ReplicationController', { ...spec, selector: labels, replicas: 5 }],
  ] as const) {
    const owner = new TestCluster().create(kind, {
      metadata: { name: 'o', namespace: 'default' },
      spec: own,
    });
    const cluster = withPods({ maxUnavailable: '20%' }, 4, 4, { ...owned(owner), uid: 'later' });
    const created = cluster.create(kind, {
      metadata: { name: 'o', namespace: 'default' },
      spec: own,
    });
    for (let i = 0; i < 4; i++) {
      cluster.merge('Pod', `p${i}`, { metadata: { ownerReferences: [owned(created)] } });
    }
    sync(cluster);
    assert.equal(counts(statusIn(cluster)), [5, 4, 4, 0], kind);
  }
});

test('allows nothing when an owner is not found, and says why', () => {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'gone',
    uid: 'u',
    controller: true,
  };
  const cluster = withPods({ maxUnavailable: 1 }, 3, 3, owner);
  assert.equal(sync(cluster).events, [
    'Warning CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: found no controllers for pod "p0"',
  ]);
  const { disruptionsAllowed, conditions } = statusIn(cluster);
  assert.is(disruptionsAllowed, 0);
  assert.is(conditions[0].reason, 'SyncFailed');
  assert.is(conditions[0].message, 'found no controllers for pod "p0"');
});

test('an owner without a scale is told as what it is', () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u', controller: true };
  const cluster = withPods({ maxUnavailable: 1 }, 1, 1, owner);
  sync(cluster);
  assert.is(
    statusIn(cluster).conditions[0].message,
    'configmaps does not implement the scale subresource',
  );
});

test('leaves Pods without an owner out of a share, and warns', () => {
  const cluster = withPods({ maxUnavailable: 1 }, 2, 2);
  assert.match(
    sync(cluster).events[0]!,
    'Warning UnmanagedPods: Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged.',
  );
  assert.equal(counts(statusIn(cluster)), [0, 0, 2, 0]);
});

/** Notes that a Pod was let go, as an eviction does. */
const letGo = (cluster: TestCluster, name: string) =>
  cluster.merge(
    'PodDisruptionBudget',
    'b',
    { status: { disruptedPods: { [name]: '2026-01-01T00:00:00Z' } } },
    'status',
  );

test('[B-L1] a Pod that was let go counts as gone for two minutes, and then as staying', () => {
  const cluster = withPods({ minAvailable: 2 }, 3, 3);
  letGo(cluster, 'p0');
  assert.equal(sync(cluster).later, [['default/b', 120_001]]);
  assert.equal(counts(statusIn(cluster)), [3, 2, 2, 0]);
  cluster.now = 120_001;
  const { events } = sync(cluster);
  assert.equal(events, [
    "Warning NotDeleted: Pod was expected by PDB default/default to be deleted but it wasn't",
  ]);
  assert.equal(counts(statusIn(cluster)), [3, 2, 3, 1]);
  assert.is(statusIn(cluster).disruptedPods, undefined);
});

test('forgets a Pod that was let go once it is marked', () => {
  const cluster = withPods({ minAvailable: 2 }, 3, 3);
  cluster.bind('p0');
  letGo(cluster, 'p0');
  cluster.delete('Pod', 'p0');
  sync(cluster);
  assert.is(statusIn(cluster).disruptedPods, undefined);
  assert.equal(counts(statusIn(cluster)), [3, 2, 2, 0]);
});

test('[B-S1] an old cache does not give back what evictions took', () => {
  const cluster = withPods({ minAvailable: 2 }, 3, 3);
  const old = cluster.store.view(cluster.store.revision);
  sync(cluster);
  cluster.merge('PodDisruptionBudget', 'b', { status: { disruptionsAllowed: 0 } }, 'status');
  const passed = pass(disruptionController(), 'default/b', cluster, old);
  assert.is(passed.requests.length, 1, 'it does not try again on a newer version');
  assert.match((passed.outcome as Any).error, 'the object has been modified');
  assert.is(statusIn(cluster).disruptionsAllowed, 0);
});

test('a Pod that was told to end and stays for two minutes is told so', () => {
  const cluster = withPods({ minAvailable: 1 }, 1, 1);
  const target = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  cluster.merge('Pod', 'p0', { status: { conditions: [target] } }, 'status');
  assert.equal(pass(staleDisruptionTarget(), 'default/p0', cluster).later, [
    ['default/p0', 120_000],
  ]);
  cluster.now = 120_000;
  pass(staleDisruptionTarget(), 'default/p0', cluster);
  assert.equal(cluster.get('Pod', 'p0').status.conditions, [
    {
      type: 'DisruptionTarget',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:02:00Z',
    },
  ]);
});

test('what a kubelet ends may take any time', () => {
  const cluster = withPods({ minAvailable: 1 }, 1, 1);
  const target = { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet' };
  cluster.merge('Pod', 'p0', { status: { conditions: [target] } }, 'status');
  cluster.now = 600_000;
  assert.equal(pass(staleDisruptionTarget(), 'default/p0', cluster).requests, []);
});

test.run();
