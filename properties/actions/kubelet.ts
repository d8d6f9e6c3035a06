/** What happens to kubelets, and to what they run. */
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, pick, user } from './act.ts';
import { wait } from './schedule.ts';

const kubeletOf = ({ simulation }: Cluster, how: number): string | undefined => {
  const names = simulation.processes.map(({ name }) => name);
  return pick(
    names.filter((name) => name.startsWith('kubelet/')),
    how,
  );
};

/** How far back an API server may be, in revisions, and in what steps. */
const stepsBack = 24;
const revisionsPerStep = 3;
const nodesMax = 3;

/**
 * A kubelet starts again and is served by an API server that is behind: it lists the past, and hears
 * nothing newer until its watch is let through.
 */
function restartBehind({ simulation }: Cluster, process: string, staleAt: number): string {
  const back = simulation.store.revision - staleAt;
  simulation.step({ type: 'crash', process, staleAt });
  const named = { process, kind: 'Pod', reflector: 0 };
  simulation.step({ type: 'deliver', ...named });
  simulation.step({ type: 'hold', ...named });
  return `restart ${process} onto an API server that is ${back} revisions behind`;
}

function travel(cluster: Cluster, how: number): string | undefined {
  const process = kubeletOf(cluster, how);
  if (process === undefined) return undefined;
  const back = (1 + (Math.floor(how / nodesMax) % stepsBack)) * revisionsPerStep;
  return restartBehind(cluster, process, Math.max(cluster.simulation.store.revision - back, 1));
}

/** The same, so far behind that a Pod which has left the node is still there. */
function travelToPod(cluster: Cluster, how: number): string | undefined {
  const { log, processes } = cluster.simulation;
  const running = new Set(processes.map(({ name }) => name));
  /** By uid, the last revision at which nobody had asked for its deletion. */
  const alive = new Map<string, number>();
  const left: { readonly process: string; readonly revision: number }[] = [];
  for (const entry of log.entries) {
    if (entry.type !== 'write' || entry.kind !== 'Pod') continue;
    const { metadata, spec } = (entry.after ?? entry.before) as Pod;
    const process = `kubelet/${spec.nodeName}`;
    const revision = alive.get(metadata.uid);
    if (entry.after === undefined) {
      if (revision !== undefined && running.has(process)) left.push({ process, revision });
    } else if (metadata.deletionTimestamp === undefined) alive.set(metadata.uid, entry.revision);
  }
  const chosen = pick(left, how);
  if (chosen === undefined) return undefined;
  const told = restartBehind(cluster, chosen.process, chosen.revision);
  // It has time to do what the list says.
  return `${told}, and ${wait(cluster, 3)}`;
}

function restart(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const process = kubeletOf(cluster, how);
  if (process === undefined) return undefined;
  simulation.step({ type: 'crash', process });
  return `restart ${process}`;
}

/** Nothing reaches a kubelet until it is let through again. */
function hold(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const name = kubeletOf(cluster, how);
  const reflector = simulation.process(name ?? '')?.reflectors[0];
  if (name === undefined || reflector === undefined || !reflector.synced) return undefined;
  const type = reflector.held ? 'release' : 'hold';
  simulation.step({ type, process: name, kind: 'Pod', reflector: 0 });
  return type === 'hold'
    ? `hold back Pod changes from ${name}`
    : `let Pod changes through to ${name}`;
}

/** Without a word from its kubelet: whoever does it says that nothing of it runs any more. */
function forceDelete(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { namespace, name } = target.metadata;
  cluster.simulation.submit(
    {
      verb: 'delete',
      kind: 'Pod',
      namespace: namespace!,
      name,
      options: { gracePeriodSeconds: 0 },
    },
    user,
  );
  return `delete Pod ${name} by force`;
}

export const kubelets: Acts = [
  ['travel', travel],
  ['travel to Pod', travelToPod],
  ['restart kubelet', restart],
  ['hold kubelet', hold],
  ['hold kubelet', hold],
  ['force delete', forceDelete],
];
