/** Worlds with autoscalers: by processor time and by a queue, with rules and without, alone and two for one target. */
import type { Draft } from '../../src/api/meta.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { deployments } from '../actions/deployment.ts';
import { faultsOn } from '../actions/faults.ts';
import { autoscaling, reconfigure, rivals } from '../actions/horizontalpodautoscaler.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { peaceful } from '../operators/peaceful.ts';
import { webOperator } from '../operators/web.ts';
import { type SmallWorld, scenarioWith, selector, template } from './world.ts';

/** Each Pod asks for so much that 100m are half of it. */
const web: Draft = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector,
    template: {
      ...template,
      spec: {
        containers: [{ name: 'c', image: 'web:v1', resources: { requests: { cpu: '200m' } } }],
      },
    },
  },
} as Draft;

const half = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};

const tenEach = {
  type: 'External',
  external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } },
};

const autoscaler = (spec: object, name = 'web'): Draft =>
  ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 8,
      metrics: [half],
      ...spec,
    },
  }) as Draft;

const slow = {
  scaleUp: {
    stabilizationWindowSeconds: 30,
    policies: [
      { type: 'Pods', value: 2, periodSeconds: 60 },
      { type: 'Percent', value: 50, periodSeconds: 30 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 60,
    policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }],
    tolerance: '50m',
  },
};

const quick = {
  scaleDown: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Min',
    policies: [
      { type: 'Percent', value: 50, periodSeconds: 60 },
      { type: 'Pods', value: 3, periodSeconds: 30 },
    ],
  },
};

const acts: Acts = [
  ...schedule,
  ...autoscaling,
  ...autoscaling,
  ...deployments.filter(([name]) => name === 'scale'),
  ...pods.filter(([name]) => name === 'delete Pod'),
  ['annotate', annotate],
  ...faultsOn('Pod', 'HorizontalPodAutoscaler', 'Deployment', 'ReplicaSet'),
];

const world = (drafts: readonly Draft[], more: Acts = []): SmallWorld => ({
  scenario: scenarioWith(web, ...drafts),
  acts: [...acts, ...more],
});

/** The Deployment is an operator's, who cares for its image, and not for its size. */
const operated: SmallWorld = {
  scenario: scenarioWith(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web' },
      data: { image: 'web:v1' },
    } as Draft,
    autoscaler({}),
  ),
  acts: [...acts.filter(([name]) => name !== 'scale'), ['reconfigure', reconfigure]],
  cluster: { managers: [{ name: 'operator', controllers: [webOperator] }] },
  rules: { always: [peaceful()] },
};

export const horizontalPodAutoscalerWorlds: readonly SmallWorld[] = [
  world([autoscaler({})]),
  world([autoscaler({ minReplicas: 2, behavior: slow })]),
  world([autoscaler({ metrics: [half, tenEach], behavior: quick })]),
  world([autoscaler({})], rivals),
  operated,
];
