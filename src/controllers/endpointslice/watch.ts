/** What news of a slice wakes: the Service whose slice somebody else has touched (ctl-08 §A). */
import type { EndpointSlice } from '../../api/service/endpointslice.ts';
import type { WatchEvent } from '../../sim/component.ts';
import type { Queue } from '../../sim/controller.ts';
import { isManagedBy, serviceKeyOf } from './slices.ts';
import type { SliceTracker } from './tracker.ts';

/** Changes of slices by others are gathered for so long. */
const gatherMs = 1000;

export function sliceChanged(
  { type, object, old }: WatchEvent<EndpointSlice>,
  manager: string,
  tracker: SliceTracker,
  queue: Queue,
  delayMs = gatherMs,
): void {
  const wake = (slice: EndpointSlice): void => {
    const key = serviceKeyOf(slice);
    if (key !== undefined) queue.addAfter(key, delayMs);
  };
  const ours = isManagedBy(object, manager);
  if (type === 'DELETED') {
    if (ours && tracker.has(object) && !tracker.sawDeletion(object)) wake(object);
    return;
  }
  if (old !== undefined) {
    const moved = serviceKeyOf(old) !== serviceKeyOf(object);
    if (moved || isManagedBy(old, manager) !== ours) {
      // It is no longer among the slices of its Service, and would be awaited for ever.
      tracker.release(old);
      wake(object);
      if (moved) wake(old);
      return;
    }
  }
  if (ours && tracker.isNews(object)) wake(object);
}
