/** What happens to kubelets, and to what they run. */
import type { Pod } from '../../src/api/pod.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, pick, user } from './act.ts';

const nodes = ['n1', 'n2', 'n3'];

const kubeletOf = (node: string) => `kubelet/${node}`;

/** How far back an API server may be, in revisions, and in what steps. */
const stepsBack = 24;
const revisionsPerStep = 3;

/**
 * A kubelet starts again and is served by an API server that is behind: it lists the past, and hears
 * nothing newer until its watch is let through.
 */
function travel({ simulation }: Cluster, how: number): string | undefined {
  const process = kubeletOf(nodes[how % nodes.length]!);
  if (simulation.process(process) === undefined) return undefined;
  const back = (1 + (Math.floor(how / nodes.length) % stepsBack)) * revisionsPerStep;
  const staleAt = Math.max(simulation.store.revision - back, 1);
  simulation.step({ type: 'crash', process, staleAt });
  const named = { process, kind: 'Pod', reflector: 0 };
  simulation.step({ type: 'deliver', ...named });
  simulation.step({ type: 'hold', ...named });
  return `restart ${process} onto an API server that is ${back} revisions behind`;
}

function restart({ simulation }: Cluster, how: number): string | undefined {
  const process = kubeletOf(nodes[how % nodes.length]!);
  if (simulation.process(process) === undefined) return undefined;
  simulation.step({ type: 'crash', process });
  return `restart ${process}`;
}

/** Nothing reaches a kubelet until it is let through again. */
function hold({ simulation }: Cluster, how: number): string | undefined {
  const name = kubeletOf(nodes[how % nodes.length]!);
  const reflector = simulation.process(name)?.reflectors[0];
  if (reflector === undefined || !reflector.synced) return undefined;
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
  ['travel', travel],
  ['restart kubelet', restart],
  ['hold kubelet', hold],
  ['hold kubelet', hold],
  ['force delete', forceDelete],
];
