/** ReplicaSet lifecycle: towards which size it moves, and whether it can. */
import { setup } from 'xstate';

export type ReplicaSetEvent =
  | { type: 'replicaset.wantsMore' }
  | { type: 'replicaset.wantsFewer' }
  | { type: 'replicaset.sizeReached' }
  | { type: 'replicaset.becameAvailable' }
  | { type: 'replicaset.becameUnavailable' }
  | { type: 'replicaset.replicaFailed' }
  | { type: 'replicaset.replicaRecovered' }
  | { type: 'replicaset.deletionRequested' }
  | { type: 'replicaset.removed' };

const replicaSet = setup({
  types: { events: {} as ReplicaSetEvent, tags: {} as 'atSize' | 'failing' | 'gone' },
});

const atSize = replicaSet.createStateConfig({
  tags: 'atSize',
  on: { 'replicaset.wantsMore': 'scalingUp', 'replicaset.wantsFewer': 'scalingDown' },
});

const scalingUp = replicaSet.createStateConfig({
  on: { 'replicaset.wantsFewer': 'scalingDown', 'replicaset.sizeReached': 'atSize' },
});

const scalingDown = replicaSet.createStateConfig({
  on: { 'replicaset.wantsMore': 'scalingUp', 'replicaset.sizeReached': 'atSize' },
});

const existing = replicaSet.createStateConfig({
  type: 'parallel',
  states: {
    size: { initial: 'atSize', states: { atSize, scalingUp, scalingDown } },
    availability: {
      initial: 'unavailable',
      states: {
        unavailable: { on: { 'replicaset.becameAvailable': 'available' } },
        available: { on: { 'replicaset.becameUnavailable': 'unavailable' } },
      },
    },
    replicas: {
      initial: 'sound',
      states: {
        sound: { on: { 'replicaset.replicaFailed': 'failing' } },
        failing: { tags: 'failing', on: { 'replicaset.replicaRecovered': 'sound' } },
      },
    },
    deletion: {
      initial: 'none',
      states: { none: { on: { 'replicaset.deletionRequested': 'terminating' } }, terminating: {} },
    },
  },
  on: { 'replicaset.removed': 'gone' },
});

export const replicaSetMachine = replicaSet.createMachine({
  id: 'replicaset',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
