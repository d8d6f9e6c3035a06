/** Whether the indexes that succeeded are enough for the Job to succeed (ctl-04 §A.7). */
import type { Job, SuccessPolicyRule } from '../../api/job/job.ts';
import { hasIndex, type Intervals, parseIndexes, totalOf } from './indexes.ts';

/** The message of the first rule that is met; undefined if none is. */
export function metPolicy(
  policy: Job['spec']['successPolicy'],
  completions: number,
  succeeded: Intervals,
): string | undefined {
  if (policy === undefined || succeeded.length === 0) return undefined;
  const met = policy.rules.findIndex((rule) => isMet(rule, completions, succeeded));
  return met < 0 ? undefined : `Matched rules at index ${met}`;
}

function isMet(
  { succeededIndexes, succeededCount }: SuccessPolicyRule,
  completions: number,
  succeeded: Intervals,
): boolean {
  if (succeededIndexes === undefined) {
    return succeededCount !== undefined && totalOf(succeeded) >= succeededCount;
  }
  const required = parseIndexes(succeededIndexes, completions);
  if (required.length === 0) return false;
  let reached = 0;
  for (const { first, last } of required) {
    for (let index = first; index <= last; index++) if (hasIndex(succeeded, index)) reached += 1;
  }
  return reached >= (succeededCount ?? totalOf(required));
}
