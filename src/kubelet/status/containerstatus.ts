/**
 * The containers' statuses that the API gets, from what the runtime has and what was reported before
 * (kubelet-02). Upstream's convertToAPIContainerStatuses.
 */
import type { ContainerState, ContainerStatus } from '../../api/pod/pod.ts';
import type { Container, PodSpec, ResourceRequirements } from '../../api/pod/podspec.ts';
import { isSidecar } from '../../api/pod/restartpolicy.ts';
import { timestamp } from '../../api/time.ts';
import type { ContainerRecord } from '../runtime/cri.ts';
import type { StartError } from '../sync/imagepull.ts';
import { shouldBeRestarted } from '../sync/restart.ts';
import { restartingAllReason, statusOf } from './phase.ts';

export interface StatusesInput {
  readonly containers: readonly Container[];
  readonly kind: 'init' | 'regular' | 'ephemeral';
  readonly hasInitContainers: boolean;
  readonly records: readonly ContainerRecord[];
  /** As last reported. */
  readonly before: readonly ContainerStatus[];
  readonly restartPolicy: PodSpec['restartPolicy'];
  readonly isDeleting: boolean;
  /** A RestartAllContainers rule is being carried out. */
  readonly isRestartingAll: boolean;
  /** A regular container has been created (`hasCreatedRegular`): ordinary init containers have done their work. */
  readonly isInitialized: boolean;
  /** What the node has set aside for a container; absent: nothing is told of resources. */
  allocated?(name: string): ResourceRequirements | undefined;
  startError(name: string): StartError | undefined;
  /** What probes say. */
  judge(container: Container, record: ContainerRecord | undefined): Judged;
}

export interface Judged {
  readonly ready: boolean;
  readonly started: boolean;
}

const restartingAll = {
  reason: restartingAllReason,
  message: 'The container is removed because RestartAllContainers in place',
};
const killed = 137;
const lost = {
  exitCode: killed,
  reason: 'ContainerStatusUnknown',
  message:
    'The container could not be located when the pod was deleted.  The container used to be Running',
};
/** What ran and of which nobody will ever know how it ended. */
export const lostAtEnd = {
  exitCode: killed,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
};
const initializedBefore = {
  exitCode: 0,
  reason: 'Completed',
  message:
    'Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally',
};

