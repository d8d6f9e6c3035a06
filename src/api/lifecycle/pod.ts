/** What happened to a Pod between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { Pod } from '../pod.ts';
import { conditionOf, deletionEvents, event, nothing } from './events.ts';

export function podLifecycle(
  before: Pod | undefined,
  after: Pod | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return deletionEvents('pod', before, after);
  const events: LifecycleEvent[] = [];
  if (after.spec.nodeName !== undefined && before?.spec.nodeName === undefined) {
    events.push(event('pod.bound'));
  }
  if (before?.status !== after.status) statusEvents(before, after, events);
  events.push(...deletionEvents('pod', before, after));
  return events.length === 0 ? nothing : events;
}

function statusEvents(before: Pod | undefined, after: Pod, events: LifecycleEvent[]): void {
  const wasReady = isReady(before);
  const { phase } = after.status;
  const changed = before?.status.phase !== phase;
  if (changed && phase === 'Running') events.push(event('pod.started'));
  if (wasReady && !isReady(after)) events.push(event('pod.becameUnready'));
  if (changed && phase === 'Succeeded') events.push(event('pod.succeeded'));
  if (changed && phase === 'Failed') events.push(event('pod.failed'));
  if (changed && before?.status.phase === 'Running' && phase === 'Pending') {
    events.push(event('pod.unstarted'));
  }
  if (!wasReady && isReady(after)) events.push(event('pod.becameReady'));
}

const isReady = (pod: Pod | undefined): boolean =>
  conditionOf(pod?.status.conditions, 'Ready')?.status === 'True';
