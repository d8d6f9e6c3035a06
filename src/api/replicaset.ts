/** ReplicaSets. */
import type { Kind } from './kind.ts';
import { replicaSetLifecycle } from './lifecycle/replicaset.ts';
import { defaultTemplate, filled } from './poddefaults.ts';
import { validateReplicaSet, validateReplicaSetUpdate } from './validation/replicaset.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';
import type { LabelSelector, PodTemplateSpec } from './podspec.ts';

export interface ReplicaSetStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}

export interface ReplicaSet extends KubeObject {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'ReplicaSet';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
  };
  readonly status: ReplicaSetStatus;
}

export const replicaSetKind: Kind<ReplicaSet> = {
  kind: 'ReplicaSet',
  apiVersion: 'apps/v1',
  resource: 'replicasets',
  shortNames: ['rs'],
  namespaced: true,
  subresources: ['status', 'scale'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults: (rs) =>
    filled(rs, {
      spec: filled(rs.spec, {
        replicas: rs.spec.replicas ?? 1,
        template: defaultTemplate(rs.spec.template),
      }),
    }),
  prepareForCreate: (rs) => ({ ...rs, status: { replicas: 0 } }),
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  selectableFields: ({ status }) => ({ 'status.replicas': String(status.replicas) }),
  lifecycle: replicaSetLifecycle,
};
