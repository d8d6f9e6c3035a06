/** What happened to a StatefulSet between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { StatefulSet } from '../statefulset.ts';
import { deletionEvents, event, nothing, observationEvents, removed } from './events.ts';

export function statefulSetLifecycle(
  before: StatefulSet | undefined,
  after: StatefulSet | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  observationEvents('statefulset', before, after, events);
  if (before?.spec !== after.spec || before.status !== after.status) {
    countEvents(before, after, events);
  }
  deletionEvents('statefulset', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('statefulset');

function countEvents(
  before: StatefulSet | undefined,
  after: StatefulSet,
  events: LifecycleEvent[],
): void {
  const lacking = lackingOf(after);
  if (lacking !== lackingOf(before)) {
    const type = lacking > 0 ? 'fellShort' : lacking < 0 ? 'grewOver' : 'sizeReached';
    events.push(event(`statefulset.${type}`));
  }
  const updating = isUpdating(after);
  if (updating !== isUpdating(before)) {
    events.push(event(`statefulset.${updating ? 'updateBegan' : 'updateCompleted'}`));
  }
  const available = isAvailable(after);
  if (available !== isAvailable(before)) {
    events.push(event(`statefulset.${available ? 'becameAvailable' : 'becameUnavailable'}`));
  }
}

/** 1 if Pods are missing, -1 if there are too many. */
const lackingOf = (set: StatefulSet | undefined): number =>
  set === undefined ? 0 : Math.sign(wantedOf(set) - (set.status?.replicas ?? 0));

/** Two revisions are in use: the current one until the update is complete, and the newest. */
function isUpdating(set: StatefulSet | undefined): boolean {
  const { currentRevision, updateRevision } = set?.status ?? {};
  return currentRevision !== updateRevision;
}

function isAvailable(set: StatefulSet | undefined): boolean {
  const available = set?.status?.availableReplicas ?? 0;
  return available > 0 && available >= wantedOf(set!);
}

/** Objects of foreign logs may come without defaults. */
const wantedOf = ({ spec }: StatefulSet): number => spec?.replicas ?? 1;
