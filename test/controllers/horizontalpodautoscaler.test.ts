/** The HorizontalPodAutoscaler controller: what it decides, and what it says of it (ctl-05 §A). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { horizontalPodAutoscalerController } from '../../src/controllers/horizontalpodautoscaler.ts';
import type { Controller } from '../../src/sim/controller.ts';
import { type Any, deployment, pod, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('horizontal pod autoscaler');

const labels = { app: 'web' };

/** A Deployment with Pods that are ready for long, and an autoscaler at 50 % of 200m each. */
class World extends TestCluster {
  readonly controller: Controller = horizontalPodAutoscalerController();

  constructor(replicas: number, spec: Any = {}) {
    super();
    this.ok({ verb: 'create', kind: 'Deployment', object: deployment('web', { replicas }) } as Any);
    this.autoscaler('web', spec);
    for (let i = 0; i < replicas; i++) this.pod(`p${i}`);
    this.now = 600_000;
    this.sized(replicas);
  }

  autoscaler(name: string, spec: Any = {}, target = 'web'): void {
    this.create('HorizontalPodAutoscaler', {
      metadata: { name, namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
        minReplicas: 1,
        maxReplicas: 10,
        metrics: [utilization(50)],
        ...spec,
      },
    });
  }

  pod(name: string, phase = 'Running'): void {
    const resources = { requests: { cpu: '200m' } };
    this.create(
      'Pod',
      pod(name, { containers: [{ name: 'c', image: 'i', resources }] }, { labels }),
    );
    const since = '2026-01-01T00:00:05Z';
    const status = {
      phase,
      startTime: since,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
      containerStatuses: [{ name: 'c', state: { running: { startedAt: since } } }],
    };
    this.merge('Pod', name, { status }, 'status');
  }

  sized(replicas: number): void {
    this.merge('Deployment', 'web', { status: { replicas } }, 'status');
  }

  look(name = 'web') {
    return pass(this.controller, `default/${name}`, this);
  }

  get replicas(): number {
    return this.get('Deployment', 'web').spec.replicas;
  }

  status(name = 'web'): Any {
    return this.get('HorizontalPodAutoscaler', name).status;
  }

  condition(type: string, name = 'web'): string {
    const found = this.status(name).conditions.find((one: Any) => one.type === type);
    return `${found.status} ${found.reason}: ${found.message}`;
  }
}

const utilization = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});

const external = (value: string) => ({
  type: 'External',
  external: { metric: { name: 'queue' }, target: { type: 'Value', value } },
});

test('scales up to what the load needs, and tells so', () => {
  const world = new World(2);
  world.metrics.use({ selector: 'app=web', cpu: '150m' });
  const { events, later } = world.look();
  assert.is(world.replicas, 3);
  assert.equal(events, [
    'Normal SuccessfulRescale: New size: 3; reason: cpu resource utilization (percentage of request) above target',
  ]);
  assert.equal(later, [['default/web', 15_000]]);
  const { lastScaleTime, currentReplicas, desiredReplicas, currentMetrics } = world.status();
  assert.equal([lastScaleTime, currentReplicas, desiredReplicas], ['2026-01-01T00:10:00Z', 2, 3]);
  assert.equal(currentMetrics, [
    {
      type: 'Resource',
      resource: { name: 'cpu', current: { averageUtilization: 75, averageValue: '150m' } },
    },
  ]);
  assert.is(
    world.condition('AbleToScale'),
    'True SucceededRescale: the HPA controller was able to update the target scale to 3',
  );
  assert.is(
    world.condition('ScalingActive'),
    'True ValidMetricFound: the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
  );
  assert.is(
    world.condition('ScalingLimited'),
    'False DesiredWithinRange: the desired count is within the acceptable range',
  );
});

test('[H-S1] does nothing within the tolerance, which can be set apart for both ways', () => {
  const quiet = new World(2);
  quiet.metrics.use({ selector: 'app=web', cpu: '110m' });
  quiet.look();
  assert.is(quiet.replicas, 2);
  const eager = new World(2, { behavior: { scaleUp: { tolerance: '50m' } } });
  eager.metrics.use({ selector: 'app=web', cpu: '110m' });
  eager.look();
  assert.is(eager.replicas, 3);
});

test('[H-S1] brings a size within its bounds without a look at metrics', () => {
  const many = new World(12);
  assert.match(
    many.look().events[0]!,
    'New size: 10; reason: Current number of replicas above Spec.MaxReplicas',
  );
  const few = new World(1, { minReplicas: 3 });
  assert.match(
    few.look().events[0]!,
    'New size: 3; reason: Current number of replicas below Spec.MinReplicas',
  );
});

test('[H-S3] leaves a target alone that was set to nothing', () => {
  const world = new World(0);
  assert.equal(world.look().events, []);
  assert.is(world.replicas, 0);
  assert.is(
    world.condition('ScalingActive'),
    'False ScalingDisabled: scaling is disabled since the replica count of the target is zero',
  );
});

