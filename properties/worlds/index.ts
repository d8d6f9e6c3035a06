/** The worlds that the built-in controllers are tried in, by family. A new kind adds its line. */
import type { Scenario } from '../../src/sim/scenario/types.ts';
import { always, eventually, restless, sometimes } from '../index.ts';
import type { TrialBase } from '../trial.ts';
import { cronJobWorlds } from './cronjob.ts';
import { daemonSetWorlds } from './daemonset.ts';
import { deploymentWorlds } from './deployment.ts';
import { endpointSliceWorlds } from './endpointslice.ts';
import { horizontalPodAutoscalerWorlds } from './horizontalpodautoscaler.ts';
import { jobWorlds } from './job.ts';
import { kubeletWorlds } from './kubelet.ts';
import { leaderWorlds } from './leader.ts';
import { manifestWorld } from './manifest.ts';
import { namespaceWorlds } from './namespace.ts';
import { nodeWorlds } from './node.ts';
import { operatorPastWorlds, operatorWorlds } from './operator.ts';
import { persistentVolumeWorlds } from './persistentvolume.ts';
import { podDisruptionBudgetWorlds } from './poddisruptionbudget.ts';
import { replicationControllerWorlds } from './replicationcontroller.ts';
import { rolloutWorlds } from './rollout.ts';
import { schedulerWorlds } from './scheduler.ts';
import { statefulSetWorlds } from './statefulset.ts';
import { watchWorlds } from './watch.ts';
import type { SmallWorld } from './world.ts';

export const families = {
  deployment: deploymentWorlds,
  rollout: rolloutWorlds,
  statefulset: statefulSetWorlds,
  daemonset: daemonSetWorlds,
  persistentvolume: persistentVolumeWorlds,
  job: jobWorlds,
  cronjob: cronJobWorlds,
  kubelet: kubeletWorlds,
  scheduler: schedulerWorlds,
  node: nodeWorlds,
  poddisruptionbudget: podDisruptionBudgetWorlds,
  replicationcontroller: replicationControllerWorlds,
  endpointslice: endpointSliceWorlds,
  horizontalpodautoscaler: horizontalPodAutoscalerWorlds,
  namespace: namespaceWorlds,
  leader: leaderWorlds,
  operator: operatorWorlds,
  'operator-past': operatorPastWorlds,
  watch: watchWorlds,
} as const satisfies Readonly<Record<string, readonly SmallWorld[]>>;

/** The name of a family of worlds. */
export type Family = keyof typeof families;

const judged = ({ scenario, acts, cluster = {}, rules = {} }: SmallWorld): TrialBase => ({
  scenario,
  acts,
  cluster,
  always: [...always, ...(rules.always ?? [])],
  eventually: [...eventually, ...(rules.eventually ?? [])],
  sometimes: rules.sometimes ?? [],
  restless,
});

/** The world of manifests of a user, under every rule. */
export const worldOf = (scenario: Scenario): TrialBase => judged(manifestWorld(scenario));

export const worldsOf = (family: Family): readonly TrialBase[] => families[family].map(judged);

export const worlds: readonly TrialBase[] = (Object.keys(families) as Family[]).flatMap(worldsOf);

/** Worlds that note which `sometimes` rules are witnessed. */
export const witnessing = (
  witnessed: Set<string>,
  bases: readonly TrialBase[] = worlds,
): readonly TrialBase[] =>
  bases.map((world) => ({
    ...world,
    sometimes: [...sometimes, ...(world.sometimes ?? [])],
    witnessed,
  }));
