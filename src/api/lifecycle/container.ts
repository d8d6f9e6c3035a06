/**
 * What happened to the containers of a Pod between two versions of it, as events of their machines.
 *
 * A status shows less than the machine knows: `ContainerCreating` covers the pull and the start. So
 * the events in between are filled in, the fewest that lead from what one status shows to what the
 * next one shows. Init containers are left out: they run again whenever the sandbox is made anew.
 */
import type { ContainerEvent, RestartPolicy } from '../../../machines/container.ts';
import type { ContainerState, ContainerStatus, Pod } from '../pod/pod.ts';

export interface ContainerLifecycle {
  readonly name: string;
  readonly restartPolicy: RestartPolicy;
  readonly events: readonly ContainerEvent[];
}

const nobody: readonly ContainerLifecycle[] = [];

/** The containers of which the status says something new. */
export function containerLifecycles(
  before: Pod | undefined,
  after: Pod,
): readonly ContainerLifecycle[] {
  const now = after.status?.containerStatuses;
  if (now === undefined) return nobody;
  const was = before?.status?.containerStatuses;
  const finished = isFinished(after);
  const newlyFinished = finished && before !== undefined && !isFinished(before);
  if (now === was && !newlyFinished) return nobody;
  const changed: ContainerLifecycle[] = [];
  for (let index = 0; index < now.length; index++) {
    const status = now[index]!;
    const previous = statusOf(was, status.name, index);
    if (previous === status && !newlyFinished) continue;
    const restartPolicy = restartPolicyOf(after, status.name);
    const events = between(
      { status: previous, shows: shown(previous, restartPolicy, finished && !newlyFinished) },
      { status, shows: shown(status, restartPolicy, finished) },
      restartPolicy,
    );
    if (events.length > 0) changed.push({ name: status.name, restartPolicy, events });
  }
  return changed;
}

const isFinished = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed';

function statusOf(
  statuses: readonly ContainerStatus[] | undefined,
  name: string,
  index: number,
): ContainerStatus | undefined {
  if (statuses?.[index]?.name === name) return statuses[index];
  return statuses?.find((status) => status.name === name);
}

/** A container's own policy comes first; rules may restart it after any exit. */
function restartPolicyOf({ spec }: Pod, name: string): RestartPolicy {
  const container = spec.containers.find((c) => c.name === name);
  if (container !== undefined && 'restartPolicyRules' in container) return 'Always';
  return (container?.restartPolicy ?? spec.restartPolicy ?? 'Always') as RestartPolicy;
}

/** What a status tells of its container. */
type Shows = 'creating' | 'pullFailed' | 'running' | 'ready' | 'restarting' | 'ended';

interface Side {
  readonly status: ContainerStatus | undefined;
  readonly shows: Shows;
}

const pullFailures: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

function shown(
  status: ContainerStatus | undefined,
  policy: RestartPolicy,
  finished: boolean,
): Shows {
  const { running, terminated, waiting } = status?.state ?? {};
  if (running !== undefined) return status!.ready ? 'ready' : 'running';
  if (terminated !== undefined) {
    return finished || !restarts(policy, terminated.exitCode) ? 'ended' : 'restarting';
  }
  const reason = waiting?.reason ?? '';
  if (reason === 'CrashLoopBackOff') return 'restarting';
  return pullFailures.has(reason) ? 'pullFailed' : 'creating';
}

const restarts = (policy: RestartPolicy, exitCode: number): boolean =>
  policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);

function between(before: Side, after: Side, policy: RestartPolicy): readonly ContainerEvent[] {
  const events: ContainerEvent[] = [];
  let from = before.shows;
  const ranAgain = (after.status?.restartCount ?? 0) > (before.status?.restartCount ?? 0);
  const ran = from === 'running' || from === 'ready';
  const stopped = ran && (after.shows === 'creating' || after.shows === 'pullFailed');
  if ((ranAgain || stopped) && from !== 'ended') {
    if (from !== 'restarting') end(from, after.status?.lastState, events);
    from = 'restarting';
    if (after.shows === 'restarting' || after.shows === 'ended') {
      events.push(backOffElapsed);
      from = 'creating';
    }
  }
  if (from === after.shows) return events;
  if (after.shows === 'ended') finish(from, after, policy, events);
  else if (after.shows === 'restarting') end(from, stateAtEnd(after), events);
  else events.push(...(paths[from][after.shows] ?? []));
  return events;
}

/** A container that waits to be restarted shows only in `lastState` how it ended. */
const stateAtEnd = ({ status }: Side): ContainerState | undefined =>
  status?.state?.terminated === undefined ? status?.lastState : status.state;

/** An exit, after which its policy decides. */
function end(from: Shows, state: ContainerState | undefined, events: ContainerEvent[]): void {
  if (from === 'creating' || from === 'pullFailed') events.push(imagePresent);
  events.push(exited(state));
}

/** The exit that is the last one. */
function finish(from: Shows, after: Side, policy: RestartPolicy, events: ContainerEvent[]): void {
  const state = stateAtEnd(after);
  const lasting = !restarts(policy, state?.terminated?.exitCode ?? killed);
  if (lasting && from !== 'restarting') end(from, state, events);
  else {
    events.push(killRequested);
    if (from === 'running' || from === 'ready') events.push(exited(state));
  }
}

/** What is said of a container of which nothing was left. */
const killed = 137;

const exits = new Map<number, ContainerEvent>();

function exited(state: ContainerState | undefined): ContainerEvent {
  const { exitCode = killed } = state?.terminated ?? {};
  let event = exits.get(exitCode);
  if (event === undefined) {
    event = { type: 'container.exited', exitCode };
    exits.set(exitCode, event);
  }
  return event;
}

const imageWanted = { type: 'container.imageWanted' } as const;
const imagePresent = { type: 'container.imagePresent' } as const;
const imagePulled = { type: 'container.imagePulled' } as const;
const imagePullFailed = { type: 'container.imagePullFailed' } as const;
const backOffElapsed = { type: 'container.backOffElapsed' } as const;
const started = { type: 'container.started' } as const;
const becameReady = { type: 'container.becameReady' } as const;
const becameUnready = { type: 'container.becameUnready' } as const;
const killRequested = { type: 'container.killRequested' } as const;

type Paths = { readonly [to in Shows]?: readonly ContainerEvent[] };

/** From what is shown to what is shown. Nothing leads back from `ended`: `started` is refused. */
const paths: { readonly [from in Shows]: Paths } = {
  creating: {
    pullFailed: [imageWanted, imagePullFailed],
    running: [imagePresent, started],
    ready: [imagePresent, started, becameReady],
  },
  pullFailed: {
    running: [backOffElapsed, imagePulled, started],
    ready: [backOffElapsed, imagePulled, started, becameReady],
  },
  running: { ready: [becameReady] },
  ready: { running: [becameUnready] },
  restarting: {
    creating: [backOffElapsed],
    pullFailed: [imageWanted, imagePullFailed],
    running: [backOffElapsed, imagePresent, started],
    ready: [backOffElapsed, imagePresent, started, becameReady],
  },
  ended: { running: [started], ready: [started], creating: [started], pullFailed: [started] },
};
