/** The world of a user's manifests: what may happen in it is what makes sense for the kinds in it. */
import type { Draft } from '../../src/api/meta.ts';
import type { PodTemplateSpec } from '../../src/api/pod/podspec.ts';
import type { Scenario } from '../../src/sim/scenario/types.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { cronJobs } from '../actions/cronjob.ts';
import { daemonSets } from '../actions/daemonset.ts';
import { deployments } from '../actions/deployment.ts';
import { faultsOn } from '../actions/faults.ts';
import { jobs } from '../actions/job.ts';
import { kubelets } from '../actions/kubelet.ts';
import { measured } from '../actions/measured.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { statefulSets } from '../actions/statefulset.ts';
import type { SmallWorld } from './world.ts';

/** What users do to a workload of a kind, and which kinds its controllers watch. */
interface Workload {
  readonly acts: (object: Draft) => Acts;
  readonly watched: readonly string[];
}

const workloads: Readonly<Record<string, Workload>> = {
  CronJob: { acts: () => cronJobs, watched: ['CronJob', 'Job', 'Pod'] },
  DaemonSet: { acts: daemonSets, watched: ['DaemonSet', 'ControllerRevision', 'Pod'] },
  Deployment: { acts: () => deployments, watched: ['Deployment', 'ReplicaSet', 'Pod'] },
  HorizontalPodAutoscaler: { acts: () => measured, watched: ['HorizontalPodAutoscaler'] },
  Job: { acts: () => jobs, watched: ['Job', 'Pod'] },
  ReplicaSet: { acts: () => deployments, watched: ['ReplicaSet', 'Pod'] },
  StatefulSet: {
    // An identity must not run twice, whatever becomes of kubelets.
    acts: (object) => [...statefulSets(object), ...kubelets],
    watched: ['StatefulSet', 'ControllerRevision', 'Pod'],
  },
};

/** What leaves Pods behind that are nobody's, or somebody else's. */
const estranging = new Set([
  'relabel Pod',
  'disown Pod',
  'race',
  'stray Pod',
  'owned pair',
  'clone set',
]);

/** A Pod that is not its own can keep it from what it needs, for good: a name, a port, a node, a volume. */
function isBlocked({ kind, spec }: Draft): boolean {
  const pod = (spec as { readonly template?: PodTemplateSpec } | undefined)?.template?.spec;
  const { podAntiAffinity } = pod?.affinity ?? {};
  const ports = pod?.containers.flatMap((container) => container.ports ?? []) ?? [];
  return (
    kind === 'StatefulSet' ||
    (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0 ||
    (pod?.volumes ?? []).some((volume) => volume['persistentVolumeClaim'] !== undefined) ||
    ports.some(({ hostPort }) => hostPort !== undefined || pod?.hostNetwork === true)
  );
}

export function manifestWorld(scenario: Scenario): SmallWorld {
  const objects = scenario.steps.flatMap((step) =>
    step.type === 'apply' || step.type === 'create' ? step.objects : [],
  );
  const found = objects.flatMap((object) => {
    const workload = workloads[object.kind];
    return workload === undefined ? [] : [{ object, workload }];
  });
  const own = new Set(found.flatMap(({ object, workload }) => workload.acts(object)));
  const watched = new Set(['Pod', ...found.flatMap(({ workload }) => workload.watched)]);
  const acts: Acts = [
    ...schedule,
    ...own,
    ...pods,
    ['annotate', annotate],
    ...faultsOn(...watched),
  ];
  const hasStrangers = !found.some(({ object }) => isBlocked(object));
  return {
    scenario,
    acts: hasStrangers ? acts : acts.filter(([name]) => !estranging.has(name)),
  };
}
