/**
 * Validation of Job statuses: since others than the Job controller may manage Jobs, what a status
 * says must make sense. Most is only looked at where it changed (upstream's job strategy).
 */

import { semanticDeepEqual } from '../equal.ts';
import type { Job, JobStatus } from '../job/job.ts';
import { hasCondition, isIndexed, isJobFinished, type JobConditionType } from '../job/jobstatus.ts';
import type { FieldError } from '../kind.ts';
import { conditionOf } from '../meta.ts';
import { duplicate, type Errors, invalid, nonNegative, required } from './errors.ts';
import { indexesIn, overlapOf } from './indexes.ts';
import { bare } from './jobpolicies.ts';

type Changed = (...fields: readonly (keyof JobStatus)[]) => boolean;

const counts = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;

export function validateJobStatusUpdate(next: Job, current: Job): readonly FieldError[] {
  const errors: Errors = [];
  const changed: Changed = (...fields) =>
    fields.some((field) => !semanticDeepEqual(next.status[field], current.status?.[field]));
  for (const name of counts) nonNegative(errors, `status.${name}`, next.status[name]);
  validateUncounted(errors, next.status);
  validateConditions(errors, next, current);
  validateTimes(errors, next, current, changed);
  validateFinished(errors, next, current, changed);
  validateIndexes(errors, next, changed);
  validateCounters(errors, next, current);
  return errors;
}

function validateUncounted(errors: Errors, { uncountedTerminatedPods }: JobStatus): void {
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const) {
    (uncountedTerminatedPods?.[list] ?? []).forEach((uid, i) => {
      const at = `status.uncountedTerminatedPods.${list}[${i}]`;
      if (uid === '') errors.push(invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(duplicate(at, uid));
      seen.add(uid);
    });
  }
}

