/** Jobs of a CronJob: what they are called, how they are made, and which of them are kept. */
import { zonedTimestamp } from '../../api/cron/zone.ts';
import type { CronJob } from '../../api/job/cronjob.ts';
import type { Job } from '../../api/job/job.ts';
import { finishedAs } from '../../api/job/jobstatus.ts';
import { controllerRef, type Draft } from '../../api/meta.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** The minute makes the name, so that one activation cannot be started twice. */
export const jobName = (cronJob: string, scheduledAt: number): string =>
  `${cronJob}-${Math.floor(scheduledAt / 60_000)}`;

export function jobFrom(cronJob: CronJob, scheduledAt: number): Draft<Job> {
  const { jobTemplate, timeZone = 'UTC' } = cronJob.spec;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob.metadata.name, scheduledAt),
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [scheduledAnnotation]: zonedTimestamp(timeZone, scheduledAt) },
      ownerReferences: [controllerRef(cronJob)],
    },
    spec: jobTemplate.spec,
  };
}

/** The oldest Jobs beyond the limits of the history. */
export function surplusJobs({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] {
  const beyond = (end: 'Complete' | 'Failed', limit: number | undefined): readonly Job[] => {
    const ended = jobs.filter((job) => finishedAs(job) === end);
    const surplus = ended.length - (limit ?? ended.length);
    return surplus <= 0 ? [] : [...ended].sort(byStart).slice(0, surplus);
  };
  return [
    ...beyond('Complete', spec.successfulJobsHistoryLimit),
    ...beyond('Failed', spec.failedJobsHistoryLimit),
  ];
}

/** Those that never started come last. */
function byStart(a: Job, b: Job): number {
  const [startA, startB] = [a.status.startTime, b.status.startTime];
  if (startA === startB) return a.metadata.name < b.metadata.name ? -1 : 1;
  if (startA === undefined) return 1;
  if (startB === undefined) return -1;
  return startA < startB ? -1 : 1;
}
