/** ReplicaSet lifecycle: towards which size it moves, whether it can, what its controller saw. */
import { setup } from 'xstate';

export type ReplicaSetEvent =
  | { type: 'replicaset.changed' }
  | { type: 'replicaset.observed' }
  | { type: 'replicaset.fellShort' }
  | { type: 'replicaset.grewOver' }
  | { type: 'replicaset.sizeReached' }
  | { type: 'replicaset.becameAvailable' }
  | { type: 'replicaset.becameUnavailable' }
  | { type: 'replicaset.replicaFailed' }
  | { type: 'replicaset.replicaRecovered' }
  | { type: 'replicaset.deletionRequested' }
  | { type: 'replicaset.removed' };

const replicaSet = setup({
  types: {
    events: {} as ReplicaSetEvent,
    tags: {} as 'observed' | 'atSize' | 'available' | 'failing' | 'gone',
  },
});

const atSize = replicaSet.createStateConfig({
  description: 'Its status counts as many Pods as are wanted.',
  tags: 'atSize',
  on: { 'replicaset.fellShort': 'scalingUp', 'replicaset.grewOver': 'scalingDown' },
});

const scalingUp = replicaSet.createStateConfig({
  description: 'Pods are missing: more are wanted, or some went away.',
  on: { 'replicaset.grewOver': 'scalingDown', 'replicaset.sizeReached': 'atSize' },
});

const scalingDown = replicaSet.createStateConfig({
  description: 'There are more Pods than are wanted.',
  on: { 'replicaset.fellShort': 'scalingUp', 'replicaset.sizeReached': 'atSize' },
});

const existing = replicaSet.createStateConfig({
  type: 'parallel',
  states: {
    observation: {
      initial: 'outdated',
      states: {
        outdated: { on: { 'replicaset.observed': 'observed' } },
        observed: { tags: 'observed', on: { 'replicaset.changed': 'outdated' } },
      },
    },
    size: { initial: 'atSize', states: { atSize, scalingUp, scalingDown } },
    availability: {
      initial: 'unavailable',
      states: {
        unavailable: { on: { 'replicaset.becameAvailable': 'available' } },
        available: { tags: 'available', on: { 'replicaset.becameUnavailable': 'unavailable' } },
      },
    },
    replicas: {
      initial: 'sound',
      states: {
        sound: { on: { 'replicaset.replicaFailed': 'failing' } },
        failing: {
          description: 'A Pod could not be created or deleted.',
          tags: 'failing',
          on: { 'replicaset.replicaRecovered': 'sound' },
        },
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
