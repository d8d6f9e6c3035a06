/**
 * Deployment lifecycle: how its rollout goes, whether it is paused, whether enough is available.
 */
import { setup } from 'xstate';

export type DeploymentEvent =
  | { type: 'deployment.templateChanged' }
  | { type: 'deployment.progressed' }
  | { type: 'deployment.completed' }
  | { type: 'deployment.deadlineExceeded' }
  | { type: 'deployment.paused' }
  | { type: 'deployment.resumed' }
  | { type: 'deployment.becameAvailable' }
  | { type: 'deployment.becameUnavailable' }
  | { type: 'deployment.deletionRequested' }
  | { type: 'deployment.removed' };

const deployment = setup({
  types: { events: {} as DeploymentEvent, tags: {} as 'complete' | 'stalled' | 'paused' | 'gone' },
});

/** The new ReplicaSet is on its way, or was never asked for. */
const progressing = deployment.createStateConfig({
  on: {
    'deployment.templateChanged': 'progressing',
    'deployment.progressed': 'progressing',
    'deployment.completed': 'complete',
    'deployment.deadlineExceeded': 'stalled',
  },
});

const complete = deployment.createStateConfig({
  tags: 'complete',
  on: {
    'deployment.templateChanged': 'progressing',
    'deployment.progressed': 'progressing',
    'deployment.completed': 'complete',
  },
});

/** Its deadline passed without progress. The controller only says so, and goes on trying. */
const stalled = deployment.createStateConfig({
  tags: 'stalled',
  on: {
    'deployment.templateChanged': 'progressing',
    'deployment.progressed': 'progressing',
    'deployment.completed': 'complete',
    'deployment.deadlineExceeded': 'stalled',
  },
});

const existing = deployment.createStateConfig({
  type: 'parallel',
  states: {
    rollout: { initial: 'progressing', states: { progressing, complete, stalled } },
    control: {
      initial: 'active',
      states: {
        active: { on: { 'deployment.paused': 'paused' } },
        paused: { tags: 'paused', on: { 'deployment.resumed': 'active' } },
      },
    },
    availability: {
      initial: 'unavailable',
      states: {
        unavailable: { on: { 'deployment.becameAvailable': 'available' } },
        available: { on: { 'deployment.becameUnavailable': 'unavailable' } },
      },
    },
    deletion: {
      initial: 'none',
      states: { none: { on: { 'deployment.deletionRequested': 'terminating' } }, terminating: {} },
    },
  },
  on: { 'deployment.removed': 'gone' },
});

export const deploymentMachine = deployment.createMachine({
  id: 'deployment',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
