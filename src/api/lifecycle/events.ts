/** What lifecycles have in common: conditions, deletion, and events that are made only once. */
import type { LifecycleEvent } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';

export const nothing: readonly LifecycleEvent[] = [];

const made = new Map<string, LifecycleEvent>();

/** The event of a type; always the same object. */
export function event(type: string): LifecycleEvent {
  let found = made.get(type);
  if (found === undefined) {
    found = { type };
    made.set(type, found);
  }
  return found;
}

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The deletion mark and the removal: first and last of any life. */
export function deletionEvents(
  prefix: string,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return [event(`${prefix}.removed`)];
  const marked = after.metadata.deletionTimestamp !== undefined;
  if (!marked || before?.metadata.deletionTimestamp !== undefined) return nothing;
  return [event(`${prefix}.deletionRequested`)];
}
