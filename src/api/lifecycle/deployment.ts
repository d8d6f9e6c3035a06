/** What happened to a Deployment between two versions of it, as events of its machine. */
import type { Deployment } from '../deployment.ts';
import type { LifecycleEvent } from '../kind.ts';
import { conditionOf, deletionEvents, event, nothing } from './events.ts';

export function deploymentLifecycle(
  before: Deployment | undefined,
  after: Deployment | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return deletionEvents('deployment', before, after);
  const events: LifecycleEvent[] = [];
  if (before !== undefined && before.spec.template !== after.spec.template) {
    events.push(event('deployment.templateChanged'));
  }
  const paused = after.spec.paused === true;
  if (paused !== (before?.spec.paused === true)) {
    events.push(event(paused ? 'deployment.paused' : 'deployment.resumed'));
  }
  if (before?.status.conditions !== after.status.conditions) conditionEvents(before, after, events);
  events.push(...deletionEvents('deployment', before, after));
  return events.length === 0 ? nothing : events;
}

const progress: Readonly<Record<string, string>> = {
  NewReplicaSetAvailable: 'deployment.completed',
  ProgressDeadlineExceeded: 'deployment.deadlineExceeded',
  NewReplicaSetCreated: 'deployment.progressed',
  FoundNewReplicaSet: 'deployment.progressed',
  ReplicaSetUpdated: 'deployment.progressed',
};

function conditionEvents(
  before: Deployment | undefined,
  after: Deployment,
  events: LifecycleEvent[],
): void {
  const was = conditionOf(before?.status.conditions, 'Progressing')?.reason;
  const now = conditionOf(after.status.conditions, 'Progressing')?.reason;
  const type = now === undefined ? undefined : progress[now];
  if (type !== undefined && was !== now) events.push(event(type));
  const available = conditionOf(after.status.conditions, 'Available')?.status === 'True';
  const wasAvailable = conditionOf(before?.status.conditions, 'Available')?.status === 'True';
  if (available === wasAvailable) return;
  events.push(event(available ? 'deployment.becameAvailable' : 'deployment.becameUnavailable'));
}
