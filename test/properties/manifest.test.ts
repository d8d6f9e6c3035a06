/** Manifests of a user that `check` searches: what may happen in their world, and what comes of it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { numberOf } from '../../properties/actions/act.ts';
import { Trial } from '../../properties/trial.ts';
import { worldOf } from '../../properties/worlds/index.ts';
import { defaultNodes, type Scenario } from '../../src/sim/scenario/types.ts';
import type { Any } from './judged.ts';

const test = suite('worlds of manifests');

const selector = { matchLabels: { app: 'shop' } };
const resources = { requests: { cpu: '1' } };
const shop: Any = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop' },
  spec: {
    replicas: 2,
    selector,
    template: {
      metadata: { labels: selector.matchLabels },
      spec: { containers: [{ name: 'c', image: 'shop:1', resources }] },
    },
  },
};
const autoscaler = (behavior: object): Any => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'shop' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    minReplicas: 2,
    maxReplicas: 8,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
      },
    ],
    behavior,
  },
});

/** What is told of an autoscaler whose Pods use what 4.2 of them should. */
function told(behavior: object): readonly unknown[] {
  const objects = [shop, autoscaler(behavior)];
  const scenario: Scenario = {
    nodes: defaultNodes,
    behaviour: [],
    steps: [{ type: 'apply', objects }],
  };
  const base = worldOf(scenario);
  const known: unknown[] = [];
  const trial = new Trial({ ...base, onKnown: (defect) => known.push(defect) });
  const story = [
    ['wait', 0],
    ['crash', 0],
    ['wait', 3],
    ['use', 5],
  ] as const;
  const broken = trial.run(story.map(([name, how]) => numberOf(name, how, base.acts!)));
  assert.ok(trial.happenings.some(({ text }) => text === 'all Pods of shop together use 2100m'));
  return [broken?.id, ...known];
}

test('[G13] an autoscaler without a window of stabilization is told to swing', () => {
  assert.equal(told({ scaleDown: { stabilizationWindowSeconds: 0 } }), [
    undefined,
    'an autoscaler without a window of stabilization swings: new Pods bear their part of the load, and are not counted yet',
  ]);
  assert.equal(told({}), [undefined]);
});

test.run();
