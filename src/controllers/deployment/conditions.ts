/** Conditions of Deployments: set, kept, removed, as upstream does it. */
import type { Condition } from '../../api/meta.ts';
import { timestamp } from '../../api/time.ts';

type Conditions = readonly Condition[];

export const conditionOf = (
  conditions: Conditions | undefined,
  type: string,
): Condition | undefined => conditions?.find((condition) => condition.type === type);

export const without = (conditions: Conditions, type: string): Conditions =>
  conditions.filter((condition) => condition.type !== type);

export const newCondition = (
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  now: number,
): Condition => ({
  type,
  status,
  lastUpdateTime: timestamp(now),
  lastTransitionTime: timestamp(now),
  reason,
  message,
});

/** Same status and reason: nothing changes. Same status: it changed to it when it did before. */
export function withCondition(conditions: Conditions, condition: Condition): Conditions {
  const current = conditionOf(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason)
    return conditions;
  return replaced(conditions, condition);
}

/** As `withCondition`, but written anew even if status and reason are the same. */
export function replaced(conditions: Conditions, condition: Condition): Conditions {
  const current = conditionOf(conditions, condition.type);
  const kept =
    current?.status === condition.status && current.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: current.lastTransitionTime }
      : condition;
  return [...without(conditions, condition.type), kept];
}
