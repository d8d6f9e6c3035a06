/** What users do to volumes and claims, and to Pods that use them. */
import type { Draft } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { claimKeysOf } from '../../src/api/pod/podclaims.ts';
import type { PersistentVolumeClaim } from '../../src/api/volume/persistentvolumeclaim.ts';
import { type Cluster, controllerManager } from '../../src/sim/cluster.ts';
import { type Acts, listed, pick, user } from './act.ts';
import { calmUntil } from './faults.ts';

const names = ['a', 'b', 'c'];

export const claimOf = (name: string, size: number, storageClassName: string): Draft =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage: `${size}Gi` } },
    },
  }) as Draft;

/** What lies under /tmp is what the binder can delete itself. */
export const volumeOf = (name: string, size: number, spec: object): Draft =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: `${size}Gi` },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: `/tmp/${name}` },
      persistentVolumeReclaimPolicy: 'Delete',
      ...spec,
    },
  }) as Draft;

function create({ simulation }: Cluster, object: Draft): boolean {
  const { kind, metadata } = object;
  const namespace =
    kind === 'PersistentVolume' ? {} : { namespace: metadata.namespace ?? 'default' };
  return simulation.submit({ verb: 'create', kind, ...namespace, object }, user).ok;
}

function createClaim(cluster: Cluster, how: number): string | undefined {
  const name = pick(names, how)!;
  const storageClass = how % 2 === 0 ? '' : 'made';
  const made = create(cluster, claimOf(name, 1 + (Math.floor(how / 6) % 2), storageClass));
  return made ? `create claim ${name} of class "${storageClass}"` : undefined;
}

function deleteOne(cluster: Cluster, kind: string, how: number): string | undefined {
  const target = pick(listed(cluster, kind), how);
  if (target === undefined) return undefined;
  const { namespace, name } = target.metadata;
  const named = { kind, ...(namespace === undefined ? {} : { namespace }), name };
  cluster.simulation.submit({ verb: 'delete', ...named }, user);
  return `delete ${kind} ${name}`;
}

function createVolume(cluster: Cluster, how: number): string | undefined {
  const name = `pv-${cluster.simulation.store.revision}`;
  const persistentVolumeReclaimPolicy = pick(['Delete', 'Retain', 'Recycle'], how)!;
  const volume = volumeOf(name, 1 + (how % 2), { persistentVolumeReclaimPolicy });
  const made = create(cluster, volume);
  return made ? `create volume ${name}, ${persistentVolumeReclaimPolicy}` : undefined;
}

/** A volume that a backup brings back, or a provisioner made: it knows its claim already. */
function restoreVolume(cluster: Cluster, how: number): string | undefined {
  const waiting = listed<PersistentVolumeClaim>(cluster, 'PersistentVolumeClaim').filter(
    ({ spec }) => !spec.volumeName,
  );
  const target = pick(waiting, how);
  if (target === undefined) return undefined;
  const { namespace, name, uid } = target.metadata;
  const kept = `pv-${cluster.simulation.store.revision}`;
  const claimRef = { apiVersion: 'v1', kind: target.kind, namespace, name, uid };
  const { storageClassName } = target.spec;
  const made = create(cluster, volumeOf(kept, 4, { claimRef, storageClassName }));
  return made ? `restore volume ${kept} of claim ${name}` : undefined;
}

/** A Pod that has the claim among its volumes, and mounts it. */
export const userOf = (name: string, claimName: string): Draft =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [{ name: 'c', image: 'app:v1', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
    },
  }) as Draft;

function createPod(cluster: Cluster, how: number): string | undefined {
  const claimName = pick(names, how)!;
  const name = `user-${cluster.simulation.store.revision}`;
  const made = create(cluster, userOf(name, claimName));
  return made ? `create Pod ${name} that uses claim ${claimName}` : undefined;
}

