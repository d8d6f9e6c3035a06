/** Worlds of small nodes and single Pods of all sorts: sizes, priorities, ports, disks, affinities, gates. */
import type { Draft } from '../../src/api/meta.ts';
import { nodes } from '../actions/node.ts';
import { schedule } from '../actions/schedule.ts';
import { comings, letDown, machine, podOf, scheduling } from '../actions/scheduling.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const priorityClass = (name: string, value: number, preemptionPolicy?: string): Draft =>
  ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }),
  }) as unknown as Draft;

const classes = [
  priorityClass('low', -10),
  priorityClass('high', 100),
  priorityClass('polite', 100, 'Never'),
  priorityClass('highest', 1000),
];

/** Without the acts that take minutes, or that choose machines of other sizes. */
const time = schedule.filter(([name]) => name !== 'wait and touch' && name !== 'wait');
const changes = nodes.filter(([name]) => name !== 'come or go');
const acts = [...time, ...scheduling, ...scheduling, ...changes, ...comings, ...letDown];

const small = (...drafts: readonly Draft[]): SmallWorld => {
  const scenario = scenarioWith(...classes, ...drafts);
  return {
    scenario: {
      ...scenario,
      nodes: [machine('n1'), machine('n2')],
      steps: [...scenario.steps, { type: 'settle' }],
    },
    acts,
  };
};

const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
} as unknown as Draft;

/** Nodes that are full: on one the less important, who may not be missed. */
const guarded = ['p1', 'p2'].map((name) =>
  podOf(name, '1', { nodeSelector: { disk: 'ssd' }, priorityClassName: 'low' }),
);
const unguarded = ['p3', 'p4'].map((name) =>
  podOf(name, '1', { nodeSelector: { disk: 'hdd' } }, 'other'),
);

export const schedulerWorlds: readonly SmallWorld[] = [
  small(),
  small(podOf('p1', '1'), podOf('p2', '1'), podOf('p3', '1'), podOf('p4', '1')),
  small(budget, ...guarded, ...unguarded),
  small(podOf('p1', '2'), podOf('p2', '1', { priorityClassName: 'low' }), podOf('p3', '500m')),
];
