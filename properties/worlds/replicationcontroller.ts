/** A world with two ReplicationControllers that want the same Pods. */
import type { Draft } from '../../src/api/meta.ts';
import { faultsOn } from '../actions/faults.ts';
import { pods } from '../actions/pod.ts';
import { replicationControllers } from '../actions/replicationcontroller.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith, template } from './world.ts';

const controller = (name: string, replicas: number): Draft =>
  ({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name },
    spec: { replicas, template },
  }) as unknown as Draft;

export const replicationControllerWorlds: readonly SmallWorld[] = [
  {
    scenario: scenarioWith(controller('one', 2), controller('two', 1)),
    acts: [
      ...schedule,
      ...replicationControllers,
      ...pods,
      ...faultsOn('Pod', 'ReplicationController'),
    ],
  },
];
