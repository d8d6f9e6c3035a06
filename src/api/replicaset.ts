/** ReplicaSets. */

import { blank } from '../blank.ts';
import { replicaSetColumns } from './columns/replicaset.ts';
import type { Kind } from './kind.ts';
import { replicaSetLifecycle } from './lifecycle/replicaset.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { defaultTemplate, filled } from './pod/poddefaults.ts';
import type { LabelSelector, PodTemplateSpec } from './pod/podspec.ts';
import { validateReplicaStatus } from './replicastatus.ts';
import { validateReplicaSet, validateReplicaSetUpdate } from './validation/replicaset.ts';
import { workloadWarnings } from './warnings/pod.ts';

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
  defaults(rs) {
    const spec = normalized(rs.spec ?? {}, 'apps.v1.ReplicaSetSpec');
    const { replicas = 1, template } = spec;
    return filled(rs, { spec: filled(spec, { replicas, template: defaultTemplate(template) }) });
  },
  prepareForCreate: (rs) => ({ ...blank, ...rs, status: { replicas: 0 } }),
  warnings: workloadWarnings,
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatusUpdate: (next) => validateReplicaStatus(next.status),
  columns: replicaSetColumns,
  lifecycle: replicaSetLifecycle,
};
