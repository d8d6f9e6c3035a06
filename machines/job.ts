/**
 * Job lifecycle, from creation to removal.
 *
 * An end is decided before it is reached: a Job that is bound to fail or to succeed still waits for
 * its Pods. Once it has ended it never begins again. Logs of before 1.31 skip the waiting.
 */
import { setup } from 'xstate';

export type JobEvent =
  | { type: 'job.started' }
  | { type: 'job.suspended' }
  | { type: 'job.resumed' }
  | { type: 'job.boundToFail' }
  | { type: 'job.boundToSucceed' }
  | { type: 'job.failed' }
  | { type: 'job.completed' }
  | { type: 'job.becameActive' }
  | { type: 'job.becameIdle' }
  | { type: 'job.deletionRequested' }
  | { type: 'job.removed' };

const job = setup({
  types: {
    events: {} as JobEvent,
    tags: {} as 'active' | 'suspended' | 'ending' | 'finished' | 'gone',
  },
});

const ends = {
  'job.boundToFail': 'failing',
  'job.boundToSucceed': 'succeeding',
  'job.failed': 'failed',
  'job.completed': 'complete',
} as const;

const waiting = job.createStateConfig({
  description: 'No controller has begun with it.',
  on: { 'job.started': 'running', 'job.suspended': 'suspended', ...ends },
});

const running = job.createStateConfig({
  description: 'Its Pods are made, and made again.',
  on: { 'job.suspended': 'suspended', ...ends },
});

const suspended = job.createStateConfig({
  description: 'Its Pods are taken away until it is resumed.',
  tags: 'suspended',
  on: { 'job.resumed': 'running', ...ends },
});

const failing = job.createStateConfig({
  description: 'Has failed, and waits for the end of its Pods to say so.',
  tags: 'ending',
  on: { 'job.failed': 'failed' },
});

const succeeding = job.createStateConfig({
  description: 'Has succeeded, and waits for the end of its Pods to say so.',
  tags: 'ending',
  on: { 'job.completed': 'complete' },
});

const finished = job.createStateConfig({
  description: 'For ever: a Job never runs a second time.',
  tags: 'finished',
});

const existing = job.createStateConfig({
  type: 'parallel',
  states: {
    phase: {
      initial: 'waiting',
      states: {
        waiting,
        running,
        suspended,
        failing,
        succeeding,
        failed: finished,
        complete: finished,
      },
    },
    pods: {
      initial: 'idle',
      states: {
        idle: { on: { 'job.becameActive': 'active' } },
        active: { tags: 'active', on: { 'job.becameIdle': 'idle' } },
      },
    },
    deletion: {
      initial: 'none',
      states: { none: { on: { 'job.deletionRequested': 'terminating' } }, terminating: {} },
    },
  },
  on: { 'job.removed': 'gone' },
});

export const jobMachine = job.createMachine({
  id: 'job',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
