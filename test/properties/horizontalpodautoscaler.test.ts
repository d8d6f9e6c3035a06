/** Histories in which autoscalers resize as they must not: the real controller writes none of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { numberOf } from '../../properties/actions/act.ts';
import type { Look } from '../../properties/horizontalpodautoscaler/look.ts';
import { recommend } from '../../properties/horizontalpodautoscaler/recommend.ts';
import { horizontalPodAutoscaler } from '../../properties/horizontalpodautoscaler.ts';
import { Trial } from '../../properties/trial.ts';
import { worldsOf } from '../../properties/worlds/index.ts';
import { type Any, History, pod } from './judged.ts';

const test = suite('rules of HorizontalPodAutoscalers');

const by = 'horizontal-pod-autoscaler';
const half = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};

/** A Deployment of two, and autoscalers of it. */
class Scaled extends History {
  constructor(spec: Any = {}, names: readonly string[] = ['web']) {
    super(horizontalPodAutoscaler.always!);
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    this.create('user', 'Deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template },
    });
    this.create('user', 'Pod', pod('a', labels));
    for (const name of names) {
      this.create('user', 'HorizontalPodAutoscaler', {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 1,
          maxReplicas: 8,
          ...spec,
        },
      });
    }
  }

  /** It finds what is there, the metrics ask for a size, and it sets one. */
  resizes(to: number, asked: number | undefined, given: Partial<Look> = {}, name = 'web'): this {
    const autoscaler: Any = this.view.get('HorizontalPodAutoscaler', `default/${name}`);
    const current = (this.view.get('Deployment', 'default/web') as Any).spec.replicas;
    this.look = {
      autoscaler,
      t: this.cluster.simulation.now,
      current,
      matches: () => true,
      pods: this.view.list('Pod'),
      measures: true,
      recommended: asked === undefined ? undefined : { replicas: asked, assumes: false },
      ...given,
    };
    this.merge(by, 'Deployment', 'web', { spec: { replicas: to } }, 'scale');
    this.look = undefined;
    return this;
  }
}

const behavior = {
  scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] },
  scaleDown: {
    stabilizationWindowSeconds: 0,
    policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
  },
};

test('[H-S1] a size stays within its bounds', () => {
  assert.equal(new Scaled().resizes(9, 9).broken, [
    'H-S1 default/web goes from 2 to 9, and 1 to 8 are its bounds',
  ]);
  assert.equal(new Scaled({ maxReplicas: 1 }).resizes(1, 1, { measures: false }).broken, []);
});

test('[H-S1] without rules it doubles at most', () => {
  assert.equal(new Scaled().resizes(4, 5).broken, []);
  assert.equal(new Scaled().resizes(5, 5).broken, [
    'H-S1 default/web goes from 2 to 5, and 4 is as much as it may be by now',
  ]);
});

test('[H-S1] policies hold over every window', () => {
  const up = new Scaled({ behavior }).resizes(4, 8);
  up.wait(30);
  up.resizes(5, 8);
  assert.equal(up.broken, [
    'H-S1 default/web goes from 4 to 5, and 4 is as much as it may be by now',
  ]);
  const later = new Scaled({ behavior }).resizes(4, 8);
  later.wait(61);
  assert.equal(later.resizes(6, 8).broken, []);
  const down = new Scaled({ behavior }).resizes(4, 8);
  down.wait(61);
  assert.equal(down.resizes(1, 1).broken, [
    'H-S1 default/web goes from 4 to 1, and 2 is as little as it may be by now',
  ]);
});

test('[H-S2] a size goes down only as far as all that was recommended lately', () => {
  const history = new Scaled().resizes(4, 4);
  history.wait(299);
  history.resizes(2, 2);
  assert.equal(history.broken, ['H-S2 default/web goes from 4 to 2, and 4 was recommended lately']);
  const patient = new Scaled().resizes(4, 4);
  patient.wait(301);
  assert.equal(patient.resizes(2, 2).broken, []);
});

