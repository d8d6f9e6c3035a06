/** Every mutant, in the order of the matrix. */
import { cronJobMutants } from './cronjob.ts';
import { daemonSetMutants } from './daemonset.ts';
import { deploymentMutants } from './deployment.ts';
import { endpointSliceMutants } from './endpointslice.ts';
import { garbageCollectorMutants } from './garbagecollector.ts';
import { harnessMutants } from './harness.ts';
import { horizontalPodAutoscalerMutants } from './horizontalpodautoscaler.ts';
import { jobMutants } from './job.ts';
import { kubeletMutants } from './kubelet.ts';
import { leaderMutants } from './leader.ts';
import { machineryMutants } from './machinery.ts';
import type { Mutant } from './mutant.ts';
import { namespaceMutants } from './namespace.ts';
import { nodeMutants } from './node.ts';
import { operatorMutants } from './operator.ts';
import { podDisruptionBudgetMutants } from './poddisruptionbudget.ts';
import { replicaSetMutants } from './replicaset.ts';
import { retryMutants } from './retries.ts';
import { rolloutMutants } from './rollout.ts';
import { schedulerMutants } from './scheduler.ts';
import { statefulSetMutants } from './statefulset.ts';
import { volumeAttachmentMutants } from './volumeattachment.ts';

export const mutants: readonly Mutant[] = [
  ...replicaSetMutants,
  ...deploymentMutants,
  ...rolloutMutants,
  ...garbageCollectorMutants,
  ...statefulSetMutants,
  ...volumeAttachmentMutants,
  ...daemonSetMutants,
  ...jobMutants,
  ...cronJobMutants,
  ...kubeletMutants,
  ...schedulerMutants,
  ...nodeMutants,
  ...podDisruptionBudgetMutants,
  ...endpointSliceMutants,
  ...horizontalPodAutoscalerMutants,
  ...leaderMutants,
  ...machineryMutants,
  ...retryMutants,
  ...namespaceMutants,
  ...operatorMutants,
  ...harnessMutants,
];
