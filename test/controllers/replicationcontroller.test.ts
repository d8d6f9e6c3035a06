/** ReplicationControllers: the rules of ReplicaSets under another name, and what differs. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { TestCluster } from '../apiserver/cluster.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('replication controller');
const namespace = 'default';

const controller = (spec: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'web:v1' }] },
    },
    ...spec,
  },
});

function submit(cluster: Cluster, request: Any): void {
  const response = cluster.simulation.submit({ namespace, ...request }, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
  settle(cluster.simulation, { horizonMs: 60_000 });
}

const create = (cluster: Cluster, object: Any): void =>
  submit(cluster, { verb: 'create', kind: object.kind, object });

const patch = (cluster: Cluster, kind: string, name: string, change: Any, below = {}): void =>
  submit(cluster, { verb: 'patch', kind, name, patchType: 'merge', patch: change, ...below });

function clusterWith(...objects: readonly Any[]): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1' }] });
  for (const object of objects) create(cluster, object);
  return cluster;
}

const all = ({ simulation }: Cluster, kind: string): readonly Any[] =>
  simulation.store.view().list<Any>(kind);

const get = ({ simulation }: Cluster, kind: string, name = 'web'): Any =>
  simulation.store.view().get(kind, `${namespace}/${name}`);

test('keeps its Pods, counts them, and speaks under its own name', () => {
  const cluster = clusterWith(controller());
  const { metadata, spec, status } = get(cluster, 'ReplicationController');
  assert.equal([spec.selector, metadata.labels], [{ app: 'web' }, { app: 'web' }]);
  assert.equal(status, {
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
  const [owner] = all(cluster, 'Pod')[0].metadata.ownerReferences;
  assert.equal(
    [owner.apiVersion, owner.kind, owner.uid, owner.controller],
    ['v1', 'ReplicationController', metadata.uid, true],
  );
  const created = all(cluster, 'Event').filter(({ reason }) => reason === 'SuccessfulCreate');
  assert.is(created.length, 2);
  assert.is(created[0].source.component, 'replication-controller');
  assert.is(created[0].involvedObject.kind, 'ReplicationController');
  assert.match(created[0].message, /^Created pod: web-/);
});

test('follows its size, which the scale subresource sets too', () => {
  const cluster = clusterWith(controller());
  patch(
    cluster,
    'ReplicationController',
    'web',
    { spec: { replicas: 3 } },
    { subresource: 'scale' },
  );
  assert.is(all(cluster, 'Pod').length, 3);
  patch(cluster, 'ReplicationController', 'web', { spec: { replicas: 1 } });
  assert.is(all(cluster, 'Pod').length, 1);
  const { status } = get(cluster, 'ReplicationController');
  assert.equal([status.replicas, status.observedGeneration], [1, 3]);
});

test('[R-S4] adopts what matches and is nobody’s, and lets go of what does not match any more', () => {
  const stray = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stray', namespace, labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'web:v1' }] },
  };
  const cluster = clusterWith(stray, controller());
  assert.is(get(cluster, 'Pod', 'stray').metadata.ownerReferences[0].name, 'web');
  assert.is(all(cluster, 'Pod').length, 2);
  patch(cluster, 'Pod', 'stray', { metadata: { labels: { app: 'other' } } });
  assert.is(get(cluster, 'Pod', 'stray').metadata.ownerReferences, undefined);
  assert.is(all(cluster, 'Pod').length, 3);
});

test('its selector may change, and the Pods that it leaves behind are let go', () => {
  const cluster = clusterWith(controller());
  const labels = { app: 'web', tier: 'x' };
  patch(cluster, 'ReplicationController', 'web', {
    spec: { selector: labels, template: { metadata: { labels } } },
  });
  const owned = all(cluster, 'Pod').filter(({ metadata }) => metadata.ownerReferences);
  assert.is(owned.length, 2);
  assert.ok(owned.every(({ metadata }) => metadata.labels.tier === 'x'));
  assert.is(all(cluster, 'Pod').length, 4);
});

test('leaves its Pods behind if nothing is said, and takes them along if asked to', () => {
  const kind = 'ReplicationController';
  const left = clusterWith(controller());
  submit(left, { verb: 'delete', kind, name: 'web' });
  assert.is(get(left, kind), undefined);
  assert.equal(
    all(left, 'Pod').map(({ metadata }) => metadata.ownerReferences),
    [undefined, undefined],
  );
  const taken = clusterWith(controller());
  const options = { propagationPolicy: 'Background' };
  submit(taken, { verb: 'delete', kind, name: 'web', options });
  assert.equal(all(taken, 'Pod'), []);
});

test('budgets and autoscalers know its size', () => {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
  };
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'web' },
      minReplicas: 3,
      maxReplicas: 5,
    },
  };
  const cluster = clusterWith(controller(), budget);
  assert.is(get(cluster, 'PodDisruptionBudget').status.expectedPods, 2);
  create(cluster, autoscaler);
  assert.is(get(cluster, 'ReplicationController').spec.replicas, 3);
  assert.is(get(cluster, 'PodDisruptionBudget').status.expectedPods, 3);
});

test('a quota that lets no Pod in is told as a condition', () => {
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { pods: '1' } },
  };
  const cluster = clusterWith(quota, controller());
  const { status } = get(cluster, 'ReplicationController');
  assert.is(status.replicas, 1);
  const [condition] = status.conditions;
  assert.equal([condition.type, condition.reason], ['ReplicaFailure', 'FailedCreate']);
});

const refusal = (spec: Any): string => {
  const cluster = new TestCluster();
  const object = controller(spec);
  const kind = 'ReplicationController';
  const response = cluster.api.handle({ verb: 'create', kind, namespace, object }, 'user', []);
  return response.ok ? '' : response.status.message;
};

test('is refused in the words of 1.36', () => {
  assert.match(
    refusal({ selector: { app: 'api' } }),
    /spec\.template\.metadata\.labels: Invalid value: \{"app":"web"\}: `selector` does not match template `labels`/,
  );
  assert.match(
    refusal({ template: { spec: { containers: [{ name: 'c', image: 'i' }] } } }),
    /spec\.selector: Required value/,
  );
  assert.match(
    refusal({ template: undefined, selector: { a: 'b' } }),
    /spec\.template: Required value/,
  );
  assert.match(refusal({ replicas: -1 }), /spec\.replicas: .* must be greater than or equal to 0/);
  const template = controller().spec.template;
  const late = { ...template, spec: { ...template.spec, activeDeadlineSeconds: 5 } };
  assert.match(
    refusal({ template: late }),
    /activeDeadlineSeconds in ReplicationController is not Supported/,
  );
});

test.run();
