/** The table of CronJobs (api-08 §3). */
import type { CronJob } from '../job/cronjob.ts';
import { selectorText } from '../selectors/selectortext.ts';
import { ageColumn, ageOf, type Column, column, nameColumn } from './column.ts';

const listOf = ({ spec }: CronJob, field: 'name' | 'image'): string =>
  spec.jobTemplate.spec.template.spec.containers.map((container) => container[field]).join(',');

export const cronJobColumns: readonly Column<CronJob>[] = [
  nameColumn,
  column('Schedule', ({ spec }) => spec.schedule),
  column('Timezone', ({ spec }) => spec.timeZone),
  column('Suspend', ({ spec }) => (spec.suspend ? 'True' : 'False')),
  column('Active', ({ status }) => status.active?.length ?? 0),
  column('Last Schedule', ({ status: { lastScheduleTime } }, now) =>
    lastScheduleTime === undefined ? undefined : ageOf(lastScheduleTime, now),
  ),
  ageColumn,
  column('Containers', (cronJob) => listOf(cronJob, 'name'), true),
  column('Images', (cronJob) => listOf(cronJob, 'image'), true),
  column('Selector', ({ spec }) => selectorText(spec.jobTemplate.spec.selector) || '<none>', true),
];
