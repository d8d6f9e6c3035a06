/** Worlds with rollouts that are resized, given up, or left alone. */
import type { Draft } from '../../src/api/meta.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { rollouts } from '../actions/deployment.ts';
import { faultsOn } from '../actions/faults.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith, selector, template } from './world.ts';

const deployment = (replicas: number, rollingUpdate: object, spec: object = {}): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector,
      template,
      strategy: { type: 'RollingUpdate', rollingUpdate },
      progressDeadlineSeconds: 60,
      ...spec,
    },
  }) as Draft;

const around: Acts = [
  ...schedule,
  ['annotate', annotate],
  ...faultsOn('Pod', 'ReplicaSet', 'Deployment'),
];
const kills: Acts = pods.filter(([name]) => name === 'delete Pod');

const world = (draft: Draft, more: Acts = []): SmallWorld => ({
  scenario: scenarioWith(draft),
  acts: [...around, ...rollouts, ...rollouts, ...more],
});

export const rolloutWorlds: readonly SmallWorld[] = [
  world(deployment(5, { maxSurge: 2, maxUnavailable: 1 })),
  world(deployment(4, { maxSurge: '50%', maxUnavailable: 0 }, { minReadySeconds: 5 }), kills),
  world(deployment(6, { maxSurge: 0, maxUnavailable: '50%' })),
];
