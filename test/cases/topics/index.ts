/** Every topic that the simulator can decide. A new family adds its line. */
import type { Topics } from '../topic.ts';
import { cronJobs } from './cronjob.ts';
import { daemonSets } from './daemonset.ts';
import { deployments } from './deployment.ts';
import { disruptions } from './disruption.ts';
import { endpointSlices } from './endpointslice.ts';
import { garbageCollection } from './garbagecollector.ts';
import { horizontalPodAutoscalers } from './horizontalpodautoscaler.ts';
import { jobs } from './job.ts';
import { kubelet } from './kubelet.ts';
import { kubeletNode } from './kubeletnode.ts';
import { machinery } from './machinery.ts';
import { namespaces } from './namespace.ts';
import { nodes } from './node.ts';
import { replicaSets } from './replicaset.ts';
import { scheduler } from './scheduler.ts';
import { schedulerPreemption } from './schedulerpreemption.ts';
import { statefulSets } from './statefulset.ts';

export const topics: Topics = {
  ...machinery,
  ...deployments,
  ...replicaSets,
  ...statefulSets,
  ...daemonSets,
  ...namespaces,
  ...nodes,
  ...disruptions,
  ...horizontalPodAutoscalers,
  ...endpointSlices,
  ...garbageCollection,
  ...kubelet,
  ...kubeletNode,
  ...jobs,
  ...cronJobs,
  ...scheduler,
  ...schedulerPreemption,
};
