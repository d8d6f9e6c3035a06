/** Lifecycle of a volume: free, bound to one claim, and what becomes of it afterwards. */
import { setup } from 'xstate';

export type PersistentVolumeEvent =
  | { type: 'persistentvolume.becameAvailable' }
  | { type: 'persistentvolume.bound' }
  | { type: 'persistentvolume.released' }
  | { type: 'persistentvolume.failed' }
  | { type: 'persistentvolume.deletionRequested' }
  | { type: 'persistentvolume.removed' };

const volume = setup({
  types: { events: {} as PersistentVolumeEvent, tags: {} as 'available' | 'bound' | 'gone' },
});

const pending = volume.createStateConfig({
  description: 'The binder has not seen it yet.',
  on: {
    'persistentvolume.becameAvailable': 'available',
    'persistentvolume.bound': 'bound',
    'persistentvolume.released': 'released',
    'persistentvolume.failed': 'failed',
  },
});

const available = volume.createStateConfig({
  description: 'No claim has it.',
  tags: 'available',
  on: {
    'persistentvolume.bound': 'bound',
    'persistentvolume.released': 'released',
    'persistentvolume.failed': 'failed',
  },
});

const bound = volume.createStateConfig({
  description: 'One claim has it.',
  tags: 'bound',
  on: {
    'persistentvolume.becameAvailable': 'available',
    'persistentvolume.released': 'released',
    'persistentvolume.failed': 'failed',
  },
});

const released = volume.createStateConfig({
  description: 'Its claim is gone. Retained, recycled or deleted, as its reclaim policy says.',
  on: {
    'persistentvolume.becameAvailable': 'available',
    'persistentvolume.bound': 'bound',
    'persistentvolume.failed': 'failed',
  },
});

const failed = volume.createStateConfig({
  description: 'It could not be reclaimed.',
  on: {
    'persistentvolume.becameAvailable': 'available',
    'persistentvolume.bound': 'bound',
    'persistentvolume.released': 'released',
  },
});

const existing = volume.createStateConfig({
  type: 'parallel',
  states: {
    phase: { initial: 'pending', states: { pending, available, bound, released, failed } },
    deletion: {
      initial: 'none',
      states: {
        none: { on: { 'persistentvolume.deletionRequested': 'terminating' } },
        terminating: { description: 'Held by a finalizer as long as a claim has it.' },
      },
    },
  },
  on: { 'persistentvolume.removed': 'gone' },
});

export const persistentVolumeMachine = volume.createMachine({
  id: 'persistentvolume',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
