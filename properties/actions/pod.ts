/** What users do to single Pods. */
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';

function deletePod(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { namespace, name } = target.metadata;
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace: namespace!, name }, user);
  return `delete Pod ${name}`;
}

function relabelPod(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { labels, name } = target.metadata;
  const away = labels?.app !== 'elsewhere';
  const original = labels?.was ?? labels?.app ?? 'web';
  patch(cluster, target, {
    metadata: { labels: away ? { app: 'elsewhere', was: original } : { app: original, was: null } },
  });
  return `relabel Pod ${name} ${away ? 'away' : 'back'}`;
}

function disownPod(cluster: Cluster, how: number): string | undefined {
  const owned = listed<Pod>(cluster, 'Pod').filter(
    ({ metadata }) => metadata.ownerReferences !== undefined,
  );
  const target = pick(owned, how);
  if (target === undefined) return undefined;
  patch(cluster, target, { metadata: { ownerReferences: null } });
  return `take the owner from Pod ${target.metadata.name}`;
}

export const pods: Acts = [
  ['delete Pod', deletePod],
  ['relabel Pod', relabelPod],
  ['disown Pod', disownPod],
];
