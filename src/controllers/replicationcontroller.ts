/**
 * ReplicationController controller (ctl-08 §E): the rules of ReplicaSets, for the kind that came
 * before them.
 */
import type { KubeObject } from '../api/meta.ts';
import type { ReplicaSet } from '../api/replicaset.ts';
import type { ReplicationController } from '../api/replicationcontroller.ts';
import type { Controller } from '../sim/controller.ts';
import type { Replicas } from './replicaset/replicas.ts';
import { replicaController } from './replicaset.ts';

/** Once for each version: what is the same stays identical. */
const converted = new WeakMap<KubeObject, ReplicaSet>();

export const replicationControllers: Replicas = {
  kind: 'ReplicationController',
  controller: 'replication-controller',
  asReplicaSet(object) {
    let rs = converted.get(object);
    if (rs === undefined) {
      const { spec } = object as ReplicationController;
      const selector = { matchLabels: spec.selector ?? {} };
      rs = { ...object, spec: { ...spec, selector } } as unknown as ReplicaSet;
      converted.set(object, rs);
    }
    return rs;
  },
  asStored(rs) {
    const { matchLabels = {} } = rs.spec.selector;
    return { ...rs, spec: { ...rs.spec, selector: matchLabels } } as unknown as KubeObject;
  },
  countsTerminating: false,
};

export const replicationController = (): Controller => replicaController(replicationControllers);