test('[H-S2] nothing is resized within the tolerance', () => {
  assert.equal(new Scaled().resizes(3, 2).broken, [
    'H-S2 default/web goes from 2 to 3, and 2 was recommended lately',
  ]);
});

test('[H-S3] what is off stays so, and without metrics nothing happens', () => {
  const history = new Scaled();
  history.merge('user', 'Deployment', 'web', { spec: { replicas: 0 } });
  history.resizes(1, undefined, { measures: false });
  assert.equal(history.broken, ['H-S3 default/web goes from 0 to 1, and was off']);
  assert.equal(new Scaled().resizes(3, undefined).broken, [
    'H-S3 default/web goes from 2 to 3, and nothing of it is measured',
  ]);
});

test('[H-S4] two autoscalers of the same Pods resize neither', () => {
  const history = new Scaled({}, ['twin', 'web']);
  assert.equal(history.resizes(3, 3, {}, 'twin').broken, []);
  assert.equal(history.resizes(4, 4).broken, [
    'H-S4 default/web goes from 3 to 4, and default/twin selects its Pods, too',
  ]);
});

/** Pods that are well for long, of which the first use so much each, and others are not measured. */
function asks(replicas: number, used: readonly number[]): Any {
  const since = '2026-01-01T00:00:00Z';
  const pods: Any[] = Array.from({ length: replicas }, (_, i) => ({
    metadata: { name: `p${i}` },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: '200m' } } }] },
    status: {
      phase: 'Running',
      startTime: since,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
    },
  }));
  const measured = used.map((cpu, i) => ({
    pod: pods[i],
    at: 0,
    windowMs: 0,
    containers: new Map([['c', { cpu }]]),
  }));
  const target = {
    namespace: 'default',
    replicas,
    statusReplicas: replicas,
    matches: () => true,
    pods,
  };
  const autoscaler: Any = { spec: { metrics: [half] } };
  const metrics: Any = { pods: () => measured, external: () => [] };
  return recommend(autoscaler, target, metrics, Date.parse(since) + 900_000);
}

test('[H-S3] who is not measured is idle on the way up, and busy on the way down', () => {
  assert.equal(asks(2, [150, 150]), { replicas: 3, assumes: false });
  assert.equal(asks(4, [300, 300]), { replicas: 6, assumes: true });
  assert.equal(asks(4, [150, 150]), { replicas: 4, assumes: true });
  assert.equal(asks(4, [50, 50]), { replicas: 4, assumes: true });
  assert.equal(asks(4, [10, 10, 10]), { replicas: 3, assumes: true });
  assert.is(asks(2, []), undefined);
});

/** The whole of a world in which a queue asks for one Pod, and all Pods together use what five should. */
function swinging(scaleDown?: object): readonly unknown[] {
  const base = worldsOf('horizontalpodautoscaler')[2]!;
  const acts = base.acts!;
  const steps = base.scenario.steps.map((step) => {
    if (step.type !== 'apply' || scaleDown === undefined) return step;
    const objects = step.objects.map((one: Any) =>
      one.spec.behavior === undefined
        ? one
        : { ...one, spec: { ...one.spec, behavior: { scaleDown } } },
    );
    return { ...step, objects };
  });
  const told: unknown[] = [];
  const onKnown = (defect: string) => told.push(defect);
  const trial = new Trial({ ...base, scenario: { ...base.scenario, steps }, onKnown });
  const story = [
    ['queue', 0],
    // The new process looks a second after the metrics server does, and not just before.
    ['wait', 0],
    ['crash', 0],
    ['wait', 3],
    ['load', 5],
  ] as const;
  const broken = trial.run(story.map(([name, how]) => numberOf(name, how, acts)));
  return [...told, broken?.id];
}

test('[G13] [H-L1] without a window of stabilization sizes swing, which is told and is no alarm', () => {
  assert.equal(swinging(), [
    'an autoscaler without a window of stabilization swings: new Pods bear their part of the load, and are not counted yet',
    undefined,
  ]);
  assert.equal(swinging({ stabilizationWindowSeconds: 60 }), [undefined]);
});

test.run();
