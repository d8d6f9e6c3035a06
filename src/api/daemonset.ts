/** DaemonSets: one Pod on every node that should have one. */

import { daemonSetColumns } from './columns/daemonset.ts';
import type { IntOrString } from './deployment.ts';
import { deepEqual } from './equal.ts';
import type { Kind } from './kind.ts';
import { daemonSetLifecycle } from './lifecycle/daemonset.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { defaultTemplate, filled } from './pod/poddefaults.ts';
import type { LabelSelector, PodTemplateSpec } from './pod/podspec.ts';
import {
  validateDaemonSet,
  validateDaemonSetStatus,
  validateDaemonSetUpdate,
} from './validation/daemonset.ts';
import { ownTemplateWarnings } from './warnings/pod.ts';

export interface DaemonSetUpdateStrategy {
  readonly type?: 'RollingUpdate' | 'OnDelete';
  readonly rollingUpdate?: {
    readonly maxUnavailable?: IntOrString;
    readonly maxSurge?: IntOrString;
  };
}

export interface DaemonSetStatus {
  /** Nodes that should have a Pod, and do. */
  readonly currentNumberScheduled: number;
  /** Nodes that should have none, and do. */
  readonly numberMisscheduled: number;
  readonly desiredNumberScheduled: number;
  readonly numberReady: number;
  readonly observedGeneration?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly numberUnavailable?: number;
  readonly collisionCount?: number;
  readonly conditions?: readonly Condition[];
}

export interface DaemonSet extends KubeObject {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'DaemonSet';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly updateStrategy: DaemonSetUpdateStrategy;
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit: number;
  };
  readonly status: DaemonSetStatus;
}

const initialStatus: DaemonSetStatus = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
};

export const daemonSetKind: Kind<DaemonSet> = {
  kind: 'DaemonSet',
  apiVersion: 'apps/v1',
  resource: 'daemonsets',
  shortNames: ['ds'],
  namespaced: true,
  subresources: ['status'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults(ds) {
    const spec = normalized(ds.spec ?? {}, 'apps.v1.DaemonSetSpec');
    return filled(ds, {
      spec: filled(spec, {
        template: defaultTemplate(spec.template),
        updateStrategy: defaultStrategy(spec.updateStrategy),
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      }),
    });
  },
  prepareForCreate: (ds) => ({
    ...withTemplateGeneration(ds, Math.max(1, templateGeneration(ds) ?? 0)),
    status: initialStatus,
  }),
  prepareForUpdate(next, current) {
    const changed = !deepEqual(next.spec.template, current.spec.template);
    return withTemplateGeneration(next, (templateGeneration(current) ?? 0) + Number(changed));
  },
  prepareForStatusUpdate: (next, current) =>
    withTemplateGeneration(next, templateGeneration(current) ?? 0),
  warnings: ownTemplateWarnings,
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatusUpdate: (next, current) => validateDaemonSetStatus(next.status, current.status),
  columns: daemonSetColumns,
  lifecycle: daemonSetLifecycle,
};

const generationKey = 'deprecated.daemonset.template.generation';

/** How often the template changed: a field of older versions of the API, now an annotation. */
export function templateGeneration({ metadata }: DaemonSet): number | undefined {
  const text = metadata.annotations?.[generationKey];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Clients cannot change it. */
function withTemplateGeneration(ds: DaemonSet, generation: number): DaemonSet {
  if (templateGeneration(ds) === generation) return ds;
  const annotations = { ...ds.metadata.annotations, [generationKey]: String(generation) };
  return { ...ds, metadata: { ...ds.metadata, annotations } };
}

function defaultStrategy(given: DaemonSetUpdateStrategy = {}): DaemonSetUpdateStrategy {
  const { type = 'RollingUpdate', rollingUpdate = {} } = given;
  if (type !== 'RollingUpdate') return filled(given, { type });
  const { maxUnavailable = 1, maxSurge = 0 } = rollingUpdate;
  return filled(given, {
    type,
    rollingUpdate: filled(rollingUpdate, { maxUnavailable, maxSurge }),
  });
}
