/** What users do with namespaces: delete them, and still put things into them. */
import type { Draft } from '../../src/api/meta.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, pick, user } from './act.ts';

/** Those of the cluster itself may not be deleted. */
const isUsers = (name: string): boolean => name !== 'default' && !name.startsWith('kube-');

function remove(cluster: Cluster, how: number): string | undefined {
  const mine = listed(cluster, 'Namespace').filter(({ metadata }) => isUsers(metadata.name));
  const target = pick(mine, how);
  if (target === undefined) return undefined;
  const { name } = target.metadata;
  cluster.simulation.submit({ verb: 'delete', kind: 'Namespace', name }, user);
  return `delete Namespace ${name}`;
}

function put({ simulation }: Cluster, how: number): string | undefined {
  const home = pick(
    simulation.store
      .view()
      .list('Namespace')
      .filter(({ metadata }) => isUsers(metadata.name)),
    how,
  );
  if (home === undefined) return undefined;
  const namespace = home.metadata.name;
  const name = `extra-${how % 5}`;
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'c', image: 'web:v1' }] },
  } as unknown as Draft;
  const made = simulation.submit({ verb: 'create', kind: 'Pod', namespace, object }, user);
  return `create Pod ${name}${made.ok ? '' : ' (refused)'}`;
}

export const namespaces: Acts = [
  ['delete Namespace', remove],
  ['put a Pod into a Namespace', put],
  ['put a Pod into a Namespace', put],
];
