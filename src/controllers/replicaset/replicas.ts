/**
 * Kinds that keep a number of Pods by the same rules: ReplicaSets, and the ReplicationControllers
 * that came before them (upstream converts those likewise, pkg/controller/replication).
 */
import type { KubeObject } from '../../api/meta.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { View } from '../../store/view.ts';

export interface Replicas {
  readonly kind: string;
  /** Author of its writes, and of its Events. */
  readonly controller: string;
  /** The object as the rules read it; kind and name stay its own. */
  asReplicaSet(object: KubeObject): ReplicaSet;
  /** The object as it is written. */
  asStored(rs: ReplicaSet): KubeObject;
  /** Whether its status counts Pods that are being deleted. */
  readonly countsTerminating: boolean;
}

export const replicaSets: Replicas = {
  kind: 'ReplicaSet',
  controller: 'replicaset-controller',
  asReplicaSet: (rs) => rs as ReplicaSet,
  asStored: (rs) => rs,
  countsTerminating: true,
};

export function replicasIn(view: View, key: string, replicas: Replicas): ReplicaSet | undefined {
  const object = view.get(replicas.kind, key);
  return object === undefined ? undefined : replicas.asReplicaSet(object);
}
