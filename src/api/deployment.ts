/** Deployments. */

import { blank } from '../blank.ts';
import { deploymentColumns } from './columns/deployment.ts';
import type { Kind } from './kind.ts';
import { deploymentLifecycle } from './lifecycle/deployment.ts';
import type { Condition, KubeObject, Labels, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { defaultTemplate, filled } from './pod/poddefaults.ts';
import type { LabelSelector, PodTemplateSpec } from './pod/podspec.ts';
import { validateDeploymentStatus } from './replicastatus.ts';
import { validateDeployment, validateDeploymentUpdate } from './validation/deployment.ts';
import { workloadWarnings } from './warnings/pod.ts';

/** A count, or a percentage as `"25%"`. */
export type IntOrString = number | string;

export interface DeploymentStrategy {
  readonly type?: 'RollingUpdate' | 'Recreate';
  readonly rollingUpdate?: {
    readonly maxSurge?: IntOrString;
    readonly maxUnavailable?: IntOrString;
  };
}

export interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly collisionCount?: number;
  readonly conditions?: readonly Condition[];
}

export interface Deployment extends KubeObject {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'Deployment';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly strategy: DeploymentStrategy;
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly paused?: boolean;
    readonly progressDeadlineSeconds?: number;
  };
  readonly status: DeploymentStatus;
}

export const deploymentKind: Kind<Deployment> = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  resource: 'deployments',
  shortNames: ['deploy'],
  namespaced: true,
  subresources: ['status', 'scale'],
  hasStatus: true,
  generation: (next, current) =>
    next.spec !== current.spec || next.metadata.annotations !== current.metadata.annotations,
  defaults(deployment) {
    const spec = normalized(deployment.spec ?? {}, 'apps.v1.DeploymentSpec');
    return filled(deployment, {
      spec: filled(spec, {
        replicas: spec.replicas ?? 1,
        template: defaultTemplate(spec.template),
        strategy: defaultStrategy(spec.strategy),
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
        progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
      }),
    });
  },
  prepareForCreate: (deployment) => ({ ...blank, ...deployment, status: {} }),
  warnings: workloadWarnings,
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  prepareForStatusUpdate: (next, { metadata: { labels } }) =>
    next.metadata.labels === labels
      ? next
      : { ...next, metadata: withLabels(next.metadata, labels) },
  validateStatusUpdate: (next, current) => validateDeploymentStatus(next.status, current.status),
  columns: deploymentColumns,
  lifecycle: deploymentLifecycle,
};

function defaultStrategy(strategy: DeploymentStrategy | undefined): DeploymentStrategy {
  const type = strategy?.type ?? 'RollingUpdate';
  if (type !== 'RollingUpdate') return filled(strategy ?? {}, { type });
  const { maxUnavailable = '25%', maxSurge = '25%' } = strategy?.rollingUpdate ?? {};
  const rollingUpdate = filled(strategy?.rollingUpdate ?? {}, { maxUnavailable, maxSurge });
  return filled(strategy ?? {}, { type, rollingUpdate });
}

/** A status write never touches the labels, though annotations it may. */
function withLabels({ labels: _given, ...metadata }: ObjectMeta, labels: Labels | undefined) {
  return labels === undefined ? metadata : { ...metadata, labels };
}
