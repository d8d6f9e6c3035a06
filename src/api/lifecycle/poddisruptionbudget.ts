/** What happened to a PodDisruptionBudget between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { PodDisruptionBudget } from '../poddisruptionbudget.ts';
import { deletionEvents, event, nothing, observationEvents, removed } from './events.ts';

type Budget = PodDisruptionBudget | undefined;

export function podDisruptionBudgetLifecycle(
  before: Budget,
  after: Budget,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  observationEvents('poddisruptionbudget', before, after, events);
  const allowing = isAllowing(after);
  if (allowing !== isAllowing(before)) {
    events.push(event(`poddisruptionbudget.${allowing ? 'allowed' : 'exhausted'}`));
  }
  deletionEvents('poddisruptionbudget', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('poddisruptionbudget');

const isAllowing = (budget: Budget): boolean => (budget?.status?.disruptionsAllowed ?? 0) > 0;
