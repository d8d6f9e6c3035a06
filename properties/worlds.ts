/** The worlds that the built-in controllers are tried in: small, and different where it matters. */
import type { Draft } from '../src/api/meta.ts';
import { defaultNodes, type Scenario } from '../src/sim/scenario/types.ts';
import { always, eventually, sometimes } from './index.ts';
import type { TrialBase } from './trial.ts';

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web:v1' }] },
};
const selector = { matchLabels: { app: 'web' } };

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

const scenarioWith = (...objects: readonly Draft[]): Scenario => ({
  nodes: defaultNodes,
  behaviour: [],
  steps: [{ type: 'apply', objects }],
});

const scenarios: readonly Scenario[] = [
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

export const worlds: readonly TrialBase[] = scenarios.map((scenario) => ({
  scenario,
  always,
  eventually,
}));

/** The same worlds, noting which `sometimes` rules are witnessed. */
export const witnessing = (witnessed: Set<string>): readonly TrialBase[] =>
  worlds.map((world) => ({ ...world, sometimes, witnessed }));
