/** Worlds in which machines die, are cut off and come back, in one zone and in two. */
import type { Draft } from '../../src/api/meta.ts';
import type { NodeSpec } from '../../src/sim/scenario/types.ts';
import type { Acts } from '../actions/act.ts';
import { faultsOn } from '../actions/faults.ts';
import { machines } from '../actions/machine.ts';
import { nodes } from '../actions/node.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const exists = (key: string, tolerationSeconds: number) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds,
});

/** Pods that leave a lost node soon, and one with the special taint sooner. */
const restless = (seconds: number) => [
  exists('node.kubernetes.io/not-ready', seconds),
  exists('node.kubernetes.io/unreachable', seconds),
  exists('example.com/special', seconds / 2),
];

const web = (replicas: number, tolerations?: readonly object[]): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'c', image: 'web:v1' }],
          ...(tolerations === undefined ? {} : { tolerations }),
        },
      },
    },
  }) as unknown as Draft;

const inZone = (zone: string, ...names: readonly string[]): readonly NodeSpec[] =>
  names.map((name) => ({ name, labels: { 'topology.kubernetes.io/zone': zone } }));

const faults = faultsOn('Pod', 'Node', 'Lease').filter(([name]) => name !== 'race');
const coming: Acts = nodes.filter(([name]) => name === 'come or go');
const staying: Acts = nodes.filter(([name]) => name !== 'come or go' && name !== 'label node');

const silent = (machineSpecs: readonly NodeSpec[], draft: Draft): SmallWorld => ({
  scenario: {
    ...scenarioWith(draft),
    nodes: machineSpecs,
    steps: [...scenarioWith(draft).steps, { type: 'settle' }],
  },
  acts: [...schedule, ...machines, ...machines, ...staying, ...faults],
  cluster: { heartbeats: true },
});

export const nodeWorlds: readonly SmallWorld[] = [
  silent(inZone('a', 'n1', 'n2', 'n3'), web(3)),
  silent([...inZone('a', 'n1', 'n2'), ...inZone('b', 'n3')], web(3, restless(20))),
  {
    scenario: { ...scenarioWith(web(3, restless(5))) },
    acts: [...schedule, ...coming, ...coming, ...staying, ...faults],
  },
];
