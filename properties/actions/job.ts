/** What users do to Jobs, and what becomes of their Pods. */
import type { Job } from '../../src/api/job/job.ts';
import { isIndexed, isJobFinished } from '../../src/api/job/jobstatus.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { type Cluster, controllerManager } from '../../src/sim/cluster.ts';
import { calmStep } from '../../src/sim/strategy.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';

const jobsOf = (cluster: Cluster): readonly Job[] => listed<Job>(cluster, 'Job');

function suspend(cluster: Cluster, how: number): string | undefined {
  const target = pick(
    jobsOf(cluster).filter((job) => !isJobFinished(job)),
    how,
  );
  if (target === undefined) return undefined;
  const suspended = target.spec.suspend !== true;
  patch(cluster, target, { spec: { suspend: suspended } });
  return `${suspended ? 'suspend' : 'resume'} Job ${target.metadata.name}`;
}

function resize(cluster: Cluster, how: number): string | undefined {
  const target = pick(jobsOf(cluster), how);
  if (target === undefined) return undefined;
  const parallelism = 1 + (Math.floor(how / 2) % 4);
  const elastic = isIndexed(target) && how % 3 === 0;
  patch(cluster, target, {
    spec: { parallelism, ...(elastic ? { completions: parallelism } : {}) },
  });
  return `let ${parallelism} Pods of Job ${target.metadata.name} run at once`;
}

function deleteJob(cluster: Cluster, how: number): string | undefined {
  const target = pick(jobsOf(cluster), how);
  if (target === undefined) return undefined;
  const policies = ['Orphan', 'Background', 'Foreground'] as const;
  const propagationPolicy = pick(policies, Math.floor(how / 2))!;
  const { namespace, name } = target.metadata;
  const named = { kind: 'Job', namespace: namespace!, name };
  cluster.simulation.submit({ verb: 'delete', ...named, options: { propagationPolicy } }, user);
  return `delete Job ${name}, ${propagationPolicy}`;
}

function deletePod(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { namespace, name } = target.metadata;
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace: namespace!, name }, user);
  return `delete Pod ${name}`;
}

/** Pods run for about a second, and are met a second later. */
const releaseMs = 5_000;

/** A Pod is let go, and the controllers see no Pods from just before on. */
function holdAtRelease({ simulation }: Cluster): string | undefined {
  const isRelease = ({ request }: (typeof simulation.inFlight)[number]) =>
    request.verb === 'patch' && request.kind === 'Pod';
  const until = simulation.now + releaseMs;
  while (!simulation.inFlight.some(isRelease)) {
    if (simulation.now > until || !calmStep(simulation)) return undefined;
  }
  const { reflectors } = simulation.process(controllerManager)!;
  const reflector = reflectors.findIndex(({ watch }) => watch.kind === 'Pod');
  if (reflectors[reflector]?.synced !== true || reflectors[reflector].held) return undefined;
  simulation.step({ type: 'hold', process: controllerManager, kind: 'Pod', reflector });
  return 'hold back Pod changes from the controllers when a Pod is let go';
}

export const jobs: Acts = [
  ['suspend Job', suspend],
  ['suspend Job', suspend],
  ['resize Job', resize],
  ['hold at release', holdAtRelease],
  ['delete Job', deleteJob],
  ['delete Pod of a Job', deletePod],
  ['delete Pod of a Job', deletePod],
];
