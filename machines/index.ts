/** The lifecycles, one machine per kind, each with its transition table. */
import { Table } from './compile.ts';
import { type ContainerEvent, containerMachine, type RestartPolicy } from './container.ts';
import { type DeploymentEvent, deploymentMachine } from './deployment.ts';
import { type NodeEvent, nodeMachine } from './node.ts';
import { type PodEvent, podMachine } from './pod.ts';
import { type ReplicaSetEvent, replicaSetMachine } from './replicaset.ts';

export { refused, type StateNumber, Table } from './compile.ts';
export type { ContainerEvent, RestartPolicy } from './container.ts';
export type { DeploymentEvent } from './deployment.ts';
export type { NodeEvent } from './node.ts';
export type { PodEvent } from './pod.ts';
export type { ReplicaSetEvent } from './replicaset.ts';
export { containerMachine, deploymentMachine, nodeMachine, podMachine, replicaSetMachine };

const named = <E extends { type: string }>(...types: readonly E['type'][]): readonly E[] =>
  types.map((type) => ({ type }) as E);

export const podTable = new Table<PodEvent>(podMachine, {
  events: named<PodEvent>(
    'pod.bound',
    'pod.started',
    'pod.becameReady',
    'pod.becameUnready',
    'pod.succeeded',
    'pod.failed',
    'pod.deletionRequested',
    'pod.removed',
  ),
});

export const containerTable = new Table<ContainerEvent, { restartPolicy: RestartPolicy }>(
  containerMachine,
  {
    classOf: (event) =>
      event.type === 'container.exited' ? (event.exitCode === 0 ? 'ended' : 'failed') : event.type,
    events: [
      { type: 'container.imageWanted' },
      { type: 'container.imagePresent' },
      { type: 'container.imagePulled' },
      { type: 'container.imagePullFailed' },
      { type: 'container.backOffElapsed' },
      { type: 'container.started' },
      { type: 'container.becameReady' },
      { type: 'container.becameUnready' },
      { type: 'container.exited', exitCode: 0 },
      { type: 'container.exited', exitCode: 1 },
      { type: 'container.killRequested' },
    ],
  },
);

export const deploymentTable = new Table<DeploymentEvent>(deploymentMachine, {
  events: named<DeploymentEvent>(
    'deployment.templateChanged',
    'deployment.progressed',
    'deployment.completed',
    'deployment.deadlineExceeded',
    'deployment.paused',
    'deployment.resumed',
    'deployment.becameAvailable',
    'deployment.becameUnavailable',
    'deployment.deletionRequested',
    'deployment.removed',
  ),
});

export const replicaSetTable = new Table<ReplicaSetEvent>(replicaSetMachine, {
  events: named<ReplicaSetEvent>(
    'replicaset.wantsMore',
    'replicaset.wantsFewer',
    'replicaset.sizeReached',
    'replicaset.becameAvailable',
    'replicaset.becameUnavailable',
    'replicaset.replicaFailed',
    'replicaset.replicaRecovered',
    'replicaset.deletionRequested',
    'replicaset.removed',
  ),
});

export const nodeTable = new Table<NodeEvent>(nodeMachine, {
  events: named<NodeEvent>(
    'node.becameReady',
    'node.becameNotReady',
    'node.becameUnknown',
    'node.cordoned',
    'node.uncordoned',
    'node.deletionRequested',
    'node.removed',
  ),
});

/** The table of each kind of object that has a lifecycle. */
export const tables: Readonly<Record<string, Table<{ type: string }>>> = {
  Pod: podTable as unknown as Table<{ type: string }>,
  Deployment: deploymentTable as unknown as Table<{ type: string }>,
  ReplicaSet: replicaSetTable as unknown as Table<{ type: string }>,
  Node: nodeTable as unknown as Table<{ type: string }>,
};
