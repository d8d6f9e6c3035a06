/** What happened to a volume between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { PersistentVolume } from '../volume/persistentvolume.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

export function persistentVolumeLifecycle(
  before: PersistentVolume | undefined,
  after: PersistentVolume | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  const phase = phaseOf(after);
  if (phase !== phaseOf(before)) events.push(event(`persistentvolume.${entered[phase]}`));
  deletionEvents('persistentvolume', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('persistentvolume');

const entered = {
  Pending: 'becamePending',
  Available: 'becameAvailable',
  Bound: 'bound',
  Released: 'released',
  Failed: 'failed',
} as const;

const phaseOf = (volume: PersistentVolume | undefined) => volume?.status?.phase ?? 'Pending';
