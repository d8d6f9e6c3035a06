/** What users do to StatefulSets and their claims. */
import type { Draft } from '../../src/api/meta.ts';
import type { StatefulSet } from '../../src/api/statefulset.ts';
import type { PersistentVolumeClaim } from '../../src/api/volume/persistentvolumeclaim.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';

const anySet = (cluster: Cluster, how: number): StatefulSet | undefined =>
  pick(listed<StatefulSet>(cluster, 'StatefulSet'), how);

function scale(cluster: Cluster, how: number): string | undefined {
  const target = anySet(cluster, how);
  if (target === undefined) return undefined;
  const replicas = Math.floor(how / 2) % 5;
  patch(cluster, target, { spec: { replicas } });
  return `scale StatefulSet ${target.metadata.name} to ${replicas}`;
}

function setImage(cluster: Cluster, how: number): string | undefined {
  const target = anySet(cluster, how);
  if (target === undefined) return undefined;
  const image = ['db:v1', 'db:v2', 'db:v3', 'broken'][how % 4]!;
  const [first, ...rest] = target.spec.template.spec.containers;
  const containers = [{ ...first, image }, ...rest];
  patch(cluster, target, { spec: { template: { spec: { containers } } } });
  return `set image of StatefulSet ${target.metadata.name} to ${image}`;
}

function setPartition(cluster: Cluster, how: number): string | undefined {
  const target = anySet(cluster, how);
  if (target?.spec.updateStrategy.rollingUpdate === undefined) return undefined;
  const partition = how % 4;
  patch(cluster, target, { spec: { updateStrategy: { rollingUpdate: { partition } } } });
  return `set partition of StatefulSet ${target.metadata.name} to ${partition}`;
}

function setRetention(cluster: Cluster, how: number): string | undefined {
  const target = anySet(cluster, how);
  if (target?.spec.volumeClaimTemplates === undefined) return undefined;
  const kept = (bit: number) => (Math.floor(how / bit) % 2 === 0 ? 'Retain' : 'Delete');
  const policy = { whenDeleted: kept(1), whenScaled: kept(2) };
  patch(cluster, target, { spec: { persistentVolumeClaimRetentionPolicy: policy } });
  return `retain claims of StatefulSet ${target.metadata.name}: ${policy.whenDeleted} when deleted, ${policy.whenScaled} when scaled`;
}

function deleteClaim(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<PersistentVolumeClaim>(cluster, 'PersistentVolumeClaim'), how);
  if (target === undefined) return undefined;
  const { namespace, name } = target.metadata;
  const named = { kind: 'PersistentVolumeClaim', namespace: namespace!, name };
  cluster.simulation.submit({ verb: 'delete', ...named }, user);
  return `delete claim ${name}`;
}

function deleteSet(cluster: Cluster, how: number): string | undefined {
  const target = anySet(cluster, how);
  if (target === undefined || how % 3 !== 0) return undefined;
  const propagationPolicy = pick(
    ['Background', 'Foreground', 'Orphan'] as const,
    Math.floor(how / 3),
  )!;
  const { namespace, name } = target.metadata;
  const named = { kind: 'StatefulSet', namespace: namespace!, name };
  cluster.simulation.submit({ verb: 'delete', ...named, options: { propagationPolicy } }, user);
  return `delete StatefulSet ${name}, ${propagationPolicy}`;
}

/** The set that was deleted comes back: its Pods, revisions and claims may be there still. */
const createAgain =
  (object: Draft) =>
  ({ simulation }: Cluster): string | undefined => {
    const { name, namespace = 'default' } = object.metadata;
    const made = simulation.submit(
      { verb: 'create', kind: 'StatefulSet', namespace, object },
      user,
    );
    return made.ok ? `create StatefulSet ${name} again` : undefined;
  };

/** What can happen to the sets of a world; `object` is how its set began. */
export const statefulSets = (object: Draft): Acts => [
  ['scale', scale],
  ['scale', scale],
  ['set image', setImage],
  ['set image', setImage],
  ['set partition', setPartition],
  ['set retention', setRetention],
  ['delete claim', deleteClaim],
  ['delete set', deleteSet],
  ['create set again', createAgain(object)],
];
