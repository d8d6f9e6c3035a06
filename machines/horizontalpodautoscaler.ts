/** HorizontalPodAutoscaler lifecycle: whether it reaches its target, can decide, and is held back. */
import { setup } from 'xstate';

export type HorizontalPodAutoscalerEvent =
  | { type: 'horizontalpodautoscaler.becameAble' }
  | { type: 'horizontalpodautoscaler.becameUnable' }
  | { type: 'horizontalpodautoscaler.activated' }
  | { type: 'horizontalpodautoscaler.deactivated' }
  | { type: 'horizontalpodautoscaler.limited' }
  | { type: 'horizontalpodautoscaler.unlimited' }
  | { type: 'horizontalpodautoscaler.deletionRequested' }
  | { type: 'horizontalpodautoscaler.removed' };

const autoscaler = setup({
  types: {
    events: {} as HorizontalPodAutoscalerEvent,
    tags: {} as 'able' | 'active' | 'limited' | 'gone',
  },
});

const existing = autoscaler.createStateConfig({
  type: 'parallel',
  states: {
    target: {
      initial: 'unknown',
      states: {
        unknown: {
          description: 'Nobody has asked for the size of the target yet.',
          on: {
            'horizontalpodautoscaler.becameAble': 'able',
            'horizontalpodautoscaler.becameUnable': 'unable',
          },
        },
        able: {
          description: 'The size of the target can be read and written.',
          tags: 'able',
          on: { 'horizontalpodautoscaler.becameUnable': 'unable' },
        },
        unable: { on: { 'horizontalpodautoscaler.becameAble': 'able' } },
      },
    },
    scaling: {
      initial: 'undecided',
      states: {
        undecided: {
          description: 'No metric has been looked at yet.',
          on: {
            'horizontalpodautoscaler.activated': 'active',
            'horizontalpodautoscaler.deactivated': 'inactive',
          },
        },
        active: {
          description: 'At least one metric says how large the target should be.',
          tags: 'active',
          on: { 'horizontalpodautoscaler.deactivated': 'inactive' },
        },
        inactive: {
          description: 'Metrics are missing, or the target is switched off.',
          on: { 'horizontalpodautoscaler.activated': 'active' },
        },
      },
    },
    limit: {
      initial: 'free',
      states: {
        free: { on: { 'horizontalpodautoscaler.limited': 'limited' } },
        limited: {
          description: 'The metrics ask for another size than may be set now.',
          tags: 'limited',
          on: { 'horizontalpodautoscaler.unlimited': 'free' },
        },
      },
    },
    deletion: {
      initial: 'none',
      states: {
        none: { on: { 'horizontalpodautoscaler.deletionRequested': 'terminating' } },
        terminating: {},
      },
    },
  },
  on: { 'horizontalpodautoscaler.removed': 'gone' },
});

export const horizontalPodAutoscalerMachine = autoscaler.createMachine({
  id: 'horizontalpodautoscaler',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
