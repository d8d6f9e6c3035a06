/** CronJob lifecycle: whether it starts Jobs, whether it ever did, and whether some of them run. */
import { setup } from 'xstate';

export type CronJobEvent =
  | { type: 'cronjob.suspended' }
  | { type: 'cronjob.resumed' }
  | { type: 'cronjob.scheduled' }
  | { type: 'cronjob.becameActive' }
  | { type: 'cronjob.becameIdle' }
  | { type: 'cronjob.deletionRequested' }
  | { type: 'cronjob.removed' };

const cronJob = setup({
  types: {
    events: {} as CronJobEvent,
    tags: {} as 'active' | 'suspended' | 'gone',
  },
});

const existing = cronJob.createStateConfig({
  type: 'parallel',
  states: {
    suspension: {
      initial: 'scheduling',
      states: {
        scheduling: { on: { 'cronjob.suspended': 'suspended' } },
        suspended: {
          description: 'No Job is started, those that run go on.',
          tags: 'suspended',
          on: { 'cronjob.resumed': 'scheduling' },
        },
      },
    },
    history: {
      initial: 'none',
      states: {
        none: { on: { 'cronjob.scheduled': 'some' } },
        some: {
          description: 'A Job was started once; a later one makes no difference.',
          on: { 'cronjob.scheduled': 'some' },
        },
      },
    },
    jobs: {
      initial: 'idle',
      states: {
        idle: { on: { 'cronjob.becameActive': 'active' } },
        active: { tags: 'active', on: { 'cronjob.becameIdle': 'idle' } },
      },
    },
    deletion: {
      initial: 'none',
      states: { none: { on: { 'cronjob.deletionRequested': 'terminating' } }, terminating: {} },
    },
  },
  on: { 'cronjob.removed': 'gone' },
});

export const cronJobMachine = cronJob.createMachine({
  id: 'cronjob',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