test('[H-S2] keeps to the highest recommendation of the last five minutes', () => {
  const world = new World(4);
  world.metrics.use({ selector: 'app=web', cpu: '100m' });
  world.look();
  world.metrics.use({ selector: 'app=web', cpu: '20m' });
  world.now += 299_000;
  world.look();
  assert.is(world.replicas, 4);
  assert.match(
    world.condition('AbleToScale'),
    'True ScaleDownStabilized: recent recommendations were higher',
  );
  world.now += 302_000;
  world.look();
  assert.is(world.replicas, 1);
});

test('[H-S1] a policy counts what was done in its period', () => {
  const policies = [{ type: 'Pods', value: 2, periodSeconds: 60 }];
  const world = new World(2, { behavior: { scaleUp: { policies } } });
  world.metrics.use({ selector: 'app=web', cpu: '2' });
  world.look();
  assert.is(world.replicas, 4);
  world.now += 30_000;
  world.look();
  assert.is(world.replicas, 4);
  assert.match(world.condition('ScalingLimited'), 'True ScaleUpLimit');
  world.now += 31_000;
  world.look();
  assert.is(world.replicas, 6);
});

test('says why it knows nothing', () => {
  const world = new World(2);
  world.metrics.use({ selector: 'app=api', cpu: '100m' });
  const error =
    'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API';
  const { events, outcome, later } = world.look();
  assert.equal(events, [
    `Warning FailedGetResourceMetric: ${error}`,
    `Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${error}`,
  ]);
  assert.is((outcome as Any).drop, true, 'it is tried again when its time comes, and not before');
  assert.equal(later, [['default/web', 15_000]]);
  assert.is(
    world.condition('ScalingActive'),
    `False FailedGetResourceMetric: the HPA was unable to compute the replica count: ${error}`,
  );
});

test('[ctl-05 A.3] a metric that failed leaves an empty entry in the status', () => {
  const world = new World(2, { metrics: [utilization(50), external('10')] });
  world.metrics.use({ selector: 'app=web', cpu: '50m' });
  world.look();
  const { currentReplicas, desiredReplicas, currentMetrics } = world.status();
  assert.equal([currentReplicas, desiredReplicas], [2, 0]);
  const current = { averageUtilization: 25, averageValue: '50m' };
  assert.equal(currentMetrics, [
    { type: 'Resource', resource: { name: 'cpu', current } },
    { type: '' },
  ]);
});

test('[ctl-05 A.3] an API that nobody serves is told as such', () => {
  const average = { type: 'AverageValue', averageValue: '10' };
  const describedObject = { apiVersion: 'v1', kind: 'Service', name: 'web' };
  const container = { name: 'cpu', container: 'c', target: utilization(50).resource.target };
  const metrics: Any[] = [
    utilization(50),
    { type: 'ContainerResource', containerResource: container },
    { type: 'Pods', pods: { metric: { name: 'hits' }, target: average } },
    { type: 'Object', object: { describedObject, metric: { name: 'hits' }, target: average } },
    external('10'),
  ];
  const failures = metrics.map((metric) => new World(2, { metrics: [metric] }).look().events[1]);
  const first =
    'Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is:';
  const resource =
    'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
  const custom =
    'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
  assert.equal(failures, [
    `${first} failed to get cpu resource metric value: ${resource}`,
    `${first} failed to get c container metric value: ${resource}`,
    `${first} failed to get pods metric value: unable to get metric hits: ${custom}`,
    `${first} failed to get object metric value: failed to get hits object metric: unable to get metric hits: Service on default web/${custom}`,
    `${first} failed to get queue external metric value: failed to get external metric queue: unable to get external metric default/queue/<nil>: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)`,
  ]);
});

test('[ctl-05 A.4] a value within the tolerance asks for no Pods, any other for those that are ready', () => {
  const world = new World(2, { metrics: [external('10')] });
  for (const name of ['p0', 'p1']) world.delete('Pod', name, { gracePeriodSeconds: 0 });
  world.metrics.set({ name: 'queue', value: '10' });
  assert.equal(world.look().events, []);
  assert.match(world.condition('ScalingActive'), 'True ValidMetricFound');
  world.metrics.set({ name: 'queue', value: '20' });
  const { events } = world.look();
  assert.match(
    events[0]!,
    'unable to calculate ready pods: no pods returned by selector while calculating replica count',
  );
});

test('[ctl-05 A.2] a size that only earlier recommendations ask for has no reason of its own', () => {
  const world = new World(2);
  world.metrics.use({ selector: 'app=web', cpu: '200m' });
  world.look();
  world.merge('Deployment', 'web', { spec: { replicas: 2 } });
  world.metrics.use({ selector: 'app=web', cpu: '100m' });
  assert.equal(world.look().events, ['Normal SuccessfulRescale: New size: 4; reason: ']);
});

test('[H-S3] what is not measured counts as idle on the way up, and as busy on the way down', () => {
  const up = new World(2);
  up.pod('p2', 'Pending');
  up.metrics.use({ selector: 'app=web', cpu: '200m' });
  up.look();
  assert.is(up.replicas, 4, 'ceil(66 % / 50 % × 3)');
  const down = new World(4);
  down.metrics.use({ selector: 'app=web', cpu: '10m' });
  down.merge('Pod', 'p3', { status: { containerStatuses: [] } }, 'status');
  down.now += 301_000;
  down.look();
  assert.is(down.replicas, 4, 'stabilized by what it found');
  down.now += 301_000;
  down.look();
  assert.is(down.replicas, 3, 'ceil(28 % / 50 % × 4)');
});

