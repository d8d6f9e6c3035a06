/** Worlds with DaemonSets: rolling with and without surge, on some nodes only, with Pods that fail. */
import type { Draft } from '../../src/api/meta.ts';
import type { NodeSpec } from '../../src/sim/scenario/types.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { daemonSets, heldPods, updatesOfDaemons } from '../actions/daemonset.ts';
import { faultsOn } from '../actions/faults.ts';
import { nodes } from '../actions/node.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const machines: readonly NodeSpec[] = [
  { name: 'n1', labels: { disk: 'ssd' } },
  { name: 'n2', labels: { disk: 'hdd' } },
  { name: 'n3', labels: { disk: 'ssd' } },
];

const set = (spec: object, pod: object = {}): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { containers: [{ name: 'c', image: 'node:v1' }], ...pod },
      },
      ...spec,
    },
  }) as Draft;

const rolling = (rollingUpdate: object) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate },
});

const watched = ['Pod', 'DaemonSet', 'Node', 'ControllerRevision'];
const around: Acts = [...pods, ['annotate', annotate], ...faultsOn(...watched)];

const scenarioOf = (draft: Draft) => ({ ...scenarioWith(draft), nodes: machines });

const world = (draft: Draft): SmallWorld => ({
  scenario: scenarioOf(draft),
  acts: [...schedule, ...daemonSets(draft), ...nodes, ...around],
});

/** Pods that are never gone when they are deleted: who is told to go may not be waited for. */
const heldWorld = (draft: Draft): SmallWorld => {
  const { steps, ...scenario } = scenarioOf(draft);
  return {
    scenario: { ...scenario, steps: [...steps, { type: 'settle' }] },
    acts: [...schedule, ...updatesOfDaemons, ...heldPods, ...around],
  };
};

export const daemonSetWorlds: readonly SmallWorld[] = [
  world(set({})),
  world(set({ ...rolling({ maxUnavailable: 2 }), minReadySeconds: 5, revisionHistoryLimit: 0 })),
  world(set(rolling({ maxSurge: 1, maxUnavailable: 0 }))),
  world(set({ updateStrategy: { type: 'OnDelete' } }, { nodeSelector: { disk: 'ssd' } })),
  heldWorld(set({})),
];
