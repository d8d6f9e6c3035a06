/** What happened to a DaemonSet between two versions of it, as events of its machine. */
import type { DaemonSet, DaemonSetStatus } from '../daemonset.ts';
import type { LifecycleEvent } from '../kind.ts';
import { deletionEvents, event, nothing, observationEvents, removed } from './events.ts';

export function daemonSetLifecycle(
  before: DaemonSet | undefined,
  after: DaemonSet | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  observationEvents('daemonset', before, after, events);
  if (before?.status !== after.status) countEvents(before?.status, after.status, events);
  deletionEvents('daemonset', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('daemonset');

/** A claim about the status, and what happens when it becomes true and false. */
type Change = readonly [(status: DaemonSetStatus) => boolean, became: string, ceased: string];

const changes: readonly Change[] = [
  [
    (status) => status.currentNumberScheduled < status.desiredNumberScheduled,
    'fellShort',
    'sizeReached',
  ],
  [(status) => status.numberMisscheduled > 0, 'strayed', 'gathered'],
  [
    ({ updatedNumberScheduled = 0, currentNumberScheduled }) =>
      updatedNumberScheduled < currentNumberScheduled,
    'updateBegan',
    'updateCompleted',
  ],
  [
    ({ numberAvailable = 0, desiredNumberScheduled }) =>
      numberAvailable > 0 && numberAvailable >= desiredNumberScheduled,
    'becameAvailable',
    'becameUnavailable',
  ],
];

function countEvents(
  before: DaemonSetStatus | undefined,
  after: DaemonSetStatus | undefined,
  events: LifecycleEvent[],
): void {
  for (const [holds, became, ceased] of changes) {
    const now = after !== undefined && holds(after);
    if (now === (before !== undefined && holds(before))) continue;
    events.push(event(`daemonset.${now ? became : ceased}`));
  }
}
