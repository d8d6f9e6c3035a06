/** The status that a kubelet reports for a Pod, all of it (kubelet-02). */
import { share } from '../../api/equal.ts';
import { type Condition, conditionOf } from '../../api/meta.ts';
import type { ContainerStatus, Pod, PodPhase, PodStatus } from '../../api/pod/pod.ts';
import { mayRestartAll } from '../../api/pod/restartpolicy.ts';
import { timestamp } from '../../api/time.ts';
import { blank } from '../../blank.ts';
import { allocatedResources } from '../node/allocation.ts';
import { isStaticPod } from '../node/critical.ts';
import type { Prober } from '../probes/prober.ts';
import { hasCreatedRegular, hasStartedRegular } from '../sync/initactions.ts';
import type { PodContext } from '../sync/podcontext.ts';
import { pendingType, progressType } from '../sync/resize.ts';
import { sandboxNeed } from '../sync/sandbox.ts';
import {
  allRestarting,
  type ConditionsInput,
  containersReady,
  type Judgement,
  podInitialized,
  podReady,
} from './conditions.ts';
import { containerStatuses, lostAtEnd, type StatusesInput } from './containerstatus.ts';
import { phaseOf } from './phase.ts';
import { withShortMessages } from './terminationmessage.ts';

/** Why a Pod ends that would have gone on: said once its containers have stopped. */
export interface Verdict {
  readonly reason: string;
  readonly message: string;
  /** Whether it is disruption, and what that condition says. */
  readonly disruption?: string;
}

export interface StatusQuestion {
  readonly context: PodContext;
  readonly prober: Prober;
  /** As last reported. */
  readonly before: PodStatus;
  readonly hostIP: string;
  /** Everything has stopped for good. */
  readonly isTerminal: boolean;
  readonly isRestartingAll: boolean;
  /** The sandbox has just come up: that it has an address is told with the next sync. */
  readonly isEarly: boolean;
  readonly verdict: Verdict | undefined;
}

const none: readonly never[] = [];
const empty = { sandboxes: none, containers: none, ip: undefined, createdAt: undefined };

/** Parts that are equal to those of what was reported last are the same; all of it is, if they all are. */
export function apiStatus(question: StatusQuestion): PodStatus {
  const { context, before, hostIP, isTerminal, verdict } = question;
  const { pod, env } = context;
  const { spec } = pod;
  const records = context.records ?? empty;
  const init = statusesOf(question, 'init');
  const regular = statusesOf(question, 'regular');
  const ephemeral = statusesOf(question, 'ephemeral');
  if (isTerminal) {
    for (const statuses of [init, regular]) finish(statuses, spec.initContainers === undefined);
  }
  const statuses = init.length === 0 ? regular : [...init, ...regular];
  const phase = phaseNow(question, statuses);
  const known = question.isEarly ? before.podIP : (records.ip ?? before.podIP);
  const ip = spec.hostNetwork === true ? hostIP : known;
  const ended = isTerminal && verdict !== undefined;
  const since = before.startTime ?? timestamp(env.now);
  const { generation } = pod.metadata;
  const status: Writable<PodStatus> = { ...blank, ...before };
  if (generation !== undefined) status.observedGeneration = generation;
  status.phase = phase;
  if (ended) {
    status.reason = verdict.reason;
    status.message = verdict.message;
  }
  status.conditions = share(before.conditions, conditionsOf(question, phase, statuses));
  status.hostIP = hostIP;
  if (before.hostIP !== hostIP || !before.hostIPs) status.hostIPs = [{ ip: hostIP }];
  if (ip !== undefined) {
    status.podIP = ip;
    if (before.podIP !== ip || !before.podIPs) status.podIPs = [{ ip }];
  }
  status.startTime = since;
  if (init.length > 0) status.initContainerStatuses = share(before.initContainerStatuses, init);
  status.containerStatuses = share(before.containerStatuses, regular);
  if (ephemeral.length > 0) {
    status.ephemeralContainerStatuses = share(before.ephemeralContainerStatuses, ephemeral);
  }
  tellResources(status, context, before);
  for (const name in status) {
    if (status[name as keyof PodStatus] !== before[name as keyof PodStatus]) return status;
  }
  return before;
}

/** Of a Pod that asks as a whole: what is set aside for it, and what its containers share. */
function tellResources(
  status: Writable<PodStatus>,
  { allocated, records }: PodContext,
  before: PodStatus,
): void {
  if (allocated.resources === undefined) return;
  status.resources = share(before.resources, records?.resources ?? allocated.resources);
  const { requests } = allocated.resources;
  if (requests === undefined) return;
  status.allocatedResources = share(before.allocatedResources, requests);
}

type Writable<T> = { -readonly [name in keyof T]: T[name] };