/** Regular containers by name, as clients have come to expect; init containers as in the spec. */
export function containerStatuses(input: StatusesInput): readonly ContainerStatus[] {
  const statuses = input.containers.map((container) => containerStatus(container, input));
  if (input.kind === 'init' || statuses.length < 2) return statuses;
  return statuses.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function containerStatus(container: Container, input: StatusesInput): ContainerStatus {
  const { name } = container;
  let current: ContainerRecord | undefined;
  let previous: ContainerRecord | undefined;
  for (const record of input.records) {
    if (record.name !== name) continue;
    if (current === undefined) current = record;
    else {
      previous = record;
      break;
    }
  }
  const before = statusOf(input.before, name);
  let shown =
    current === undefined ? unseen(container, before, input) : seen(current, before, input);
  if (previous !== undefined) shown = { ...shown, lastState: stateOf(previous) };
  const waits = shown.isInferred !== true && waitsToStart(container, current, input);
  const error = waits ? input.startError(name) : undefined;
  if (error !== undefined) {
    const { terminated } = shown.state;
    const lastState = terminated === undefined ? shown.lastState : { terminated };
    shown = { ...shown, state: { waiting: error }, lastState };
  }
  const judged = input.judge(container, current);
  const { state, lastState, restartCount, id = '' } = shown;
  const isOrdinaryInit = input.kind === 'init' && !isSidecar(container);
  // Probers look at init and regular containers only: ephemeral ones are never ready, and never said to have started.
  const isEphemeral = input.kind === 'ephemeral';
  const ready = isOrdinaryInit ? state.terminated?.exitCode === 0 : !isEphemeral && judged.ready;
  return {
    name,
    state,
    lastState,
    ready,
    restartCount,
    image: container.image,
    imageID: id === '' ? (before?.imageID ?? '') : `sim://${container.image}`,
    ...(id === '' ? {} : { containerID: id }),
    ...(isEphemeral ? {} : { started: judged.started }),
    ...resourcesTold(name, current, input),
  };
}

/** Of what the runtime has: what it may use, which is what it was told last if it runs. */
function resourcesTold(
  name: string,
  current: ContainerRecord | undefined,
  input: StatusesInput,
): Pick<ContainerStatus, 'allocatedResources' | 'resources'> {
  if (input.allocated === undefined || current === undefined) return {};
  const allocated = input.allocated(name) ?? unlimited;
  const resources = current.state === 'running' ? (current.resources ?? unlimited) : allocated;
  const { requests } = allocated;
  return requests === undefined ? { resources } : { allocatedResources: requests, resources };
}

const unlimited: ResourceRequirements = {};

interface Shown {
  readonly state: ContainerState;
  readonly lastState: ContainerState;
  readonly restartCount: number;
  readonly id?: string | undefined;
  /** Nothing is known of it but that it must have ended well. */
  readonly isInferred?: boolean;
}

const nothing: ContainerState = {};

/**
 * A start that failed shows only while the container is to be started. Upstream takes every init container
 * that ended with 0 for done: so a sidecar that did shows its end and no back-off.
 */
function waitsToStart(
  container: Container,
  record: ContainerRecord | undefined,
  { kind, restartPolicy, isDeleting }: StatusesInput,
): boolean {
  const isDone = record?.state === 'exited' && (record.exitCode ?? 0) === 0;
  if (kind === 'init' && isDone) return false;
  return shouldBeRestarted(container, restartPolicy, record, isDeleting);
}

/** Counts never go down, and what is forgotten between two instances is taken from what was told. */
function seen(
  record: ContainerRecord,
  before: ContainerStatus | undefined,
  { isRestartingAll }: StatusesInput,
): Shown {
  const { id } = record;
  const told = before?.restartCount ?? 0;
  const counted = record.restartCount ?? 0;
  const { running, terminated: ended } = before?.state ?? {};
  const isAnother = ended !== undefined && before?.containerID !== id;
  const lastState = isAnother ? { terminated: ended } : (before?.lastState ?? nothing);
  if (record.state === 'unknown' && running !== undefined) {
    const why = isRestartingAll ? { ...lostAtEnd, reason: restartingAll.reason } : lostAtEnd;
    return { state: { terminated: why }, lastState, restartCount: told + 1, id };
  }
  // One that never ran and was told to have ended with its Pod does not wait again.
  const isOver =
    ended !== undefined && !isAnother && (record.state === 'created' || record.state === 'unknown');
  const isNewer = record.state === 'running' && ended !== undefined && told >= counted;
  return {
    state: isOver ? before!.state! : stateOf(record),
    lastState,
    restartCount: isNewer ? told + 1 : Math.max(told, counted),
    id,
  };
}

function unseen(
  container: Container,
  before: ContainerStatus | undefined,
  input: StatusesInput,
): Shown {
  const { kind, isInitialized } = input;
  const shown = missing(before, input);
  const isDone = kind === 'init' && !isSidecar(container) && isInitialized;
  if (!isDone || shown.state.waiting === undefined) return shown;
  return { ...shown, state: { terminated: initializedBefore }, isInferred: true };
}

/** What is said of a container that the runtime does not have. */
function missing(
  before: ContainerStatus | undefined,
  { hasInitContainers, isDeleting, isRestartingAll }: StatusesInput,
): Shown {
  const reason = hasInitContainers ? 'PodInitializing' : 'ContainerCreating';
  const state = { waiting: { reason } };
  if (before === undefined) return { state, lastState: nothing, restartCount: 0 };
  const { restartCount, lastState = nothing, containerID: id } = before;
  const { waiting, running, terminated } = before.state ?? nothing;
  if (isRestartingAll && waiting === undefined) {
    return {
      state: { waiting: restartingAll },
      lastState: { terminated: { exitCode: killed, ...restartingAll } },
      restartCount: (restartCount ?? 0) + 1,
    };
  }
  if (terminated !== undefined) return { state: { terminated }, lastState, restartCount, id };
  if (running === undefined || lastState.terminated !== undefined) {
    return { state, lastState, restartCount };
  }
  // It ran and is not to be found: it must have ended, somehow.
  return {
    state,
    lastState: { terminated: lost },
    restartCount: (restartCount ?? 0) + (isDeleting ? 0 : 1),
  };
}

export function stateOf(record: ContainerRecord): ContainerState {
  const { state, exitCode = 0, reason, message, startedAt, finishedAt, id } = record;
  if (state === 'running') {
    return { running: startedAt === undefined ? {} : { startedAt: timestamp(startedAt) } };
  }
  if (state === 'exited') {
    return {
      terminated: {
        exitCode,
        ...(reason === undefined ? {} : { reason }),
        ...(message === undefined ? {} : { message }),
        ...(startedAt === undefined ? {} : { startedAt: timestamp(startedAt) }),
        ...(finishedAt === undefined ? {} : { finishedAt: timestamp(finishedAt) }),
        ...(id === '' ? {} : { containerID: id }),
      },
    };
  }
  return { waiting: {} };
}
