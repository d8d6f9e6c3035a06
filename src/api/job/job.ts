/** Jobs. */

import { blank } from '../../blank.ts';
import { jobColumns } from '../columns/job.ts';
import type { Kind } from '../kind.ts';
import { jobLifecycle } from '../lifecycle/job.ts';
import type { Condition, KubeObject, ObjectMeta } from '../meta.ts';
import { normalized } from '../normalize.ts';
import { defaultTemplate, filled, mapShared } from '../pod/poddefaults.ts';
import type { LabelSelector, PodTemplateSpec } from '../pod/podspec.ts';
import { validateJob, validateJobUpdate } from '../validation/job.ts';
import { validateJobStatusUpdate } from '../validation/jobstatus.ts';
import { jobWarnings } from '../warnings/job.ts';
import { generateSelector } from './jobselector.ts';

export interface PodFailurePolicyRule {
  readonly action: 'Ignore' | 'Count' | 'FailJob' | 'FailIndex';
  readonly onExitCodes?: {
    readonly containerName?: string;
    readonly operator: 'In' | 'NotIn';
    readonly values: readonly number[];
  };
  readonly onPodConditions?: readonly { readonly type: string; readonly status: string }[];
}

export interface SuccessPolicyRule {
  readonly succeededIndexes?: string;
  readonly succeededCount?: number;
}

export interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly activeDeadlineSeconds?: number;
  readonly podFailurePolicy?: { readonly rules: readonly PodFailurePolicyRule[] };
  readonly successPolicy?: { readonly rules: readonly SuccessPolicyRule[] };
  readonly backoffLimit?: number;
  readonly backoffLimitPerIndex?: number;
  readonly maxFailedIndexes?: number;
  readonly selector?: LabelSelector;
  readonly manualSelector?: boolean;
  readonly template: PodTemplateSpec;
  readonly ttlSecondsAfterFinished?: number;
  readonly completionMode?: 'NonIndexed' | 'Indexed';
  readonly suspend?: boolean;
  readonly podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed';
  readonly managedBy?: string;
}

/** Uids of Pods that are finished, whose finalizers may still be there, and that no counter has. */
export interface UncountedTerminatedPods {
  readonly succeeded?: readonly string[];
  readonly failed?: readonly string[];
}

export interface JobStatus {
  readonly conditions?: readonly Condition[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly terminating?: number;
  /** Intervals such as `1,3-5`. */
  readonly completedIndexes?: string;
  readonly failedIndexes?: string;
  readonly uncountedTerminatedPods?: UncountedTerminatedPods;
  readonly ready?: number;
}

export interface Job extends KubeObject {
  readonly apiVersion: 'batch/v1';
  readonly kind: 'Job';
  readonly metadata: ObjectMeta;
  readonly spec: JobSpec;
  readonly status: JobStatus;
}

export const jobKind: Kind<Job> = {
  kind: 'Job',
  apiVersion: 'batch/v1',
  resource: 'jobs',
  shortNames: [],
  namespaced: true,
  subresources: ['status'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults(job) {
    const spec = defaultSpec(normalized(job.spec ?? {}, 'batch.v1.JobSpec'));
    const { labels } = spec.template?.metadata ?? {};
    const { metadata } = job;
    const unlabelled = Object.keys(metadata.labels ?? {}).length === 0;
    const inherits = unlabelled && labels !== undefined && Object.keys(labels).length > 0;
    return filled(job, { spec, ...(inherits ? { metadata: { ...metadata, labels } } : {}) });
  },
  prepareForCreate: (job) => ({ ...blank, ...generateSelector(job), status: {} }),
  warnings: jobWarnings('spec', ({ spec }) => spec as Job['spec'] | undefined),
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatusUpdate,
  defaultPropagation: 'Orphan',
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  columns: jobColumns,
  lifecycle: jobLifecycle,
};

/** Where a limit per index is set, the one of the whole Job is out of reach. */
const backoffLimitMax = 2_147_483_647;

function defaultSpec(spec: JobSpec): JobSpec {
  const { parallelism, completions, podFailurePolicy, backoffLimitPerIndex } = spec;
  const both = parallelism === undefined && completions === undefined;
  const limit = backoffLimitPerIndex === undefined ? 6 : backoffLimitMax;
  return filled(spec, {
    parallelism: parallelism ?? 1,
    ...(both ? { completions: 1 } : {}),
    backoffLimit: spec.backoffLimit ?? limit,
    manualSelector: spec.manualSelector ?? false,
    template: defaultTemplate(spec.template),
    completionMode: spec.completionMode ?? 'NonIndexed',
    suspend: spec.suspend ?? false,
    podReplacementPolicy:
      spec.podReplacementPolicy ??
      (podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
    ...(podFailurePolicy === undefined
      ? {}
      : { podFailurePolicy: defaultPolicy(podFailurePolicy) }),
  });
}

type Policy = NonNullable<JobSpec['podFailurePolicy']>;

function defaultPolicy(policy: Policy): Policy {
  if (!Array.isArray(policy.rules)) return policy;
  const rules = mapShared(policy.rules as readonly PodFailurePolicyRule[], (rule) => {
    const { onPodConditions } = rule;
    if (!Array.isArray(onPodConditions)) return rule;
    const patterns = mapShared(
      onPodConditions as NonNullable<PodFailurePolicyRule['onPodConditions']>,
      (pattern) => filled(pattern, { status: pattern.status || 'True' }),
    );
    return filled(rule, { onPodConditions: patterns });
  });
  return filled(policy, { rules });
}
