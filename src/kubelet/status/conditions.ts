/** The conditions that a kubelet computes for a Pod, from its containers' statuses (kubelet-02). */
import type { Condition } from '../../api/meta.ts';
import type { ContainerStatus, PodPhase } from '../../api/pod/pod.ts';
import type { PodSpec } from '../../api/pod/podspec.ts';
import { isSidecar } from '../../api/pod/restartpolicy.ts';
import { timestamp } from '../../api/time.ts';
import { statusOf } from './phase.ts';

/** What a kubelet says of its Pods, and takes away; all else is of others. */
export const ownConditions: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodReadyToStartContainers',
  'AllContainersRestarting',
  'PodResizePending',
  'PodResizeInProgress',
]);

/** A condition without its times, which only a change of status moves. */
export interface Judgement {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

export interface ConditionsInput {
  readonly spec: PodSpec;
  readonly conditions: readonly Pick<Condition, 'type' | 'status'>[];
  /** Of init containers and regular ones; undefined: not known. */
  readonly statuses: readonly ContainerStatus[] | undefined;
  readonly phase: PodPhase;
  /** Whether the Pod was said to be initialized before: then it stays so, even if it begins anew. */
  readonly wasInitialized?: boolean;
}

const holds: Judgement = { status: 'True' };
const unknownStatuses: Judgement = { status: 'False', reason: 'UnknownContainerStatuses' };
const completed: Judgement = { status: 'False', reason: 'PodCompleted' };
const failed: Judgement = { status: 'False', reason: 'PodFailed' };

export function containersReady({ spec, statuses, phase }: ConditionsInput): Judgement {
  if (statuses === undefined) return unknownStatuses;
  const unknown: string[] = [];
  const unready: string[] = [];
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) sort(statuses, container.name, unknown, unready);
  }
  for (const { name } of spec.containers ?? []) sort(statuses, name, unknown, unready);
  if (phase === 'Succeeded' && unknown.length === 0) return completed;
  if (phase === 'Failed') return failed;
  return judged('ContainersNotReady', unknown, 'unready', unready);
}

function sort(
  statuses: readonly ContainerStatus[],
  name: string,
  unknown: string[],
  unready: string[],
): void {
  const status = statusOf(statuses, name);
  if (status === undefined) unknown.push(name);
  else if (status.ready !== true) unready.push(name);
}

export function podReady(input: ConditionsInput, ready = containersReady(input)): Judgement {
  if (ready.status !== 'True') return ready;
  const parts: string[] = [];
  for (const { conditionType } of input.spec.readinessGates ?? []) {
    const gate = input.conditions.find(({ type }) => type === conditionType);
    if (gate === undefined) {
      parts.push(
        `corresponding condition of pod readiness gate "${conditionType}" does not exist.`,
      );
    } else if (gate.status !== 'True') {
      parts.push(
        `the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`,
      );
    }
  }
  if (parts.length === 0) return holds;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: parts.join(', ') };
}

export function podInitialized({
  spec,
  statuses,
  phase,
  wasInitialized,
}: ConditionsInput): Judgement {
  const init = spec.initContainers ?? [];
  if (statuses === undefined) return init.length > 0 ? unknownStatuses : holds;
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of init) {
    const status = statusOf(statuses, container.name);
    if (status === undefined) unknown.push(container.name);
    else if (isSidecar(container) ? status.started !== true : status.ready !== true) {
      incomplete.push(container.name);
    }
  }
  if (phase === 'Succeeded' && unknown.length === 0)
    return { status: 'True', reason: 'PodCompleted' };
  if (anyRegularStarted(spec, statuses) || wasInitialized === true) return holds;
  return judged('ContainersNotInitialized', unknown, 'incomplete', incomplete);
}

const anyRegularStarted = ({ containers }: PodSpec, statuses: readonly ContainerStatus[]) =>
  (containers ?? []).some(({ name }) => {
    const state = statusOf(statuses, name)?.state;
    return state?.running !== undefined || state?.terminated !== undefined;
  });

function judged(
  reason: string,
  unknown: readonly string[],
  word: string,
  others: readonly string[],
): Judgement {
  if (unknown.length === 0 && others.length === 0) return holds;
  const parts: string[] = [];
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (others.length > 0) parts.push(`containers with ${word} status: [${others.join(' ')}]`);
  return { status: 'False', reason, message: parts.join(', ') };
}

/** Whether a RestartAllContainers rule is being carried out. */
export function allRestarting(isRestarting: boolean, phase: PodPhase): Judgement {
  if (phase === 'Succeeded') return completed;
  if (phase === 'Failed') return failed;
  if (!isRestarting) return { status: 'False' };
  return {
    status: 'True',
    reason: 'RestartAllContainersStarted',
    message: 'container exited with restart policy rule',
  };
}

/** Whatever was said before: nothing of a Pod that has failed is ready. */
export const unready = (conditions: readonly Condition[], now: number): readonly Condition[] =>
  conditions.map((one) =>
    one.status === 'True' && (one.type === 'Ready' || one.type === 'ContainersReady')
      ? { ...one, ...failed, lastTransitionTime: timestamp(now) }
      : one,
  );
