/** What users do to ReplicationControllers. */
import type { ReplicationController } from '../../src/api/replicationcontroller.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';

const all = (cluster: Cluster): readonly ReplicationController[] =>
  listed<ReplicationController>(cluster, 'ReplicationController');

function scale(cluster: Cluster, how: number): string | undefined {
  const target = pick(all(cluster), how);
  if (target === undefined) return undefined;
  const replicas = Math.floor(how / 4) % 6;
  patch(cluster, target, { spec: { replicas } });
  return `scale ReplicationController ${target.metadata.name} to ${replicas}`;
}

/** Unlike a ReplicaSet's, the selector may change; the template with it. */
function reselect(cluster: Cluster, how: number): string | undefined {
  const target = pick(all(cluster), how);
  if (target === undefined) return undefined;
  const narrow = target.spec.selector?.['tier'] === undefined;
  const labels = { tier: narrow ? 'x' : null };
  patch(cluster, target, { spec: { selector: labels, template: { metadata: { labels } } } });
  return `${narrow ? 'narrow' : 'widen'} the selector of ${target.metadata.name}`;
}

function remove(cluster: Cluster, how: number): string | undefined {
  const target = pick(all(cluster), how);
  if (target === undefined) return undefined;
  const policies = [undefined, 'Background', 'Foreground'] as const;
  const propagationPolicy = pick(policies, Math.floor(how / 3));
  const { namespace, name } = target.metadata;
  const options = propagationPolicy === undefined ? {} : { options: { propagationPolicy } };
  const kind = 'ReplicationController';
  cluster.simulation.submit(
    { verb: 'delete', kind, namespace: namespace!, name, ...options },
    user,
  );
  return `delete ReplicationController ${name}, ${propagationPolicy ?? 'as usual'}`;
}

export const replicationControllers: Acts = [
  ['scale', scale],
  ['scale', scale],
  ['reselect', reselect],
  ['remove', remove],
];
