/** What happened to an attachment between two versions of it, as events of its machine. */
import type { LifecycleEvent } from '../kind.ts';
import type { VolumeAttachment } from '../volume/volumeattachment.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

export function volumeAttachmentLifecycle(
  before: VolumeAttachment | undefined,
  after: VolumeAttachment | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  const is = placeOf(after);
  if (is !== placeOf(before)) events.push(event(`volumeattachment.${is}`));
  deletionEvents('volumeattachment', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('volumeattachment');

function placeOf(attachment: VolumeAttachment | undefined): 'attached' | 'failed' | 'detached' {
  const { attached, attachError } = attachment?.status ?? {};
  if (attached === true) return 'attached';
  return attachError === undefined ? 'detached' : 'failed';
}
