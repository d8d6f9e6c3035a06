/** What happened to a ReplicaSet between two versions of it, as events of its machine. */

import type { LifecycleEvent } from '../kind.ts';
import { conditionOf } from '../meta.ts';
import type { ReplicaSet } from '../replicaset.ts';
import { deletionEvents, event, nothing, observationEvents, removed } from './events.ts';

export function replicaSetLifecycle(
  before: ReplicaSet | undefined,
  after: ReplicaSet | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  observationEvents('replicaset', before, after, events);
  if (before?.spec !== after.spec || before.status !== after.status) {
    countEvents(before, after, events);
  }
  deletionEvents('replicaset', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('replicaset');

function countEvents(
  before: ReplicaSet | undefined,
  after: ReplicaSet,
  events: LifecycleEvent[],
): void {
  const lacking = lackingOf(after);
  if (lacking !== lackingOf(before)) {
    const type = lacking > 0 ? 'fellShort' : lacking < 0 ? 'grewOver' : 'sizeReached';
    events.push(event(`replicaset.${type}`));
  }
  const available = isAvailable(after);
  if (available !== isAvailable(before)) {
    events.push(event(`replicaset.${available ? 'becameAvailable' : 'becameUnavailable'}`));
  }
  const failing = isFailing(after);
  if (failing !== isFailing(before)) {
    events.push(event(`replicaset.${failing ? 'replicaFailed' : 'replicaRecovered'}`));
  }
}

/** 1 if Pods are missing, -1 if there are too many. */
const lackingOf = (rs: ReplicaSet | undefined): number =>
  rs === undefined ? 0 : Math.sign(wantedOf(rs) - (rs.status?.replicas ?? 0));

function isAvailable(rs: ReplicaSet | undefined): boolean {
  const available = rs?.status?.availableReplicas ?? 0;
  return available > 0 && available >= wantedOf(rs!);
}

/** Objects of foreign logs may come without defaults. */
const wantedOf = ({ spec }: ReplicaSet): number => spec?.replicas ?? 1;

const isFailing = (rs: ReplicaSet | undefined): boolean =>
  conditionOf(rs?.status?.conditions, 'ReplicaFailure')?.status === 'True';
