/** What happened to a Node between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { Node } from '../node.ts';
import { conditionOf, deletionEvents, event, nothing } from './events.ts';

export function nodeLifecycle(
  before: Node | undefined,
  after: Node | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return deletionEvents('node', before, after);
  const events: LifecycleEvent[] = [];
  const ready = conditionOf(after.status?.conditions, 'Ready')?.status;
  if (ready !== undefined && ready !== conditionOf(before?.status?.conditions, 'Ready')?.status) {
    events.push(event(readiness[ready]));
  }
  const cordoned = after.spec?.unschedulable === true;
  if (cordoned !== (before?.spec?.unschedulable === true)) {
    events.push(event(cordoned ? 'node.cordoned' : 'node.uncordoned'));
  }
  events.push(...deletionEvents('node', before, after));
  return events.length === 0 ? nothing : events;
}

const readiness = {
  True: 'node.becameReady',
  False: 'node.becameNotReady',
  Unknown: 'node.becameUnknown',
} as const;
