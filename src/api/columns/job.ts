/** The table of Jobs (api-08 §3). */
import type { Job } from '../job/job.ts';
import { finishedAs, hasCondition } from '../job/jobstatus.ts';
import { parseTimestamp } from '../time.ts';
import {
  ageColumn,
  type Column,
  column,
  humanDuration,
  nameColumn,
  selectorColumn,
  templateColumns,
} from './column.ts';

export const jobColumns: readonly Column<Job>[] = [
  nameColumn,
  column('Status', statusText),
  column('Completions', completionsText),
  column('Duration', durationText),
  ageColumn,
  ...templateColumns,
  selectorColumn as unknown as Column<Job>,
];

function statusText(job: Job): string {
  const finished = finishedAs(job);
  if (finished !== undefined) return finished;
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (hasCondition(job, 'Suspended')) return 'Suspended';
  if (hasCondition(job, 'FailureTarget')) return 'FailureTarget';
  if (hasCondition(job, 'SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

function completionsText({ spec, status }: Job): string {
  const { completions, parallelism = 0 } = spec;
  const succeeded = status.succeeded ?? 0;
  if (completions !== undefined) return `${succeeded}/${completions}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, now: number): string {
  const { startTime, completionTime } = status;
  if (startTime === undefined) return '';
  const end = completionTime === undefined ? now : parseTimestamp(completionTime);
  return humanDuration(end - parseTimestamp(startTime));
}
