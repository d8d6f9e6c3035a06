/** What happened to a Deployment between two versions of it, as events of its machine. */

import type { Deployment } from '../deployment.ts';
import type { LifecycleEvent } from '../kind.ts';
import { conditionOf } from '../meta.ts';
import { deletionEvents, event, nothing, observationEvents, removed } from './events.ts';

export function deploymentLifecycle(
  before: Deployment | undefined,
  after: Deployment | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  const paused = after.spec?.paused === true;
  if (paused !== (before?.spec?.paused === true)) {
    events.push(event(paused ? 'deployment.paused' : 'deployment.resumed'));
  }
  observationEvents('deployment', before, after, events);
  if (before?.status?.conditions !== after.status?.conditions) {
    conditionEvents(before, after, events);
  }
  deletionEvents('deployment', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('deployment');

/** By the reason of the Progressing condition; `none` is its absence. */
const reported: Readonly<Record<string, string>> = {
  none: 'deployment.progressDropped',
  NewReplicaSetCreated: 'deployment.progressed',
  FoundNewReplicaSet: 'deployment.progressed',
  ReplicaSetUpdated: 'deployment.progressed',
  NewReplicaSetAvailable: 'deployment.completed',
  ProgressDeadlineExceeded: 'deployment.deadlineExceeded',
  ReplicaSetCreateError: 'deployment.replicaSetFailed',
  DeploymentPaused: 'deployment.pauseReported',
  DeploymentResumed: 'deployment.resumeReported',
};

function conditionEvents(
  before: Deployment | undefined,
  after: Deployment,
  events: LifecycleEvent[],
): void {
  const now = reportOf(after);
  if (now !== undefined && now !== reportOf(before)) events.push(event(now));
  const available = isAvailable(after);
  if (available === isAvailable(before)) return;
  events.push(event(available ? 'deployment.becameAvailable' : 'deployment.becameUnavailable'));
}

const reportOf = (deployment: Deployment | undefined): string | undefined =>
  reported[conditionOf(deployment?.status?.conditions, 'Progressing')?.reason ?? 'none'];

const isAvailable = (deployment: Deployment | undefined): boolean =>
  conditionOf(deployment?.status?.conditions, 'Available')?.status === 'True';
