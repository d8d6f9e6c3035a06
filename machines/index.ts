/** The lifecycles, one machine per kind, each with its transition table. */
import { compile, type Table } from './compile.ts';
import { type ContainerEvent, containerMachine, type RestartPolicy } from './container.ts';
import { type CronJobEvent, cronJobMachine } from './cronjob.ts';
import { type DaemonSetEvent, daemonSetMachine } from './daemonset.ts';
import { type DeploymentEvent, deploymentMachine } from './deployment.ts';
import {
  type HorizontalPodAutoscalerEvent,
  horizontalPodAutoscalerMachine,
} from './horizontalpodautoscaler.ts';
import { type JobEvent, jobMachine } from './job.ts';
import { type NodeEvent, nodeMachine } from './node.ts';
import { type PersistentVolumeEvent, persistentVolumeMachine } from './persistentvolume.ts';
import {
  type PersistentVolumeClaimEvent,
  persistentVolumeClaimMachine,
} from './persistentvolumeclaim.ts';
import { type PodEvent, podMachine } from './pod.ts';
import {
  type PodDisruptionBudgetEvent,
  podDisruptionBudgetMachine,
} from './poddisruptionbudget.ts';
import { type ReplicaSetEvent, replicaSetMachine } from './replicaset.ts';

import { type StatefulSetEvent, statefulSetMachine } from './statefulset.ts';
import { type VolumeAttachmentEvent, volumeAttachmentMachine } from './volumeattachment.ts';

export { type Abstraction, compile, refused, type StateNumber, Table } from './compile.ts';
export type { ContainerEvent, RestartPolicy } from './container.ts';
export type { CronJobEvent } from './cronjob.ts';
export type { DaemonSetEvent } from './daemonset.ts';
export type { DeploymentEvent } from './deployment.ts';
export { diagramOf } from './diagram.ts';
export type { HorizontalPodAutoscalerEvent } from './horizontalpodautoscaler.ts';
export type { JobEvent } from './job.ts';
export type { NodeEvent } from './node.ts';
export type { PersistentVolumeEvent } from './persistentvolume.ts';
export type { PersistentVolumeClaimEvent } from './persistentvolumeclaim.ts';
export type { PodEvent } from './pod.ts';
export type { PodDisruptionBudgetEvent } from './poddisruptionbudget.ts';
export type { ReplicaSetEvent } from './replicaset.ts';
export type { StatefulSetEvent } from './statefulset.ts';
export type { VolumeAttachmentEvent } from './volumeattachment.ts';
export {
  containerMachine,
  cronJobMachine,
  daemonSetMachine,
  deploymentMachine,
  horizontalPodAutoscalerMachine,
  jobMachine,
  nodeMachine,
  persistentVolumeClaimMachine,
  persistentVolumeMachine,
  podDisruptionBudgetMachine,
  podMachine,
  replicaSetMachine,
  statefulSetMachine,
  volumeAttachmentMachine,
};

export const podTable = compile<PodEvent>(podMachine);
export const daemonSetTable = compile<DaemonSetEvent>(daemonSetMachine);
export const deploymentTable = compile<DeploymentEvent>(deploymentMachine);
export const replicaSetTable = compile<ReplicaSetEvent>(replicaSetMachine);
export const nodeTable = compile<NodeEvent>(nodeMachine);
export const statefulSetTable = compile<StatefulSetEvent>(statefulSetMachine);
export const persistentVolumeTable = compile<PersistentVolumeEvent>(persistentVolumeMachine);
export const persistentVolumeClaimTable = compile<PersistentVolumeClaimEvent>(
  persistentVolumeClaimMachine,
);

export const volumeAttachmentTable = compile<VolumeAttachmentEvent>(volumeAttachmentMachine);

export const jobTable = compile<JobEvent>(jobMachine);
export const cronJobTable = compile<CronJobEvent>(cronJobMachine);
export const horizontalPodAutoscalerTable = compile<HorizontalPodAutoscalerEvent>(
  horizontalPodAutoscalerMachine,
);
export const podDisruptionBudgetTable = compile<PodDisruptionBudgetEvent>(
  podDisruptionBudgetMachine,
);

/** Exit codes matter only for whether they are zero, and not where a rule decides. */
export const containerTable = compile<ContainerEvent, { restartPolicy: RestartPolicy }>(
  containerMachine,
  {
    classOf: (event) =>
      event.type !== 'container.exited'
        ? event.type
        : event.ruled === true
          ? 'container.exited, ruled'
          : event.exitCode === 0
            ? event.type
            : 'container.failed',
    events: [
      ...containerMachine.events
        .filter((type) => type !== 'container.exited')
        .map((type) => ({ type }) as ContainerEvent),
      { type: 'container.exited', exitCode: 0 },
      { type: 'container.exited', exitCode: 1 },
      { type: 'container.exited', exitCode: 1, ruled: true },
    ],
    inputKey: ({ restartPolicy }) => restartPolicy,
  },
);

/** The table of each kind of object that has a lifecycle. A new kind adds its line. */
export const tables: Readonly<Record<string, Table<{ type: string }>>> = {
  Pod: podTable as unknown as Table<{ type: string }>,
  Deployment: deploymentTable as unknown as Table<{ type: string }>,
  ReplicaSet: replicaSetTable as unknown as Table<{ type: string }>,
  // By the same rules, and so with the same life.
  ReplicationController: replicaSetTable as unknown as Table<{ type: string }>,
  Node: nodeTable as unknown as Table<{ type: string }>,
  DaemonSet: daemonSetTable as unknown as Table<{ type: string }>,
  StatefulSet: statefulSetTable as unknown as Table<{ type: string }>,
  PersistentVolume: persistentVolumeTable as unknown as Table<{ type: string }>,
  PersistentVolumeClaim: persistentVolumeClaimTable as unknown as Table<{ type: string }>,
  VolumeAttachment: volumeAttachmentTable as unknown as Table<{ type: string }>,
  Job: jobTable as unknown as Table<{ type: string }>,
  CronJob: cronJobTable as unknown as Table<{ type: string }>,
  HorizontalPodAutoscaler: horizontalPodAutoscalerTable as unknown as Table<{ type: string }>,
  PodDisruptionBudget: podDisruptionBudgetTable as unknown as Table<{ type: string }>,
};
