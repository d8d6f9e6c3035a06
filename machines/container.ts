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
  | { type: 'container.backOffElapsed' }
  | { type: 'container.started' }
  | { type: 'container.becameReady' }
  | { type: 'container.becameUnready' }
  | { type: 'container.exited'; exitCode: number }
  | { type: 'container.killRequested' };

const container = setup({
  types: {
    input: {} as { restartPolicy: RestartPolicy },
    context: {} as { restartPolicy: RestartPolicy },
    events: {} as ContainerEvent,
    tags: {} as 'pulls' | 'starts' | 'runs' | 'ready' | 'backsOff' | 'kills' | 'done',
  },
  guards: {
    restarts: ({ context: { restartPolicy } }, exitCode: number) =>
      restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0),
  },
});

const exitCode = ({ event }: { event: { exitCode: number } }) => event.exitCode;

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

const starting = container.createStateConfig({
  tags: 'starts',
  on: {
    'container.started': 'running',
    'container.exited': [
      { guard: { type: 'restarts', params: exitCode }, target: 'crashLoopBackOff' },
      { target: 'terminated' },
    ],
    'container.killRequested': 'terminated',
  },
});

const running = container.createStateConfig({
  tags: 'runs',
  initial: 'unready',
  states: {
    unready: { on: { 'container.becameReady': 'ready' } },
    ready: { tags: 'ready', on: { 'container.becameUnready': 'unready' } },
  },
  on: {
    'container.exited': [
      { guard: { type: 'restarts', params: exitCode }, target: 'crashLoopBackOff' },
      { target: 'terminated' },
    ],
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

const killing = container.createStateConfig({
  description: 'Asked to stop; it may take until its grace period is over.',
  tags: 'kills',
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
    running,
    crashLoopBackOff,
    killing,
    terminated,
  },
});