test('with some metrics missing it goes up by the others, and not down', () => {
  const metrics = [utilization(50), external('10')];
  const up = new World(2, { metrics });
  up.metrics.use({ selector: 'app=web', cpu: '200m' });
  up.metrics.set({ name: 'other', value: '1' });
  const { events } = up.look();
  assert.is(
    events[0]!,
    'Warning FailedGetExternalMetric: unable to get external metric default/queue/<nil>: no metrics returned from external metrics API',
  );
  assert.is(up.replicas, 4);
  const down = new World(4, { metrics });
  down.metrics.use({ selector: 'app=web', cpu: '10m' });
  assert.match(down.look().events[1]!, 'invalid metrics (1 invalid out of 2), first error is:');
});

test('the most that any metric asks for counts', () => {
  const world = new World(2, { metrics: [utilization(50), external('10')] });
  world.metrics.use({ selector: 'app=web', cpu: '100m' });
  world.metrics.set({ name: 'queue', value: '20' });
  assert.match(
    world.look().events[0]!,
    'New size: 4; reason: external metric queue(<nil>) above target',
  );
});

test('[H-S4] two autoscalers that select the same Pods both stand still', () => {
  const world = new World(2);
  world.autoscaler('rival');
  world.metrics.use({ selector: 'app=web', cpu: '50m' });
  world.look('rival');
  const { events } = world.look();
  assert.match(
    events[0]!,
    'Warning AmbiguousSelector: pods by selector app=web are controlled by multiple HPAs: [default/rival default/web]',
  );
  assert.match(world.condition('ScalingActive'), 'False AmbiguousSelector');
  world.delete('HorizontalPodAutoscaler', 'rival');
  world.look('rival');
  world.look();
  assert.match(world.condition('ScalingActive'), 'True ValidMetricFound');
});

test('a target that is not there, or has no scale', () => {
  const world = new World(2);
  world.autoscaler('gone', {}, 'nowhere');
  assert.equal(world.look('gone').events, [
    'Warning FailedGetScale: deployments.apps "nowhere" not found',
  ]);
  assert.is(
    world.condition('AbleToScale', 'gone'),
    `False FailedGetScale: the HPA controller was unable to get the target's current scale: deployments.apps "nowhere" not found`,
  );
  const scaleTargetRef = { apiVersion: 'x.dev/v1', kind: 'Site', name: 's' };
  world.autoscaler('other', { scaleTargetRef });
  assert.equal(world.look('other').events, [
    'Warning FailedGetScale: no matches for kind "Site" in group "x.dev"',
  ]);
});

test('any kind with a scale can be the target', () => {
  for (const [kind, apiVersion, spec] of [
    ['ReplicaSet', 'apps/v1', { selector: { matchLabels: labels } }],
    ['StatefulSet', 'apps/v1', { selector: { matchLabels: labels }, serviceName: 's' }],
    ['ReplicationController', 'v1', { selector: labels }],
  ] as const) {
    const world = new World(0);
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const object = {
      metadata: { name: 'o', namespace: 'default' },
      spec: { ...spec, template, replicas: 2 },
    };
    world.create(kind, object);
    world.pod('p0');
    world.pod('p1');
    world.autoscaler('any', { scaleTargetRef: { apiVersion, kind, name: 'o' } });
    world.metrics.use({ selector: 'app=web', cpu: '200m' });
    world.look('any');
    assert.is(world.get(kind, 'o').spec.replicas, 4, kind);
  }
});

test('who resized the target meanwhile comes first', () => {
  const world = new World(2);
  world.metrics.use({ selector: 'app=web', cpu: '200m' });
  const { api } = world;
  const handle = api.handle.bind(api);
  let raced = false;
  api.handle = (request, by, causes) => {
    if (request.verb === 'update' && request.subresource === 'scale' && !raced) {
      raced = true;
      world.merge('Deployment', 'web', { spec: { replicas: 3 } });
    }
    return handle(request, by, causes);
  };
  const { events } = world.look();
  assert.is(world.replicas, 3);
  assert.match(
    events[0]!,
    'Warning FailedRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target; error: Operation cannot be fulfilled on deployments.apps "web"',
  );
  assert.match(world.condition('AbleToScale'), 'False FailedUpdateScale');
});

test('[ctl-05 A.2] a status that is refused is told', () => {
  const world = new World(2);
  world.metrics.use({ selector: 'app=web', cpu: '100m' });
  const view = world.store.view(world.store.revision);
  world.merge('HorizontalPodAutoscaler', 'web', { metadata: { labels: { a: 'b' } } });
  const { events } = pass(world.controller, 'default/web', world, view);
  assert.is(events.length, 1);
  assert.match(
    events[0]!,
    'Warning FailedUpdateStatus: Operation cannot be fulfilled on horizontalpodautoscalers.autoscaling "web"',
  );
});

test.run();
