/** Worlds with CronJobs: schedules that are often due, and some in zones whose clocks change. */
import type { Draft } from '../../src/api/meta.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { cronJobs } from '../actions/cronjob.ts';
import { faultsOn } from '../actions/faults.ts';
import { schedule } from '../actions/schedule.ts';
import { taskBehaviour, taskTemplate } from './job.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const cronJob = (expression: string, image: string, spec: object): Draft =>
  ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick' },
    spec: {
      schedule: expression,
      jobTemplate: { spec: { backoffLimit: 0, template: taskTemplate(image) } },
      ...spec,
    },
  }) as Draft;

const drafts = [
  cronJob('* * * * *', 'task:ok', { successfulJobsHistoryLimit: 1 }),
  cronJob('*/2 * * * *', 'task:long', { concurrencyPolicy: 'Forbid' }),
  cronJob('* * * * *', 'task:long', { concurrencyPolicy: 'Replace' }),
  cronJob('*/5 * * * *', 'task:fail', { startingDeadlineSeconds: 120 }),
  cronJob('30 1,2,3 * * *', 'task:ok', { timeZone: 'America/New_York' }),
  cronJob('15,45 0-4 * * *', 'task:ok', { timeZone: 'Europe/Berlin' }),
];

const acts: Acts = [
  ...schedule,
  ...cronJobs,
  ['annotate', annotate],
  ...faultsOn('Job', 'CronJob'),
];

export const cronJobWorlds: readonly SmallWorld[] = drafts.map((draft) => ({
  scenario: { ...scenarioWith(draft), behaviour: taskBehaviour },
  acts,
}));
