/** ReplicationControllers: what there was before ReplicaSets, with plain labels for a selector. */

import { blank } from '../blank.ts';
import { replicationControllerColumns } from './columns/replicationcontroller.ts';
import type { Kind } from './kind.ts';
import { replicaSetLifecycle } from './lifecycle/replicaset.ts';
import type { KubeObject, Labels, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { defaultTemplate, filled } from './pod/poddefaults.ts';
import type { PodTemplateSpec } from './pod/podspec.ts';
import type { ReplicaSet, ReplicaSetStatus } from './replicaset.ts';
import { validateReplicaStatus } from './replicastatus.ts';
import { validateReplicationController } from './validation/replicationcontroller.ts';
import { workloadWarnings } from './warnings/pod.ts';

export interface ReplicationController extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'ReplicationController';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds?: number;
    readonly selector?: Labels;
    readonly template?: PodTemplateSpec;
  };
  readonly status: Omit<ReplicaSetStatus, 'terminatingReplicas'>;
}

export const replicationControllerKind: Kind<ReplicationController> = {
  kind: 'ReplicationController',
  apiVersion: 'v1',
  resource: 'replicationcontrollers',
  shortNames: ['rc'],
  namespaced: true,
  subresources: ['status', 'scale'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults,
  prepareForCreate: (rc) => ({ ...blank, ...rc, status: { replicas: 0 } }),
  warnings: workloadWarnings,
  validate: validateReplicationController,
  validateUpdate: validateReplicationController,
  validateStatusUpdate: (next) => validateReplicaStatus(next.status),
  // Upstream leaves its Pods behind, if nothing is said.
  defaultPropagation: 'Orphan',
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  columns: replicationControllerColumns,
  lifecycle: (before, after) =>
    replicaSetLifecycle(before as ReplicaSet | undefined, after as ReplicaSet | undefined),
};

/** Selector and labels are those of the template, if nothing else is said (api-05 §2). */
function defaults(rc: ReplicationController): ReplicationController {
  const spec = normalized(rc.spec ?? {}, 'core.v1.ReplicationControllerSpec');
  const { replicas = 1, template } = spec;
  const labels = template?.metadata?.labels;
  const isSaid = (own: Labels | undefined) => own !== undefined && Object.keys(own).length > 0;
  const lacks = (own: Labels | undefined) => labels !== undefined && !isSaid(own);
  const metadata = lacks(rc.metadata.labels) ? { ...rc.metadata, labels: labels! } : rc.metadata;
  return filled(rc, {
    metadata,
    spec: filled(spec, {
      replicas,
      ...(lacks(spec.selector) ? { selector: labels! } : {}),
      ...(template === undefined ? {} : { template: defaultTemplate(template) }),
    }),
  });
}
