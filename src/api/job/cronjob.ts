/** CronJobs. */

import { blank } from '../../blank.ts';
import { cronJobColumns } from '../columns/cronjob.ts';
import type { ObjectReference } from '../event.ts';
import type { Kind } from '../kind.ts';
import { cronJobLifecycle } from '../lifecycle/cronjob.ts';
import type { KubeObject, Labels, ObjectMeta } from '../meta.ts';
import { normalized } from '../normalize.ts';
import { defaultTemplate, filled } from '../pod/poddefaults.ts';
import { validateCronJob, validateCronJobUpdate } from '../validation/cronjob.ts';
import { jobWarnings } from '../warnings/job.ts';
import type { JobSpec } from './job.ts';

export interface JobTemplateSpec {
  readonly metadata?: {
    readonly labels?: Labels;
    readonly annotations?: Labels;
    readonly creationTimestamp?: string | null;
  };
  readonly spec: JobSpec;
}

export interface CronJobStatus {
  readonly active?: readonly ObjectReference[];
  readonly lastScheduleTime?: string;
  readonly lastSuccessfulTime?: string;
}

export interface CronJob extends KubeObject {
  readonly apiVersion: 'batch/v1';
  readonly kind: 'CronJob';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly startingDeadlineSeconds?: number;
    readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace';
    readonly suspend: boolean;
    readonly jobTemplate: JobTemplateSpec;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
  };
  readonly status: CronJobStatus;
}

export const cronJobKind: Kind<CronJob> = {
  kind: 'CronJob',
  apiVersion: 'batch/v1',
  resource: 'cronjobs',
  shortNames: ['cj'],
  namespaced: true,
  subresources: ['status'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults(cronJob) {
    const spec = normalized(cronJob.spec ?? {}, 'batch.v1.CronJobSpec');
    const { jobTemplate } = spec;
    const template = jobTemplate?.spec?.template;
    return filled(cronJob, {
      spec: filled(spec, {
        concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
        suspend: spec.suspend ?? false,
        // The Job inside gets its defaults when it is made.
        ...(template === undefined
          ? {}
          : {
              jobTemplate: filled(jobTemplate, {
                spec: filled(jobTemplate.spec, { template: defaultTemplate(template) }),
              }),
            }),
        successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
        failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
      }),
    });
  },
  prepareForCreate: (cronJob) => ({ ...blank, ...cronJob, status: {} }),
  warnings: jobWarnings(
    'spec.jobTemplate.spec',
    ({ spec }) => (spec as CronJob['spec'] | undefined)?.jobTemplate?.spec,
  ),
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  columns: cronJobColumns,
  lifecycle: cronJobLifecycle,
};