function statusesOf(
  { context, prober, before, isRestartingAll }: StatusQuestion,
  kind: StatusesInput['kind'],
): ContainerStatus[] {
  const { pod } = context;
  const { spec, metadata } = pod;
  const [containers, reported] =
    kind === 'regular'
      ? [spec.containers, before.containerStatuses]
      : kind === 'init'
        ? [spec.initContainers, before.initContainerStatuses]
        : [spec.ephemeralContainers, before.ephemeralContainerStatuses];
  if (containers === undefined || containers.length === 0) return [];
  const records = context.records?.containers ?? none;
  const statuses = containerStatuses({
    containers,
    kind,
    hasInitContainers: (spec.initContainers ?? none).length > 0,
    records,
    before: reported ?? none,
    restartPolicy: kind === 'ephemeral' ? 'Never' : spec.restartPolicy,
    isDeleting: metadata.deletionTimestamp !== undefined,
    isRestartingAll,
    isInitialized: hasCreatedRegular(spec, records),
    allocated: (name) => allocatedResources(name, context.allocated),
    startError: (name) => context.find(name)?.error,
    judge: (container, record) => prober.judge(container, record),
  });
  const all = spec.containers.length + (spec.initContainers ?? none).length;
  return withShortMessages(statuses, all) as ContainerStatus[];
}

/**
 * A phase that is final is never left, whatever is found of the containers afterwards, and whoever
 * said so.
 */
function phaseNow(
  { context, before, isTerminal, verdict }: StatusQuestion,
  statuses: readonly ContainerStatus[],
): PodPhase {
  const { pod } = context;
  for (const { phase: said } of [before, pod.status]) {
    if (said === 'Succeeded' || said === 'Failed') return said;
  }
  const isStatic = isStaticPod(pod);
  const phase = phaseOf({
    spec: pod.spec,
    statuses,
    isTerminal,
    hasInitialized: hasStartedRegular(pod.spec, context.records?.containers ?? none),
    isStatic,
  });
  if (!isTerminal) return phase;
  if (verdict !== undefined) return 'Failed';
  return phase === 'Succeeded' || isStatic ? phase : 'Failed';
}

/** At the end every container that may have run has ended, as far as anybody will ever know. */
function finish(statuses: ContainerStatus[], isInitialized: boolean): void {
  const hasRun = statuses.some(
    ({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined,
  );
  if (!isInitialized && !hasRun) return;
  statuses.forEach((status, place) => {
    if (status.state?.terminated !== undefined) return;
    statuses[place] = { ...status, state: { terminated: lostAtEnd }, ready: false, started: false };
  });
}

const holds: Judgement = { status: 'True' };
const fails: Judgement = { status: 'False' };

/** Those of others first. */
function conditionsOf(
  question: StatusQuestion,
  phase: PodPhase,
  statuses: readonly ContainerStatus[],
): readonly Condition[] {
  const { context, before, isTerminal, verdict } = question;
  const { pod, env } = context;
  const known = before.conditions ?? none;
  // Gates are opened by others: what the API has counts, not what was reported.
  const input: ConditionsInput = {
    spec: pod.spec,
    conditions: pod.status.conditions ?? none,
    statuses,
    phase,
    wasInitialized: conditionOf(known, 'Initialized')?.status === 'True',
  };
  const isReady = !sandboxNeed(pod.spec, context.records?.sandboxes ?? none).isNeeded;
  const own: Condition[] = [];
  const add = (type: string, judgement: Judgement) =>
    own.push(condition(known, type, judgement, pod, env.now));
  if (isTerminal && verdict?.disruption !== undefined) {
    add('DisruptionTarget', {
      status: 'True',
      reason: 'TerminationByKubelet',
      message: verdict.disruption,
    });
  }
  add('PodReadyToStartContainers', isReady ? holds : fails);
  const ready = containersReady(input);
  add('Initialized', podInitialized(input));
  add('Ready', podReady(input, ready));
  add('ContainersReady', ready);
  add('PodScheduled', holds);
  if (mayRestartAll(pod.spec)) {
    add('AllContainersRestarting', allRestarting(question.isRestartingAll, phase));
  }
  const { pending, progress } = context.resize;
  if (progress !== undefined) own.unshift(progress);
  if (pending !== undefined) own.unshift(pending);
  let others: Condition[] | undefined;
  for (const one of pod.status.conditions ?? none) {
    const { type } = one;
    if (type === pendingType || type === progressType || conditionOf(own, type)) continue;
    if (others === undefined) others = [one];
    else others.push(one);
  }
  return others === undefined ? own.slice() : [...others, ...own];
}

/** The same object as before, if nothing changed. */
function condition(
  known: readonly Condition[],
  type: string,
  { status, reason, message }: Judgement,
  { metadata: { generation } }: Pod,
  now: number,
): Condition {
  const before = conditionOf(known, type);
  if (
    before !== undefined &&
    before.status === status &&
    before.reason === reason &&
    before.message === message &&
    before.observedGeneration === generation
  ) {
    return before;
  }
  return {
    type,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status,
    lastProbeTime: null,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  } as Condition;
}
