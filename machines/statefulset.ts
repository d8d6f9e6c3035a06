/** StatefulSet lifecycle: its size, its revisions, whether it is available, what was observed. */
import { setup } from 'xstate';

export type StatefulSetEvent =
  | { type: 'statefulset.changed' }
  | { type: 'statefulset.observed' }
  | { type: 'statefulset.fellShort' }
  | { type: 'statefulset.grewOver' }
  | { type: 'statefulset.sizeReached' }
  | { type: 'statefulset.updateBegan' }
  | { type: 'statefulset.updateCompleted' }
  | { type: 'statefulset.becameAvailable' }
  | { type: 'statefulset.becameUnavailable' }
  | { type: 'statefulset.deletionRequested' }
  | { type: 'statefulset.removed' };

const statefulSet = setup({
  types: {
    events: {} as StatefulSetEvent,
    tags: {} as 'observed' | 'atSize' | 'updating' | 'available' | 'gone',
  },
});

const atSize = statefulSet.createStateConfig({
  description: 'Its status counts as many Pods as are wanted.',
  tags: 'atSize',
  on: { 'statefulset.fellShort': 'scalingUp', 'statefulset.grewOver': 'scalingDown' },
});

const scalingUp = statefulSet.createStateConfig({
  description: 'Ordinals are missing: more are wanted, or a Pod is being replaced.',
  on: { 'statefulset.grewOver': 'scalingDown', 'statefulset.sizeReached': 'atSize' },
});

const scalingDown = statefulSet.createStateConfig({
  description: 'There are Pods outside the range of ordinals.',
  on: { 'statefulset.fellShort': 'scalingUp', 'statefulset.sizeReached': 'atSize' },
});

const existing = statefulSet.createStateConfig({
  type: 'parallel',
  states: {
    observation: {
      initial: 'outdated',
      states: {
        outdated: { on: { 'statefulset.observed': 'observed' } },
        observed: { tags: 'observed', on: { 'statefulset.changed': 'outdated' } },
      },
    },
    size: { initial: 'atSize', states: { atSize, scalingUp, scalingDown } },
    revision: {
      initial: 'current',
      states: {
        current: { on: { 'statefulset.updateBegan': 'updating' } },
        updating: {
          description: 'Its template changed; the current revision stays until all Pods follow.',
          tags: 'updating',
          on: { 'statefulset.updateCompleted': 'current' },
        },
      },
    },
    availability: {
      initial: 'unavailable',
      states: {
        unavailable: { on: { 'statefulset.becameAvailable': 'available' } },
        available: { tags: 'available', on: { 'statefulset.becameUnavailable': 'unavailable' } },
      },
    },
    deletion: {
      initial: 'none',
      states: { none: { on: { 'statefulset.deletionRequested': 'terminating' } }, terminating: {} },
    },
  },
  on: { 'statefulset.removed': 'gone' },
});

export const statefulSetMachine = statefulSet.createMachine({
  id: 'statefulset',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
