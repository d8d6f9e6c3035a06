/** The status that a kubelet reports for a Pod (kubelet-02). */
import { containerTable, podTable } from '../../machines/index.ts';
import type { Condition } from '../api/meta.ts';
import type { ContainerState, ContainerStatus, Pod, PodPhase, PodStatus } from '../api/pod.ts';
import { podCondition } from '../api/podstatus.ts';
import { timestamp } from '../api/time.ts';
import type { PodWorker, Terminated, Tracked } from './podworker.ts';

export function statusOf(worker: PodWorker, hostIP: string, now: number): PodStatus {
  const { pod, ip, startedAt } = worker;
  const phase = phaseOf(worker);
  const before = pod.status;
  if (worker.rejected !== undefined) {
    const message = `Pod was rejected: ${worker.rejected}`;
    return { ...before, phase: 'Failed', reason: worker.rejected, message };
  }
  return {
    ...before,
    phase,
    conditions: conditionsOf(worker, phase, now),
    hostIP,
    hostIPs: before.hostIPs ?? [{ ip: hostIP }],
    ...(ip === undefined ? {} : { podIP: ip, podIPs: before.podIPs ?? [{ ip }] }),
    startTime: before.startTime ?? timestamp(startedAt ?? now),
    containerStatuses: worker.containers
      .map((container) => containerStatus(container, worker))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

const phases = new Map<number, PodPhase>();

/** By state of the machine; there are few, and each is looked at once. */
function phaseOf({ state }: PodWorker): PodPhase {
  let phase = phases.get(state);
  if (phase === undefined) {
    phase = phaseIn(podTable.snapshot(state).value);
    phases.set(state, phase);
  }
  return phase;
}

function phaseIn(value: unknown): PodPhase {
  switch ((value as { existing?: { phase: string | object } }).existing?.phase) {
    case 'bound':
    case 'unbound':
      return 'Pending';
    case 'succeeded':
      return 'Succeeded';
    case 'failed':
      return 'Failed';
    default:
      return 'Running';
  }
}

function conditionsOf(worker: PodWorker, phase: PodPhase, now: number): readonly Condition[] {
  const { pod } = worker;
  const unready = worker.containers
    .filter(({ state }) => !containerTable.has(state, 'ready'))
    .map(({ spec }) => spec.name);
  const containersReady = unready.length === 0 && phase === 'Running';
  const finished = phase === 'Succeeded' || phase === 'Failed';
  const because =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : phase === 'Failed'
        ? { reason: 'PodFailed' }
        : {
            reason: 'ContainersNotReady',
            message: `containers with unready status: [${unready.join(' ')}]`,
          };
  const gatesOpen = (pod.spec.readinessGates ?? []).every(
    ({ conditionType }) => podCondition(pod, conditionType)?.status === 'True',
  );
  const ready = containersReady && gatesOpen;
  const why = containersReady
    ? {
        reason: 'ReadinessGatesNotReady',
        message: 'corresponding condition of pod readiness gate is not "True".',
      }
    : because;
  const own = [
    condition(pod, 'PodReadyToStartContainers', worker.ip !== undefined && !finished, {}, now),
    condition(pod, 'Initialized', true, phase === 'Succeeded' ? because : {}, now),
    condition(pod, 'Ready', ready, ready ? {} : why, now),
    condition(pod, 'ContainersReady', containersReady, containersReady ? {} : because, now),
  ];
  const others = (pod.status.conditions ?? []).filter(
    ({ type }) => !own.some((c) => c.type === type),
  );
  return [...own, ...others];
}

function condition(
  pod: Pod,
  type: string,
  holds: boolean,
  why: { reason?: string; message?: string },
  now: number,
): Condition {
  const status = holds ? 'True' : 'False';
  const before = podCondition(pod, type);
  const since = before?.status === status ? before.lastTransitionTime : undefined;
  const next = {
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: since ?? timestamp(now),
    ...why,
  };
  return before !== undefined && same(before, next as Condition) ? before : (next as Condition);
}

const same = (a: Condition, b: Condition): boolean =>
  a.status === b.status && a.reason === b.reason && a.message === b.message;

function containerStatus(container: Tracked, worker: PodWorker): ContainerStatus {
  const { spec, restartCount, state } = container;
  const running = containerTable.has(state, 'runs') || containerTable.has(state, 'kills');
  // A container that waits to be started again shows its end as its last state.
  const waits = container.ended !== undefined && !containerTable.has(state, 'done');
  const last = waits ? container.ended : container.last;
  const known = container.startedAt !== undefined;
  return {
    name: spec.name,
    state: stateOf(container, worker),
    lastState: last === undefined ? {} : { terminated: terminated(last) },
    ready: containerTable.has(state, 'ready'),
    restartCount,
    image: spec.image,
    imageID: known ? `sim://${spec.image}` : '',
    ...(known ? { containerID: `sim://${worker.uid}/${spec.name}/${restartCount}` } : {}),
    started: running,
  };
}

function stateOf({ state, startedAt, ended }: Tracked, worker: PodWorker): ContainerState {
  if (containerTable.has(state, 'runs') || containerTable.has(state, 'kills')) {
    return { running: { startedAt: timestamp(startedAt ?? 0) } };
  }
  const value = containerTable.value(state);
  if (value === 'terminated' && ended !== undefined) return { terminated: terminated(ended) };
  if (value === 'crashLoopBackOff') {
    const { name, namespace = '' } = worker.pod.metadata;
    const container = worker.containers.find((c) => c.state === state)?.spec.name ?? '';
    const message = `back-off restarting failed container=${container} pod=${name}_${namespace}(${worker.uid})`;
    return { waiting: { reason: 'CrashLoopBackOff', message } };
  }
  if (value === 'imagePullBackOff') return { waiting: { reason: 'ImagePullBackOff' } };
  return { waiting: { reason: 'ContainerCreating' } };
}

const terminated = ({ exitCode, startedAt, finishedAt }: Terminated) => ({
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  ...(startedAt === undefined ? {} : { startedAt: timestamp(startedAt) }),
  finishedAt: timestamp(finishedAt),
});