/** A second Pod for what a first has, on another node. */
function share(cluster: Cluster, how: number): string | undefined {
  const users = listed<Pod>(cluster, 'Pod').filter(
    (pod) => pod.spec.nodeName && claimKeysOf(pod).length > 0,
  );
  const first = pick(users, how);
  if (first === undefined) return undefined;
  const { volumes: needed = [], nodeName } = first.spec;
  const others = listed(cluster, 'Node').filter(({ metadata }) => metadata.name !== nodeName);
  const node = pick(others, how)?.metadata.name;
  const name = `share-${cluster.simulation.store.revision}`;
  const volumeMounts = needed.map((volume) => ({ name: volume.name, mountPath: '/v' }));
  const containers = [{ name: 'c', image: 'app:v1', volumeMounts }];
  const spec = { containers, volumes: needed, nodeName: node };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
  return create(cluster, object)
    ? `create Pod ${name} on ${node} that shares ${first.metadata.name}'s claim`
    : undefined;
}

/** Volumes that are brought to nodes, and wanted at two. */
export const sharing: Acts = [
  ['share volume', share],
  ['share volume', share],
];

/** Whoever has lost patience: the object goes at once, and its containers when they can. */
function forceDelete(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { namespace = '', name } = target.metadata;
  const options = { gracePeriodSeconds: 0 };
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace, name, options }, user);
  return `delete Pod ${name} by force`;
}

/**
 * The controllers start again while their lists come in slowly: whoever begins before all have come
 * acts on half of the truth.
 */
function restartSlowly({ simulation }: Cluster, how: number): string | undefined {
  const isOfManager = ({ process }: { process?: string }) => process === controllerManager;
  simulation.step({ type: 'crash', process: controllerManager });
  const { reflectors } = simulation.process(controllerManager)!;
  for (let i = 0; i < reflectors.length; i++) {
    const reflector = (how + i) % reflectors.length;
    const kind = reflectors[reflector]!.watch.kind;
    simulation.step({ type: 'deliver', process: controllerManager, kind, reflector });
    for (let moves = 0; moves < 8; moves++) {
      const next = simulation
        .moves()
        .find((move) => (move.type === 'begin' || move.type === 'request') && isOfManager(move));
      if (next === undefined) break;
      simulation.step(next);
    }
  }
  return 'restart the controllers slowly';
}

/** The binder takes a volume, and neither the answer nor the watch tells it so. */
function loseBinding({ simulation }: Cluster): string | undefined {
  const process = simulation.process(controllerManager);
  const volumesOf = process?.reflectors.find(({ watch }) => watch.kind === 'PersistentVolume');
  if (volumesOf === undefined || !volumesOf.synced || volumesOf.held) return undefined;
  const flight = calmUntil(
    simulation,
    ({ request }) => request.verb === 'update' && request.object.kind === 'PersistentVolume',
  );
  if (flight === undefined) return undefined;
  const reflector = process!.reflectors.indexOf(volumesOf);
  const kind = 'PersistentVolume';
  simulation.step({ type: 'hold', process: controllerManager, kind, reflector });
  const { actor } = flight.slot.component;
  const named = { process: controllerManager, actor, key: flight.pass.key };
  simulation.step({ type: 'request', ...named, fault: 'reply lost' });
  return `lose the answer to ${actor}, and hold volumes back`;
}

export const volumes: Acts = [
  ['create claim', createClaim],
  ['create claim', createClaim],
  ['delete claim', (cluster, how) => deleteOne(cluster, 'PersistentVolumeClaim', how)],
  ['delete claim', (cluster, how) => deleteOne(cluster, 'PersistentVolumeClaim', how)],
  ['create volume', createVolume],
  ['restore volume', restoreVolume],
  ['delete volume', (cluster, how) => deleteOne(cluster, 'PersistentVolume', how)],
  ['create Pod', createPod],
  ['delete Pod', (cluster, how) => deleteOne(cluster, 'Pod', how)],
  ['force delete', forceDelete],
  ['restart slowly', restartSlowly],
  ['lose binding', loseBinding],
];
