/** PodDisruptionBudget lifecycle: whether it was counted, and whether anything may be evicted. */
import { setup } from 'xstate';

export type PodDisruptionBudgetEvent =
  | { type: 'poddisruptionbudget.changed' }
  | { type: 'poddisruptionbudget.observed' }
  | { type: 'poddisruptionbudget.allowed' }
  | { type: 'poddisruptionbudget.exhausted' }
  | { type: 'poddisruptionbudget.deletionRequested' }
  | { type: 'poddisruptionbudget.removed' };

const budget = setup({
  types: {
    events: {} as PodDisruptionBudgetEvent,
    tags: {} as 'observed' | 'allowing' | 'gone',
  },
});

const existing = budget.createStateConfig({
  type: 'parallel',
  states: {
    observation: {
      initial: 'outdated',
      states: {
        outdated: {
          description: 'Its counts are of another generation: evictions have to wait.',
          on: { 'poddisruptionbudget.observed': 'observed' },
        },
        observed: { tags: 'observed', on: { 'poddisruptionbudget.changed': 'outdated' } },
      },
    },
    allowance: {
      initial: 'exhausted',
      states: {
        exhausted: {
          description: 'No more Pods may go: too few are healthy.',
          on: { 'poddisruptionbudget.allowed': 'allowing' },
        },
        allowing: {
          description: 'At least one Pod may be evicted.',
          tags: 'allowing',
          on: { 'poddisruptionbudget.exhausted': 'exhausted' },
        },
      },
    },
    deletion: {
      initial: 'none',
      states: {
        none: { on: { 'poddisruptionbudget.deletionRequested': 'terminating' } },
        terminating: {},
      },
    },
  },
  on: { 'poddisruptionbudget.removed': 'gone' },
});

export const podDisruptionBudgetMachine = budget.createMachine({
  id: 'poddisruptionbudget',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
