/** What happened to a Pod between two versions of it, as events of its machine. */

import type { LifecycleEvent } from '../kind.ts';
import { conditionOf } from '../meta.ts';
import type { Pod, PodPhase } from '../pod/pod.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

export function podLifecycle(
  before: Pod | undefined,
  after: Pod | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  const node = before?.spec.nodeName;
  if (node !== after.spec.nodeName) {
    events.push(event(after.spec.nodeName === undefined ? 'pod.unbound' : 'pod.bound'));
  }
  if (before?.status !== after.status) statusEvents(before, after, events);
  deletionEvents('pod', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('pod');

/** Upstream has not written `Unknown` since 2015; where an old log has it, it says nothing. */
const entered: Readonly<Record<PodPhase, string | undefined>> = {
  Pending: 'pod.becamePending',
  Running: 'pod.started',
  Succeeded: 'pod.succeeded',
  Failed: 'pod.failed',
  Unknown: undefined,
};

function statusEvents(before: Pod | undefined, after: Pod, events: LifecycleEvent[]): void {
  const wasReady = isReady(before);
  const ready = isReady(after);
  if (wasReady && !ready) events.push(event('pod.becameUnready'));
  const was = phaseOf(before);
  const phase = phaseOf(after);
  if (phase !== was) {
    const type = entered[phase];
    if (type !== undefined) events.push(event(type));
  }
  if (ready && !wasReady) events.push(event('pod.becameReady'));
}

const phaseOf = (pod: Pod | undefined): PodPhase => pod?.status?.phase ?? 'Pending';

/**
 * A finished Pod is not ready, whatever its condition still says: the Pod garbage collector fails
 * Pods of lost nodes without touching it.
 */
function isReady(pod: Pod | undefined): boolean {
  const phase = phaseOf(pod);
  if (phase === 'Succeeded' || phase === 'Failed') return false;
  return conditionOf(pod?.status?.conditions, 'Ready')?.status === 'True';
}
