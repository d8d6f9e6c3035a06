/** Lifecycle of an attachment: asked for, made by the driver of the volume, and undone again. */
import { setup } from 'xstate';

export type VolumeAttachmentEvent =
  | { type: 'volumeattachment.attached' }
  | { type: 'volumeattachment.failed' }
  | { type: 'volumeattachment.detached' }
  | { type: 'volumeattachment.deletionRequested' }
  | { type: 'volumeattachment.removed' };

const attachment = setup({
  types: { events: {} as VolumeAttachmentEvent, tags: {} as 'attached' | 'gone' },
});

const requested = attachment.createStateConfig({
  description: 'The driver has been asked for it.',
  on: { 'volumeattachment.attached': 'attached', 'volumeattachment.failed': 'failed' },
});

const failed = attachment.createStateConfig({
  description: 'The driver could not, and says why.',
  on: { 'volumeattachment.attached': 'attached', 'volumeattachment.detached': 'requested' },
});

const attached = attachment.createStateConfig({
  description: 'The volume is at the node.',
  tags: 'attached',
  on: { 'volumeattachment.detached': 'requested', 'volumeattachment.failed': 'failed' },
});

const existing = attachment.createStateConfig({
  type: 'parallel',
  states: {
    volume: { initial: 'requested', states: { requested, failed, attached } },
    deletion: {
      initial: 'none',
      states: {
        none: { on: { 'volumeattachment.deletionRequested': 'terminating' } },
        terminating: { description: 'Held by the finalizer of the driver until it is undone.' },
      },
    },
  },
  on: { 'volumeattachment.removed': 'gone' },
});

export const volumeAttachmentMachine = attachment.createMachine({
  id: 'volumeattachment',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
