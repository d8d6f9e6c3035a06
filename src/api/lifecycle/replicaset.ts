/** What happened to a ReplicaSet between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { ReplicaSet } from '../replicaset.ts';
import { conditionOf, deletionEvents, event, nothing } from './events.ts';

export function replicaSetLifecycle(
  before: ReplicaSet | undefined,
  after: ReplicaSet | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return deletionEvents('replicaset', before, after);
  const events: LifecycleEvent[] = [];
  const now = direction(after);
  if (now !== direction(before)) {
    const type = now > 0 ? 'wantsMore' : now < 0 ? 'wantsFewer' : 'sizeReached';
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
  events.push(...deletionEvents('replicaset', before, after));
  return events.length === 0 ? nothing : events;
}

const direction = (rs: ReplicaSet | undefined): number =>
  rs === undefined ? 0 : Math.sign(rs.spec.replicas - rs.status.replicas);

const isAvailable = (rs: ReplicaSet | undefined): boolean =>
  rs !== undefined &&
  (rs.status.availableReplicas ?? 0) > 0 &&
  (rs.status.availableReplicas ?? 0) >= rs.spec.replicas;

const isFailing = (rs: ReplicaSet | undefined): boolean =>
  conditionOf(rs?.status.conditions, 'ReplicaFailure')?.status === 'True';
