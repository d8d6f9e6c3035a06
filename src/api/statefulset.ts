/** StatefulSets. */

import { blank } from '../blank.ts';
import { statefulSetColumns } from './columns/statefulset.ts';
import type { IntOrString } from './deployment.ts';
import type { Kind } from './kind.ts';
import { statefulSetLifecycle } from './lifecycle/statefulset.ts';
import type { Condition, KubeObject, Labels, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { defaultTemplate, filled, mapShared } from './pod/poddefaults.ts';
import type { LabelSelector, PodTemplateSpec } from './pod/podspec.ts';
import {
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from './validation/statefulset.ts';
import type { PersistentVolumeClaimSpec } from './volume/persistentvolumeclaim.ts';
import { claimSpecWarnings } from './warnings/claim.ts';
import { ownTemplateWarnings } from './warnings/pod.ts';

/** A claim that each Pod has one of, named `<template>-<set>-<ordinal>`. */
export interface VolumeClaimTemplate {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly spec: PersistentVolumeClaimSpec;
  readonly status?: { readonly phase?: string };
}

export interface StatefulSetUpdateStrategy {
  readonly type?: 'RollingUpdate' | 'OnDelete';
  readonly rollingUpdate?: {
    readonly partition?: number;
    readonly maxUnavailable?: IntOrString;
  };
}

/** What becomes of a claim when its set, or its Pod by scaling down, goes away. */
export type ClaimRetention = 'Retain' | 'Delete';

export interface ClaimRetentionPolicy {
  readonly whenDeleted: ClaimRetention;
  readonly whenScaled: ClaimRetention;
}

export interface StatefulSetStatus {
  readonly observedGeneration?: number;
  readonly replicas: number;
  readonly readyReplicas?: number;
  readonly currentReplicas?: number;
  readonly updatedReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly collisionCount?: number;
  readonly conditions?: readonly Condition[];
  readonly availableReplicas: number;
}

export interface StatefulSet extends KubeObject {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'StatefulSet';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly volumeClaimTemplates?: readonly VolumeClaimTemplate[];
    readonly serviceName: string;
    readonly podManagementPolicy: 'OrderedReady' | 'Parallel';
    readonly updateStrategy: StatefulSetUpdateStrategy;
    readonly revisionHistoryLimit: number;
    readonly minReadySeconds?: number;
    readonly persistentVolumeClaimRetentionPolicy: ClaimRetentionPolicy;
    readonly ordinals?: { readonly start?: number };
  };
  readonly status: StatefulSetStatus;
}

const unlimited =
  'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended';

export const statefulSetKind: Kind<StatefulSet> = {
  kind: 'StatefulSet',
  apiVersion: 'apps/v1',
  resource: 'statefulsets',
  shortNames: ['sts'],
  namespaced: true,
  subresources: ['status', 'scale'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults(set) {
    const spec = normalized(set.spec ?? {}, 'apps.v1.StatefulSetSpec');
    const claims = spec.volumeClaimTemplates;
    return filled(set, {
      spec: filled(spec, {
        replicas: spec.replicas ?? 1,
        template: defaultTemplate(spec.template),
        ...(Array.isArray(claims)
          ? { volumeClaimTemplates: mapShared(claims, defaultClaimTemplate) }
          : {}),
        serviceName: spec.serviceName ?? '',
        podManagementPolicy: spec.podManagementPolicy ?? 'OrderedReady',
        updateStrategy: defaultStrategy(spec.updateStrategy),
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
        persistentVolumeClaimRetentionPolicy: defaultRetention(
          spec.persistentVolumeClaimRetentionPolicy,
        ),
      }),
    });
  },
  prepareForCreate: (set) => ({ ...blank, ...set, status: { replicas: 0, availableReplicas: 0 } }),
  warnings: (set, before) => [
    ...ownTemplateWarnings(set, before),
    // Upstream has the field so, in an update only.
    ...(set.spec.volumeClaimTemplates ?? []).flatMap(({ spec = {} }, i) => [
      ...claimSpecWarnings(
        spec,
        `spec.volumeClaimTemplates[${i}]${before === undefined ? '' : '.Spec'}`,
      ),
    ]),
    ...(set.spec.revisionHistoryLimit < 0 ? [unlimited] : []),
  ],
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: (next, current) => validateStatefulSetStatus(next.status, current.status),
  columns: statefulSetColumns,
  lifecycle: statefulSetLifecycle,
};

function defaultClaimTemplate(template: VolumeClaimTemplate): VolumeClaimTemplate {
  if (typeof template !== 'object' || template === null) return template;
  const { spec, status } = template;
  return filled(template, {
    kind: template.kind ?? 'PersistentVolumeClaim',
    apiVersion: template.apiVersion ?? 'v1',
    ...(spec === undefined
      ? {}
      : { spec: filled(spec, { volumeMode: spec.volumeMode ?? 'Filesystem' }) }),
    status: filled(status ?? {}, { phase: status?.phase ?? 'Pending' }),
  });
}

/** A type that was given brings no rollingUpdate with it; one that was not, does. */
function defaultStrategy(given: StatefulSetUpdateStrategy = {}): StatefulSetUpdateStrategy {
  const { type = 'RollingUpdate' } = given;
  const rollingUpdate = given.rollingUpdate ?? (given.type === undefined ? {} : undefined);
  if (type !== 'RollingUpdate' || rollingUpdate === undefined) return filled(given, { type });
  const { partition = 0 } = rollingUpdate;
  return filled(given, { type, rollingUpdate: filled(rollingUpdate, { partition }) });
}

const defaultRetention = (given: Partial<ClaimRetentionPolicy> = {}): ClaimRetentionPolicy =>
  filled(given as ClaimRetentionPolicy, {
    whenDeleted: given.whenDeleted ?? 'Retain',
    whenScaled: given.whenScaled ?? 'Retain',
  });
