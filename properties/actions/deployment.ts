/** What users do to Deployments and ReplicaSets. */
import type { Deployment } from '../../src/api/deployment.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { ReplicaSet } from '../../src/api/replicaset.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';

/** ReplicaSets that no Deployment sizes. */
const looseSets = (cluster: Cluster): readonly ReplicaSet[] =>
  listed<ReplicaSet>(cluster, 'ReplicaSet').filter(
    ({ metadata }) => metadata.ownerReferences === undefined,
  );

function scale(cluster: Cluster, how: number): string | undefined {
  const target = pick<Deployment | ReplicaSet>(
    [...listed<Deployment>(cluster, 'Deployment'), ...looseSets(cluster)],
    how,
  );
  if (target === undefined) return undefined;
  const replicas = Math.floor(how / 4) % 6;
  patch(cluster, target, { spec: { replicas } });
  return `scale ${target.kind} ${target.metadata.name} to ${replicas}`;
}

function setImage(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Deployment>(cluster, 'Deployment'), how);
  if (target === undefined) return undefined;
  const image = ['web:v1', 'web:v2', 'web:v3', 'broken'][Math.floor(how / 2) % 4]!;
  const [first, ...rest] = target.spec.template.spec.containers;
  const containers = [{ ...first, image }, ...rest];
  patch(cluster, target, { spec: { template: { spec: { containers } } } });
  return `set image of Deployment ${target.metadata.name} to ${image}`;
}

function pause(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Deployment>(cluster, 'Deployment'), how);
  if (target === undefined) return undefined;
  const paused = target.spec.paused !== true;
  patch(cluster, target, { spec: { paused } });
  return `${paused ? 'pause' : 'resume'} Deployment ${target.metadata.name}`;
}

function deleteSet(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<ReplicaSet>(cluster, 'ReplicaSet'), how);
  if (target === undefined) return undefined;
  const propagationPolicy = pick(
    ['Orphan', 'Background', 'Foreground'] as const,
    Math.floor(how / 3),
  )!;
  const { namespace, name } = target.metadata;
  const named = { kind: 'ReplicaSet', namespace: namespace!, name };
  cluster.simulation.submit({ verb: 'delete', ...named, options: { propagationPolicy } }, user);
  return `delete ReplicaSet ${name}, ${propagationPolicy}`;
}

/**
 * A second ReplicaSet with the template of one that is there; a Deployment may adopt it. Not where
 * one recreates: with two active ones, a resized Deployment of that kind stands still for ever, in
 * the real controller too.
 */
function cloneSet(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<ReplicaSet>(cluster, 'ReplicaSet'), how);
  const recreates = listed<Deployment>(cluster, 'Deployment').some(
    ({ spec }) => spec.strategy.type === 'Recreate',
  );
  if (target === undefined || recreates) return undefined;
  const { labels, namespace, name } = target.metadata;
  const metadata = { name: `${name}-copy`, namespace: namespace!, ...(labels ? { labels } : {}) };
  const replicas = how % 3;
  const object = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { ...target.spec, replicas },
  };
  const made = cluster.simulation.submit(
    { verb: 'create', kind: 'ReplicaSet', namespace: namespace!, object },
    user,
  );
  return made.ok ? `create a copy of ReplicaSet ${name} with ${replicas} replicas` : undefined;
}

const stray = (name: string, namespace: string, owner: KubeObject) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace,
    ownerReferences: [
      {
        apiVersion: owner.apiVersion,
        kind: owner.kind,
        name: owner.metadata.name,
        uid: owner.metadata.uid,
      },
    ],
  },
  spec: { containers: [{ name: 'c', image: 'web:v1' }] },
});

/** A Pod whose owner is named but lives in another namespace: to the collector it has none. */
function strayPod(cluster: Cluster, how: number): string | undefined {
  const owner = pick<KubeObject>(
    [...listed<ReplicaSet>(cluster, 'ReplicaSet'), ...listed<Deployment>(cluster, 'Deployment')],
    how,
  );
  if (owner === undefined) return undefined;
  const name = `stray-${cluster.simulation.store.revision}`;
  const object = stray(name, 'kube-public', owner);
  const made = cluster.simulation.submit(
    { verb: 'create', kind: 'Pod', namespace: 'kube-public', object },
    user,
  );
  return made.ok
    ? `create Pod ${name} in another namespace, owned by ${owner.kind} ${owner.metadata.name}`
    : undefined;
}

/** An owner and what it owns, one right after the other. */
function ownedPair(cluster: Cluster): string | undefined {
  const { simulation } = cluster;
  const name = `pair-${simulation.store.revision}`;
  const labels = { pair: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'web:v1' }] } };
  const spec = { replicas: 0, selector: { matchLabels: labels }, template };
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name }, spec };
  const made = simulation.submit(
    { verb: 'create', kind: 'ReplicaSet', namespace: 'default', object: set },
    user,
  );
  if (!made.ok || made.object === undefined) return undefined;
  const object = stray(`${name}-child`, 'default', made.object);
  simulation.submit({ verb: 'create', kind: 'Pod', namespace: 'default', object }, user);
  return `create ReplicaSet ${name} and Pod ${name}-child that it owns`;
}

/** A new image, and another size as soon as two ReplicaSets share the Pods. */
function resizeRollout(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const target = pick(listed<Deployment>(cluster, 'Deployment'), 0);
  const image = setImage(cluster, how);
  if (target === undefined || image === undefined) return undefined;
  const shares = () =>
    listed<ReplicaSet>(cluster, 'ReplicaSet').filter(({ spec }) => spec.replicas > 0).length > 1;
  for (let moves = 0; moves < 60 && !shares() && simulation.calm(); moves++);
  const replicas = Math.floor(how / 8) % 10;
  patch(cluster, target, { spec: { replicas } });
  return `${image}, and scale it to ${replicas} in the middle of that`;
}

function deleteDeployment(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Deployment>(cluster, 'Deployment'), how);
  if (target === undefined || how % 8 !== 7) return undefined;
  const propagationPolicy = pick(
    ['Background', 'Foreground', 'Orphan'] as const,
    Math.floor(how / 8),
  )!;
  const { namespace, name } = target.metadata;
  const named = { kind: 'Deployment', namespace: namespace!, name };
  cluster.simulation.submit({ verb: 'delete', ...named, options: { propagationPolicy } }, user);
  return `delete Deployment ${name}, ${propagationPolicy}`;
}

export const deployments: Acts = [
  ['scale', scale],
  ['scale', scale],
  ['set image', setImage],
  ['set image', setImage],
  ['pause', pause],
  ['delete set', deleteSet],
  ['delete set', deleteSet],
  ['clone set', cloneSet],
  ['stray Pod', strayPod],
  ['owned pair', ownedPair],
  ['delete Deployment', deleteDeployment],
];

/** What is done while a rollout is on its way. */
export const rollouts: Acts = [
  ['set image', setImage],
  ['resize rollout', resizeRollout],
  ['resize rollout', resizeRollout],
  ['pause', pause],
];
