/**
 * Container lifecycle under a kubelet. The machine decides, the kubelet executes: tags say what is
 * to be done in a state, and how it went comes back as an event.
 */
import { setup } from 'xstate';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export type ContainerEvent =
  | { type: 'container.imageWanted' }
  | { type: 'container.imagePresent' }
  | { type: 'container.imagePulled' }
  | { type: 'container.imagePullFailed' }
  | { type: 'container.startFailed' }
  | { type: 'container.backOffElapsed' }
  | { type: 'container.started' }
  | { type: 'container.startupPending' }
  | { type: 'container.startupPassed' }
  | { type: 'container.becameReady' }
  | { type: 'container.becameUnready' }
  | {
      type: 'container.exited';
      exitCode: number;
      /** A restart rule of its own, or of a container that restarts all, asks for another run. */
      ruled?: boolean;
    }
  | { type: 'container.restartRequested' }
  | { type: 'container.killRequested' }
  | { type: 'container.signalled' }
  | { type: 'container.reset' };

const container = setup({
  types: {
    input: {} as { restartPolicy: RestartPolicy },
    context: {} as { restartPolicy: RestartPolicy },
    events: {} as ContainerEvent,
    tags: {} as 'pulls' | 'starts' | 'runs' | 'ready' | 'backsOff' | 'kills' | 'done',
  },
  guards: {
    restarts: (
      { context: { restartPolicy } },
      { exitCode, ruled }: { exitCode: number; ruled: boolean },
    ) => ruled || restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0),
  },
});

const exit = ({ event }: { event: { exitCode: number; ruled?: boolean } }) => ({
  exitCode: event.exitCode,
  ruled: event.ruled === true,
});

const creating = container.createStateConfig({
  description: 'Nothing is known of its image yet.',
  on: {
    'container.imageWanted': 'pulling',
    'container.imagePresent': 'starting',
    'container.killRequested': 'terminated',
  },
});

const pulling = container.createStateConfig({
  tags: 'pulls',
  on: {
    'container.imagePulled': 'starting',
    'container.imagePullFailed': 'imagePullBackOff',
    'container.killRequested': 'terminated',
  },
});

/** A kubelet that restarts has forgotten the back-off; and another Pod may have got the image. */
const imagePullBackOff = container.createStateConfig({
  description: 'The registry said no; the kubelet asks again, less and less often.',
  tags: 'backsOff',
  on: {
    'container.backOffElapsed': 'pulling',
    'container.imageWanted': 'pulling',
    'container.imagePresent': 'starting',
    'container.killRequested': 'terminated',
  },
});

/** Its postStart hook is part of the start. */
const starting = container.createStateConfig({
  tags: 'starts',
  on: {
    'container.started': 'running',
    'container.startFailed': 'startFailed',
    'container.exited': [
      { guard: { type: 'restarts', params: exit }, target: 'crashLoopBackOff' },
      { target: 'terminated' },
    ],
    'container.restartRequested': 'restarting',
    'container.killRequested': 'terminated',
  },
});

const startFailed = container.createStateConfig({
  description: 'It could not be configured, created, or executed; the next sync tries again.',
  tags: 'backsOff',
  on: {
    'container.backOffElapsed': 'creating',
    'container.imageWanted': 'pulling',
    'container.imagePresent': 'starting',
    'container.exited': [
      { guard: { type: 'restarts', params: exit }, target: 'crashLoopBackOff' },
      { target: 'terminated' },
    ],
    'container.killRequested': 'terminated',
  },
});

const running = container.createStateConfig({
  tags: 'runs',
  initial: 'unready',
  states: {
    unstarted: {
      description: 'Its startup probe has not succeeded: no other probe is asked.',
      on: { 'container.startupPassed': 'unready' },
    },
    unready: {
      on: { 'container.startupPending': 'unstarted', 'container.becameReady': 'ready' },
    },
    ready: { tags: 'ready', on: { 'container.becameUnready': 'unready' } },
  },
  on: {
    'container.exited': [
      { guard: { type: 'restarts', params: exit }, target: 'crashLoopBackOff' },
      { target: 'terminated' },
    ],
    'container.restartRequested': 'restarting',
    'container.killRequested': 'killing',
  },
});

const crashLoopBackOff = container.createStateConfig({
  description: 'It ended and will be started again when its back-off is over.',
  tags: 'backsOff',
  on: {
    'container.imageWanted': 'pulling',
    'container.backOffElapsed': 'creating',
    'container.killRequested': 'terminated',
  },
});

const restarting = container.createStateConfig({
  description: 'A probe failed, or its definition changed: it is stopped, to be started again.',
  tags: 'kills',
  on: {
    'container.exited': 'crashLoopBackOff',
    'container.killRequested': 'killing',
  },
});

const killing = container.createStateConfig({
  description: 'It may take until its grace period is over.',
  tags: 'kills',
  initial: 'told',
  states: {
    told: {
      description: 'Its preStop hook runs, or a sidecar waits for those that it serves.',
      on: { 'container.signalled': 'signalled' },
    },
    signalled: { description: 'SIGTERM was sent; SIGKILL follows when the grace is over.' },
  },
  on: { 'container.exited': 'terminated' },
});

const terminated = container.createStateConfig({ tags: 'done' });

export const containerMachine = container.createMachine({
  id: 'container',
  context: ({ input }) => ({ restartPolicy: input.restartPolicy }),
  initial: 'creating',
  states: {
    creating,
    pulling,
    imagePullBackOff,
    starting,
    startFailed,
    running,
    crashLoopBackOff,
    restarting,
    killing,
    terminated,
  },
  on: {
    // Its sandbox was made anew, or all containers of its Pod are restarted.
    'container.reset': '.creating',
  },
});
