/** Lifecycle of a claim: from asking for storage to having a volume, which it never changes. */
import { setup } from 'xstate';

export type PersistentVolumeClaimEvent =
  | { type: 'persistentvolumeclaim.volumeNamed' }
  | { type: 'persistentvolumeclaim.bound' }
  | { type: 'persistentvolumeclaim.lost' }
  | { type: 'persistentvolumeclaim.deletionRequested' }
  | { type: 'persistentvolumeclaim.removed' };

const claim = setup({
  types: { events: {} as PersistentVolumeClaimEvent, tags: {} as 'bound' | 'lost' | 'gone' },
});

const pending = claim.createStateConfig({
  description: 'It has no volume yet: none fits, none is made yet, or its first Pod is awaited.',
  on: { 'persistentvolumeclaim.bound': 'bound', 'persistentvolumeclaim.lost': 'lost' },
});

const bound = claim.createStateConfig({
  description: 'It has a volume that it shares with no other claim, for life.',
  tags: 'bound',
  on: { 'persistentvolumeclaim.lost': 'lost' },
});

/** A volume that comes back under its name, still meant for the claim, is taken again. */
const lost = claim.createStateConfig({
  description: 'Its volume is gone, and the data with it.',
  tags: 'lost',
  on: { 'persistentvolumeclaim.bound': 'bound' },
});

const existing = claim.createStateConfig({
  type: 'parallel',
  states: {
    phase: { initial: 'pending', states: { pending, bound, lost } },
    volume: {
      initial: 'unnamed',
      states: {
        unnamed: { on: { 'persistentvolumeclaim.volumeNamed': 'named' } },
        named: { description: 'It names its volume. It is never pointed at another one.' },
      },
    },
    deletion: {
      initial: 'none',
      states: {
        none: { on: { 'persistentvolumeclaim.deletionRequested': 'terminating' } },
        terminating: { description: 'Held by a finalizer as long as a Pod uses it.' },
      },
    },
  },
  on: { 'persistentvolumeclaim.removed': 'gone' },
});

export const persistentVolumeClaimMachine = claim.createMachine({
  id: 'persistentvolumeclaim',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
