/** What happened to a Node between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import { type Condition, conditionOf } from '../meta.ts';
import type { Node } from '../node.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

export function nodeLifecycle(
  before: Node | undefined,
  after: Node | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  if (before?.status !== after.status) {
    const ready = readinessOf(after);
    if (ready !== readinessOf(before)) {
      events.push(event(ready === undefined ? 'node.forgotten' : became[ready]));
    }
  }
  const cordoned = after.spec?.unschedulable === true;
  if (cordoned !== (before?.spec?.unschedulable === true)) {
    events.push(event(cordoned ? 'node.cordoned' : 'node.uncordoned'));
  }
  deletionEvents('node', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('node');

const became: Readonly<Record<Condition['status'], string>> = {
  True: 'node.becameReady',
  False: 'node.becameNotReady',
  Unknown: 'node.becameUnknown',
};

const readinessOf = (node: Node | undefined): Condition['status'] | undefined =>
  conditionOf(node?.status?.conditions, 'Ready')?.status;
