/** Worlds in which Pods are evicted that budgets guard: while they are replaced, fail, and lose their nodes. */
import type { Draft } from '../../src/api/meta.ts';
import type { BehaviourSpec } from '../../src/sim/scenario/types.ts';
import type { Acts } from '../actions/act.ts';
import { deployments } from '../actions/deployment.ts';
import { evictions } from '../actions/eviction.ts';
import { faultsOn } from '../actions/faults.ts';
import { machines } from '../actions/machine.ts';
import { nodes } from '../actions/node.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { drains } from '../poddisruptionbudget/drain.ts';
import { type SmallWorld, scenarioWith, selector, template } from './world.ts';

const budget = (name: string, spec: object, matchLabels: object = selector.matchLabels): Draft =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { selector: { matchLabels }, ...spec },
  }) as Draft;

/** Its Pods are ready, and not for a while, and then again. */
const restless = 'web:v3';
const behaviour: readonly BehaviourSpec[] = [{ image: restless, ready: ['0s', '8s', '30s'] }];

const web = (kind: 'Deployment' | 'ReplicaSet', replicas: number, image = 'web:v1'): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector,
      template: { ...template, spec: { containers: [{ name: 'c', image }] } },
    },
  }) as Draft;

const faults = faultsOn('Pod', 'PodDisruptionBudget', 'ReplicaSet', 'Deployment');
const around: Acts = [...schedule, ...evictions, ...evictions, ...pods, ...faults];
const updates: Acts = deployments.filter(([name]) => ['scale', 'set image'].includes(name));

const world = (acts: Acts, ...objects: readonly Draft[]): SmallWorld => ({
  scenario: { ...scenarioWith(...objects), behaviour },
  acts: [...around, ...acts],
  rules: { eventually: [drains] },
});

const lost: SmallWorld = {
  scenario: scenarioWith(web('ReplicaSet', 4), budget('half', { minAvailable: '50%' })),
  acts: [
    ...schedule,
    ...evictions,
    ...machines,
    ...nodes.filter(([name]) => name === 'cordon node'),
    ...faultsOn('Pod', 'PodDisruptionBudget', 'ReplicaSet'),
  ],
  cluster: { heartbeats: true },
  rules: { eventually: [drains] },
};

export const podDisruptionBudgetWorlds: readonly SmallWorld[] = [
  world(updates, web('Deployment', 4), budget('two', { minAvailable: 2 })),
  world(
    updates,
    web('Deployment', 3, restless),
    budget('most', { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
  ),
  world(
    [],
    web('ReplicaSet', 3, restless),
    budget('most', { minAvailable: 2 }),
    budget('elsewhere', { minAvailable: 1 }, { app: 'elsewhere' }),
    budget('copy', { minAvailable: 1 }, { copy: 'yes' }),
  ),
  lost,
];
