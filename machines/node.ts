/** Node lifecycle: whether its kubelet says that it is ready, and whether Pods may come. */
import { setup } from 'xstate';

export type NodeEvent =
  | { type: 'node.becameReady' }
  | { type: 'node.becameNotReady' }
  | { type: 'node.becameUnknown' }
  | { type: 'node.cordoned' }
  | { type: 'node.uncordoned' }
  | { type: 'node.deletionRequested' }
  | { type: 'node.removed' };

const node = setup({
  types: { events: {} as NodeEvent, tags: {} as 'ready' | 'cordoned' | 'gone' },
});

const registered = node.createStateConfig({
  description: 'Nobody has said yet whether it is ready.',
  on: {
    'node.becameReady': 'ready',
    'node.becameNotReady': 'notReady',
    'node.becameUnknown': 'unknown',
  },
});

const ready = node.createStateConfig({
  tags: 'ready',
  on: { 'node.becameNotReady': 'notReady', 'node.becameUnknown': 'unknown' },
});

const notReady = node.createStateConfig({
  description: 'Its kubelet says that it cannot run Pods.',
  on: { 'node.becameReady': 'ready', 'node.becameUnknown': 'unknown' },
});

const unknown = node.createStateConfig({
  description: 'Its heartbeats stopped.',
  on: { 'node.becameReady': 'ready', 'node.becameNotReady': 'notReady' },
});

const existing = node.createStateConfig({
  type: 'parallel',
  states: {
    readiness: { initial: 'registered', states: { registered, ready, notReady, unknown } },
    scheduling: {
      initial: 'open',
      states: {
        open: { on: { 'node.cordoned': 'cordoned' } },
        cordoned: { tags: 'cordoned', on: { 'node.uncordoned': 'open' } },
      },
    },
    deletion: {
      initial: 'none',
      states: { none: { on: { 'node.deletionRequested': 'terminating' } }, terminating: {} },
    },
  },
  on: { 'node.removed': 'gone' },
});

export const nodeMachine = node.createMachine({
  id: 'node',
  initial: 'existing',
  states: { existing, gone: { tags: 'gone', type: 'final' } },
});
