/** What a Job's status says: whether it has ended, and how. */

import { conditionOf } from '../meta.ts';
import type { Job } from './job.ts';

/** Ends for which a Job is bound, and those that it has reached. */
export type JobConditionType =
  | 'Suspended'
  | 'FailureTarget'
  | 'SuccessCriteriaMet'
  | 'Failed'
  | 'Complete';

export const hasCondition = (job: Pick<Job, 'status'>, type: JobConditionType): boolean =>
  conditionOf(job.status?.conditions, type)?.status === 'True';

/** Complete or Failed; undefined while it goes on. */
export function finishedAs(job: Pick<Job, 'status'>): 'Complete' | 'Failed' | undefined {
  const finished = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return finished?.type as 'Complete' | 'Failed' | undefined;
}

export const isJobFinished = (job: Pick<Job, 'status'>): boolean => finishedAs(job) !== undefined;

export const isIndexed = ({ spec }: Pick<Job, 'spec'>): boolean =>
  spec.completionMode === 'Indexed';
