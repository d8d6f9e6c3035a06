/** What the stand-in kubelet of the recordings reports of a Pod. */
import type { Condition } from '../../api/meta.ts';
import type { ContainerStatus, Pod, PodPhase, PodStatus } from '../../api/pod/pod.ts';
import type { Container } from '../../api/pod/podspec.ts';
import { podCondition } from '../../api/pod/podstatus.ts';
import { timestamp } from '../../api/time.ts';
import type { PodRuntime, SimulatedContainer } from '../runtime/runtime.ts';
import type { Judgement } from '../status/conditions.ts';
import { stateOf } from '../status/containerstatus.ts';

export interface Reported {
  readonly phase: PodPhase;
  readonly runtime: PodRuntime;
  readonly hostIP: string;
  readonly now: number;
  isReady(record: SimulatedContainer | undefined): boolean;
}

export function standInStatus(pod: Pod, reported: Reported): PodStatus {
  const { phase, runtime, hostIP, now } = reported;
  const { ip } = runtime;
  const before = pod.status;
  return {
    ...before,
    phase,
    conditions: conditionsOf(pod, reported),
    hostIP,
    hostIPs: before.hostIPs ?? [{ ip: hostIP }],
    ...(ip === undefined ? {} : { podIP: ip, podIPs: before.podIPs ?? [{ ip }] }),
    startTime: before.startTime ?? timestamp(runtime.createdAt ?? now),
    containerStatuses: pod.spec.containers
      .map((container) => containerStatus(container, reported))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function conditionsOf(pod: Pod, { phase, runtime, now, isReady }: Reported): readonly Condition[] {
  const unready = pod.spec.containers
    .map(({ name }) => name)
    .filter((name) => !isReady(recordOf(runtime, name)));
  const why: Judgement = ended[phase] ?? {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
  const ready = unready.length === 0 && phase === 'Running' ? holds : why;
  const isInitialized = phase === 'Succeeded' ? { ...why, status: 'True' as const } : holds;
  const own = [
    condition(pod, 'PodReadyToStartContainers', phase === 'Running' ? holds : fails, now),
    condition(pod, 'Initialized', isInitialized, now),
    condition(pod, 'Ready', ready, now),
    condition(pod, 'ContainersReady', ready, now),
  ];
  const others = (pod.status.conditions ?? []).filter(
    ({ type }) => !own.some((c) => c.type === type),
  );
  return [...own, ...others];
}

const holds: Judgement = { status: 'True' };
const fails: Judgement = { status: 'False' };
const ended: { readonly [phase in PodPhase]?: Judgement } = {
  Succeeded: { status: 'False', reason: 'PodCompleted' },
  Failed: { status: 'False', reason: 'PodFailed' },
};

function condition(pod: Pod, type: string, why: Judgement, now: number): Condition {
  const before = podCondition(pod, type);
  if (
    before?.status === why.status &&
    before.reason === why.reason &&
    before.message === why.message
  ) {
    return before;
  }
  const since = before?.status === why.status ? before.lastTransitionTime : timestamp(now);
  return { type, lastProbeTime: null, lastTransitionTime: since, ...why } as Condition;
}

export const recordOf = ({ containers }: PodRuntime, name: string) =>
  containers.find((record) => record.name === name);

function containerStatus(
  { name, image }: Container,
  { runtime, isReady }: Reported,
): ContainerStatus {
  const record = recordOf(runtime, name);
  const known = record?.startedAt !== undefined;
  return {
    name,
    state: known ? stateOf(record) : { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
    ready: isReady(record),
    restartCount: 0,
    image,
    imageID: known ? `sim://${image}` : '',
    ...(known ? { containerID: record.id } : {}),
    started: record?.state === 'running',
  };
}
