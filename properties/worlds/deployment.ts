/** Worlds with Deployments, and with ReplicaSets that nobody else owns. */
import type { Draft } from '../../src/api/meta.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { deployments } from '../actions/deployment.ts';
import { faultsOn } from '../actions/faults.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith, selector, template } from './world.ts';

const deployment = (spec: object): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 3, selector, template, ...spec },
  }) as Draft;

const solo = (name: string, replicas: number): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'solo' } },
      template: { metadata: { labels: { app: 'solo' } }, spec: template.spec },
    },
  }) as Draft;

const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});

const scenarios = [
  scenarioWith(deployment({})),
  scenarioWith(deployment({ ...rolling(1, 0), replicas: 4 })),
  scenarioWith(deployment({ ...rolling(0, 1), revisionHistoryLimit: 1 })),
  scenarioWith(
    deployment({ ...rolling('50%', '50%'), minReadySeconds: 5, progressDeadlineSeconds: 30 }),
  ),
  scenarioWith(
    deployment({ strategy: { type: 'Recreate' }, replicas: 2, revisionHistoryLimit: 0 }),
  ),
  scenarioWith(solo('solo', 2)),
  scenarioWith(solo('solo', 2), solo('twin', 1)),
];

const acts: Acts = [
  ...schedule,
  ...deployments,
  ...pods,
  ['annotate', annotate],
  ...faultsOn('Pod', 'ReplicaSet', 'Deployment'),
];

export const deploymentWorlds: readonly SmallWorld[] = scenarios.map((scenario) => ({
  scenario,
  acts,
}));
