/** Every rule, by kind. A new kind adds its line. */
import { api } from './api.ts';
import { cronJob } from './cronjob.ts';
import { daemonSet } from './daemonset.ts';
import { deploymentCalm } from './deployment/calm.ts';
import { deploymentResizing } from './deployment/resize.ts';
import { deployment } from './deployment.ts';
import { endpointSlice } from './endpointslice.ts';
import { garbageCollector } from './garbagecollector.ts';
import { horizontalPodAutoscaler } from './horizontalpodautoscaler.ts';
import { job } from './job.ts';
import { kubelet } from './kubelet.ts';
import { leader } from './leader.ts';
import { lifecycle } from './lifecycle.ts';
import { namespace } from './namespace.ts';
import { node } from './node.ts';
import { persistentVolume } from './persistentvolume.ts';
import { pod } from './pod.ts';
import { podDisruptionBudget } from './poddisruptionbudget.ts';
import { podGarbageCollection } from './podgc.ts';
import { replicaSet } from './replicaset.ts';
import { retries } from './retries.ts';
import type { Always, Eventually, Properties, Restless, Sometimes } from './rule.ts';
import { scheduler } from './scheduler.ts';
import { statefulSet } from './statefulset.ts';
import { watch } from './watch.ts';

const properties: readonly Properties[] = [
  api,
  retries,
  watch,
  deployment,
  deploymentCalm,
  deploymentResizing,
  replicaSet,
  statefulSet,
  daemonSet,
  persistentVolume,
  pod,
  job,
  cronJob,
  kubelet,
  scheduler,
  node,
  podGarbageCollection,
  podDisruptionBudget,
  endpointSlice,
  horizontalPodAutoscaler,
  garbageCollector,
  namespace,
  leader,
  lifecycle,
];

export const always: readonly Always[] = properties.flatMap((one) => one.always ?? []);
export const eventually: readonly Eventually[] = properties.flatMap((one) => one.eventually ?? []);
export const sometimes: readonly Sometimes[] = properties.flatMap((one) => one.sometimes ?? []);
export const restless: readonly Restless[] = properties.flatMap((one) => one.restless ?? []);

export { invariantOf, operatorRules } from './operator.ts';
export { type OperatorTrial, operatorWorld } from './operatortrial.ts';
export type { Always, Eventually, Properties, Sometimes, World } from './rule.ts';
export { type Found, search } from './search.ts';
export { type Broken, Trial, type TrialBase } from './trial.ts';
