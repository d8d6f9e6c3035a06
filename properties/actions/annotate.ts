/** A change that asks for nothing: it only wakes whoever watches. */
import { kinds } from '../../src/api/index.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { listed, patch, pick } from './act.ts';

/** Kinds whose objects say what is wanted of a controller: they count what it observed. */
const workloads = kinds
  .filter(({ kind, generation }) => generation !== undefined && kind !== 'Pod' && kind !== 'Event')
  .map(({ kind }) => kind)
  .sort();

export function annotate(cluster: Cluster, how: number): string | undefined {
  const target = pick<KubeObject>(
    workloads.flatMap((kind) => listed<KubeObject>(cluster, kind)),
    how,
  );
  if (target === undefined) return undefined;
  const touched = String(cluster.simulation.store.revision);
  patch(cluster, target, { metadata: { annotations: { touched } } });
  return `annotate ${target.kind} ${target.metadata.name}`;
}
