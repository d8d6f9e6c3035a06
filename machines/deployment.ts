/**
 * Deployment lifecycle: what its owner wants, what its controller has seen, how the rollout goes.
 *
 * The regions are what different actors say at different times, so any two may disagree for a
 * while: a Deployment is paused as soon as its owner says so, and its rollout is only when the
 * controller has answered.
 */
import { setup } from 'xstate';

export type DeploymentEvent =
  | { type: 'deployment.changed' }
  | { type: 'deployment.observed' }
  | { type: 'deployment.progressed' }
  | { type: 'deployment.completed' }
  | { type: 'deployment.deadlineExceeded' }
  | { type: 'deployment.replicaSetFailed' }
  | { type: 'deployment.pauseReported' }
  | { type: 'deployment.resumeReported' }
  | { type: 'deployment.progressDropped' }
  | { type: 'deployment.paused' }
  | { type: 'deployment.resumed' }
  | { type: 'deployment.becameAvailable' }
  | { type: 'deployment.becameUnavailable' }
  | { type: 'deployment.deletionRequested' }
  | { type: 'deployment.removed' };

const deployment = setup({
  types: {
    events: {} as DeploymentEvent,
    tags: {} as 'observed' | 'complete' | 'stalled' | 'paused' | 'available' | 'gone',
  },
});

const unreported = deployment.createStateConfig({
  description: 'Nothing is said of its progress: it is new, or has no deadline.',
  on: {
    'deployment.progressed': 'progressing',
    'deployment.completed': 'complete',
    'deployment.replicaSetFailed': 'blocked',
    'deployment.pauseReported': 'paused',
  },
});

const progressing = deployment.createStateConfig({
  description: 'The new ReplicaSet was found or made, or its Pods come.',
  on: {
    'deployment.completed': 'complete',
    'deployment.deadlineExceeded': 'stalled',
    'deployment.replicaSetFailed': 'blocked',
    'deployment.pauseReported': 'paused',
    'deployment.progressDropped': 'unreported',
  },
});

/** No deadline runs here: only the next rollout can be late. */
const complete = deployment.createStateConfig({
  description: 'All replicas are of the new ReplicaSet, and available.',
  tags: 'complete',
  on: {
    'deployment.progressed': 'progressing',
    'deployment.replicaSetFailed': 'blocked',
    'deployment.pauseReported': 'paused',
    'deployment.progressDropped': 'unreported',
  },
});

/** The controller keeps this verdict even while its Deployment is paused. */
const stalled = deployment.createStateConfig({
  description: 'The deadline passed without progress. The controller says so, and goes on trying.',
  tags: 'stalled',
  on: {
    'deployment.progressed': 'progressing',
    'deployment.completed': 'complete',
    'deployment.replicaSetFailed': 'blocked',
    'deployment.progressDropped': 'unreported',
  },
});

const blocked = deployment.createStateConfig({
  description: 'The new ReplicaSet could not be created.',
  on: {
    'deployment.progressed': 'progressing',
    'deployment.completed': 'complete',
    'deployment.deadlineExceeded': 'stalled',
    'deployment.pauseReported': 'paused',
    'deployment.progressDropped': 'unreported',
  },
});

const paused = deployment.createStateConfig({
  description: 'The controller knows that it is paused.',
  on: {
    'deployment.resumeReported': 'resumed',
    'deployment.progressDropped': 'unreported',
  },
});

const resumed = deployment.createStateConfig({
  description: 'The controller knows that it goes on; the deadline runs again.',
  on: {
    'deployment.progressed': 'progressing',
    'deployment.completed': 'complete',
    'deployment.deadlineExceeded': 'stalled',
    'deployment.replicaSetFailed': 'blocked',
    'deployment.pauseReported': 'paused',
    'deployment.progressDropped': 'unreported',
  },
});

const existing = deployment.createStateConfig({
  type: 'parallel',
  states: {
    control: {
      initial: 'active',
      states: {
        active: { on: { 'deployment.paused': 'paused' } },
        paused: { tags: 'paused', on: { 'deployment.resumed': 'active' } },
      },
    },
    observation: {
      initial: 'outdated',
      states: {
        outdated: { on: { 'deployment.observed': 'observed' } },
        observed: { tags: 'observed', on: { 'deployment.changed': 'outdated' } },
      },
    },
    rollout: {
      initial: 'unreported',
      states: { unreported, progressing, complete, stalled, blocked, paused, resumed },
    },
    availability: {
      initial: 'unavailable',
      states: {
        unavailable: { on: { 'deployment.becameAvailable': 'available' } },
        available: { tags: 'available', on: { 'deployment.becameUnavailable': 'unavailable' } },
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
