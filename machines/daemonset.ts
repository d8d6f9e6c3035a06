/** DaemonSet lifecycle: whether each node has its Pod, of which template, and what was observed. */
import { setup } from 'xstate';

export type DaemonSetEvent =
  | { type: 'daemonset.changed' }
  | { type: 'daemonset.observed' }
  | { type: 'daemonset.fellShort' }
  | { type: 'daemonset.sizeReached' }
  | { type: 'daemonset.strayed' }
  | { type: 'daemonset.gathered' }
  | { type: 'daemonset.updateBegan' }
  | { type: 'daemonset.updateCompleted' }
  | { type: 'daemonset.becameAvailable' }
  | { type: 'daemonset.becameUnavailable' }
  | { type: 'daemonset.deletionRequested' }
  | { type: 'daemonset.removed' };

const daemonSet = setup({
  types: {
    events: {} as DaemonSetEvent,
    tags: {} as 'observed' | 'atSize' | 'astray' | 'updating' | 'available' | 'gone',
  },
});

const existing = daemonSet.createStateConfig({
  type: 'parallel',
  states: {
    observation: {
      initial: 'outdated',
      states: {
        outdated: { on: { 'daemonset.observed': 'observed' } },
        observed: { tags: 'observed', on: { 'daemonset.changed': 'outdated' } },
      },
    },
    size: {
      initial: 'atSize',
      states: {
        atSize: {
          description: 'Its status counts a Pod on every node that should have one.',
          tags: 'atSize',
          on: { 'daemonset.fellShort': 'scalingUp' },
        },
        scalingUp: {
          description: 'A node has no Pod yet, or has lost it.',
          on: { 'daemonset.sizeReached': 'atSize' },
        },
      },
    },
    placement: {
      initial: 'proper',
      states: {
        proper: { on: { 'daemonset.strayed': 'astray' } },
        astray: {
          description: 'A node has a Pod and should have none.',
          tags: 'astray',
          on: { 'daemonset.gathered': 'proper' },
        },
      },
    },
    revision: {
      initial: 'current',
      states: {
        current: { on: { 'daemonset.updateBegan': 'updating' } },
        updating: {
          description: 'A node still has a Pod of an older template.',
          tags: 'updating',
          on: { 'daemonset.updateCompleted': 'current' },
        },
      },
    },
    availability: {
      initial: 'unavailable',
      states: {
        unavailable: { on: { 'daemonset.becameAvailable': 'available' } },
        available: { tags: 'available', on: { 'daemonset.becameUnavailable': 'unavailable' } },
      },
    },
    deletion: {
      initial: 'none',
      states: { none: { on: { 'daemonset.deletionRequested': 'terminating' } }, terminating: {} },
    },
  },
  on: { 'daemonset.removed': 'gone' },
});

export const daemonSetMachine = daemonSet.createMachine({
  id: 'daemonset',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
