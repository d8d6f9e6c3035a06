/**
 * Pod lifecycle, from creation to removal.
 *
 * Phase and deletion are separate regions because a terminating Pod keeps its phase: deletion is a
 * mark on the object, never another phase. A Pod that is gone accepts nothing any more. The machine
 * reads no clock; probes, exits and the end of a grace period arrive as events.
 */
import { setup } from 'xstate';

export type PodEvent =
  | { type: 'pod.bound' }
  | { type: 'pod.started' }
  | { type: 'pod.becamePending' }
  | { type: 'pod.becameReady' }
  | { type: 'pod.becameUnready' }
  | { type: 'pod.succeeded' }
  | { type: 'pod.failed' }
  | { type: 'pod.deletionRequested' }
  | { type: 'pod.removed' };

const pod = setup({
  types: {
    events: {} as PodEvent,
    /** `syncs`: the kubelet works towards running it; `stops`: towards its end. */
    tags: {} as 'active' | 'syncs' | 'ready' | 'finished' | 'stops' | 'gone',
  },
});

const unbound = pod.createStateConfig({
  description: 'Waits for the scheduler.',
  tags: 'active',
  on: { 'pod.bound': 'bound', 'pod.failed': 'failed' },
});

/** A Pod whose node was rebooted comes back here while its init containers run again. */
const bound = pod.createStateConfig({
  description: 'Has a node, and a container that has yet to run.',
  tags: ['active', 'syncs'],
  on: { 'pod.started': 'running', 'pod.succeeded': 'succeeded', 'pod.failed': 'failed' },
});

const running = pod.createStateConfig({
  tags: ['active', 'syncs'],
  initial: 'unready',
  states: {
    unready: { on: { 'pod.becameReady': 'ready' } },
    ready: { tags: 'ready', on: { 'pod.becameUnready': 'unready' } },
  },
  on: {
    'pod.becamePending': 'bound',
    'pod.succeeded': 'succeeded',
    'pod.failed': 'failed',
  },
});

const finished = pod.createStateConfig({
  description: 'For ever: a Pod never runs a second time.',
  tags: 'finished',
});

const existing = pod.createStateConfig({
  type: 'parallel',
  states: {
    phase: {
      initial: 'unbound',
      states: { unbound, bound, running, succeeded: finished, failed: finished },
    },
    deletion: {
      initial: 'none',
      states: {
        none: { on: { 'pod.deletionRequested': 'terminating' } },
        terminating: { tags: 'stops' },
      },
    },
  },
  on: { 'pod.removed': 'gone' },
});

export const podMachine = pod.createMachine({
  id: 'pod',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