/** Ends that exclude each other. */
const exclusive = [
  ['Complete', 'Failed', 'cannot set Complete=True and Failed=true conditions'],
  ['Complete', 'FailureTarget', 'cannot set Complete=True and FailureTarget=true conditions'],
  ['SuccessCriteriaMet', 'Failed', 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
  [
    'SuccessCriteriaMet',
    'FailureTarget',
    'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
  ],
] as const;

/** Ends that are decided before they are reached. */
const decided = [
  ['Failed', 'FailureTarget', 'FailureTarget=true'],
  ['Complete', 'SuccessCriteriaMet', 'SuccessCriteriaMet=true'],
] as const;

const lasting: readonly JobConditionType[] = ['Failed', 'Complete', 'FailureTarget'];

function validateConditions(errors: Errors, next: Job, current: Job): void {
  const at = 'status.conditions';
  const is = (type: JobConditionType) => hasCondition(next, type);
  const was = (type: JobConditionType) => hasCondition(current, type);
  const turned = (type: JobConditionType) => is(type) !== was(type);
  for (const [one, other, detail] of exclusive) {
    if (is(one) && is(other) && (turned(one) || turned(other))) errors.push(bare(at, detail));
  }
  for (const [end, target, shown] of decided) {
    if (!turned(end) || !is(end) || is(target)) continue;
    errors.push(bare(at, `cannot set ${end}=True condition without the ${shown} condition`));
  }
  for (const type of lasting) {
    if (!was(type) || is(type)) continue;
    errors.push(bare(at, `cannot disable the terminal ${type}=True condition`));
  }
  if (was('SuccessCriteriaMet') && !is('SuccessCriteriaMet')) {
    errors.push(bare(at, 'cannot disable the SuccessCriteriaMet=True condition'));
  }
}

/** A Job that goes on begins anew. */
const isResuming = (next: Job, current: Job): boolean =>
  hasCondition(current, 'Suspended') &&
  conditionOf(next.status.conditions, 'Suspended')?.status === 'False';

function validateTimes(errors: Errors, next: Job, current: Job, changed: Changed): void {
  const { startTime, completionTime } = next.status;
  const isComplete = hasCondition(next, 'Complete');
  const turned = isComplete !== hasCondition(current, 'Complete');
  const at = 'status.completionTime';
  if (turned || changed('completionTime')) {
    if (completionTime !== undefined && !isComplete) {
      const detail = 'cannot set completionTime when there is no Complete=True condition';
      errors.push(invalid(at, completionTime, detail));
    }
    if (completionTime === undefined && isComplete) {
      errors.push(required(at, 'completionTime is required for Complete jobs'));
    }
  }
  if (changed('startTime', 'completionTime') && startTime !== undefined) {
    if (completionTime !== undefined && Date.parse(completionTime) < Date.parse(startTime)) {
      const detail = 'completionTime cannot be set before startTime';
      errors.push(invalid(at, completionTime, detail));
    }
  }
  const before = current.status?.completionTime;
  if (before !== undefined && completionTime !== undefined && completionTime !== before) {
    errors.push(invalid(at, completionTime, 'completionTime cannot be mutated'));
  }
  const started = current.status?.startTime;
  const fixed = next.spec.suspend !== true && !isResuming(next, current);
  if (started !== undefined && startTime !== started && fixed) {
    const detail = 'field is immutable for unsuspended job once set';
    errors.push(invalid('status.startTime', startTime, detail));
  }
}

function validateFinished(errors: Errors, next: Job, current: Job, changed: Changed): void {
  const {
    active = 0,
    ready = 0,
    terminating = 0,
    startTime,
    uncountedTerminatedPods,
  } = next.status;
  const finished = isJobFinished(next);
  const turned = finished !== isJobFinished(current);
  if (finished && active > 0 && (turned || changed('active'))) {
    errors.push(invalid('status.active', active, 'active>0 is invalid for finished job'));
  }
  // A suspended Job may have been complete before it ever began.
  const began = startTime !== undefined || next.spec.suspend === true;
  if (finished && !began && (turned || changed('startTime'))) {
    errors.push(required('status.startTime', 'startTime is required for finished job'));
  }
  const { succeeded = [], failed = [] } = uncountedTerminatedPods ?? {};
  const uncounted = succeeded.length + failed.length;
  if (finished && uncounted > 0 && (turned || changed('uncountedTerminatedPods'))) {
    const detail = 'uncountedTerminatedPods needs to be empty for finished job';
    errors.push(invalid('status.uncountedTerminatedPods', uncountedTerminatedPods, detail));
  }
  if (finished && terminating > 0 && (turned || changed('terminating'))) {
    const detail = 'terminating>0 is invalid for finished job';
    errors.push(invalid('status.terminating', terminating, detail));
  }
  if (ready > active && changed('ready', 'active')) {
    errors.push(invalid('status.ready', ready, 'cannot set more ready pods than active'));
  }
}

function validateIndexes(errors: Errors, next: Job, changed: Changed): void {
  const { completions, backoffLimitPerIndex } = next.spec;
  const { completedIndexes = '', failedIndexes } = next.status;
  const parsed = (name: 'completedIndexes' | 'failedIndexes', text: string) => {
    const found = completions === undefined ? 0 : indexesIn(text, completions);
    if (typeof found === 'number') return;
    errors.push(invalid(`status.${name}`, text, `error parsing ${name}: ${found.error}`));
  };
  if (changed('completedIndexes')) {
    parsed('completedIndexes', completedIndexes);
    if (completedIndexes !== '' && !isIndexed(next)) {
      const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode';
      errors.push(invalid('status.completedIndexes', completedIndexes, detail));
    }
  }
  if (failedIndexes === undefined) return;
  const at = 'status.failedIndexes';
  if (changed('failedIndexes')) {
    if (backoffLimitPerIndex !== undefined) parsed('failedIndexes', failedIndexes);
    else {
      const detail = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
      errors.push(invalid(at, failedIndexes, detail));
    }
  }
  if (completions === undefined || !changed('failedIndexes', 'completedIndexes')) return;
  const common = overlapOf(completedIndexes, failedIndexes, completions);
  if (common === undefined) return;
  const detail = `failedIndexes and completedIndexes overlap at index: ${common}`;
  errors.push(invalid(at, failedIndexes, detail));
}

function validateCounters(errors: Errors, next: Job, current: Job): void {
  const { failed = 0, succeeded = 0 } = next.status;
  if (failed < (current.status?.failed ?? 0)) {
    errors.push(invalid('status.failed', failed, 'cannot decrease the failed counter'));
  }
  // A Job whose completions follow its parallelism may have been made smaller.
  const elastic = isIndexed(next) && next.spec.completions === next.spec.parallelism;
  if (!elastic && succeeded < (current.status?.succeeded ?? 0)) {
    errors.push(invalid('status.succeeded', succeeded, 'cannot decrease the succeeded counter'));
  }
}
