/** What happened to a claim between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { PersistentVolumeClaim } from '../volume/persistentvolumeclaim.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

export function persistentVolumeClaimLifecycle(
  before: PersistentVolumeClaim | undefined,
  after: PersistentVolumeClaim | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  const named = after.spec?.volumeName;
  const was = before?.spec?.volumeName;
  if (named !== was) {
    if (was === undefined) events.push(event('persistentvolumeclaim.volumeNamed'));
    else events.push(event('persistentvolumeclaim.volumeChanged'));
  }
  const phase = phaseOf(after);
  if (phase !== phaseOf(before)) {
    events.push(event(`persistentvolumeclaim.${entered[phase]}`));
  }
  deletionEvents('persistentvolumeclaim', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('persistentvolumeclaim');

const entered = { Pending: 'becamePending', Bound: 'bound', Lost: 'lost' } as const;

const phaseOf = (claim: PersistentVolumeClaim | undefined) => claim?.status?.phase ?? 'Pending';
