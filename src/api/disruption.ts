/** What budgets say of Pods: which of them apply, and what follows from their counts (ctl-05 §B, §C). */
import type { Condition } from './meta.ts';
import type { Pod } from './pod/pod.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from './poddisruptionbudget.ts';
import { selectorOf } from './selectors/selectors.ts';
import { timestamp } from './time.ts';

type Told = Pick<Condition, 'status' | 'reason' | 'message'>;

/** Those of the Pod's namespace that select it. */
export const budgetsOf = (
  pod: Pod,
  ofNamespace: readonly PodDisruptionBudget[],
): readonly PodDisruptionBudget[] =>
  ofNamespace.filter(({ spec }) => selectorOf(spec.selector)(pod.metadata.labels));

/** The status with the condition that its count of allowed disruptions asks for. */
export function withAllowance(
  status: PodDisruptionBudgetStatus,
  now: number,
): PodDisruptionBudgetStatus {
  return withDisruptionAllowed(status, allowanceOf(status.disruptionsAllowed), now);
}

/** What the condition tells of such a count. */
export const allowanceOf = (disruptionsAllowed: number) =>
  disruptionsAllowed > 0
    ? ({ status: 'True', reason: 'SufficientPods' } as const)
    : ({ status: 'False', reason: 'InsufficientPods' } as const);

/** The status with this condition; the time of the last transition stays if there is none. */
export function withDisruptionAllowed(
  budget: PodDisruptionBudgetStatus,
  told: Told,
  now: number,
): PodDisruptionBudgetStatus {
  const { conditions = [], observedGeneration } = budget;
  const at = conditions.findIndex(({ type }) => type === 'DisruptionAllowed');
  const before = conditions[at];
  const since = before?.status === told.status ? before.lastTransitionTime : undefined;
  const next: Condition = {
    type: 'DisruptionAllowed',
    status: told.status,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: since ?? timestamp(now),
    ...(told.reason === undefined ? {} : { reason: told.reason }),
    message: told.message ?? '',
  };
  return { ...budget, conditions: at < 0 ? [...conditions, next] : conditions.with(at, next) };
}

/** Why a Pod is about to be ended: written before it is, so that its owner can tell. */
export function withDisruptionTarget(
  { status: { conditions = [] } }: Pod,
  told: Told,
  now: number,
): readonly Condition[] {
  const at = conditions.findIndex(({ type }) => type === 'DisruptionTarget');
  const before = conditions[at];
  const since = before?.status === told.status ? before.lastTransitionTime : undefined;
  const next: Condition = {
    type: 'DisruptionTarget',
    status: told.status,
    lastProbeTime: null,
    lastTransitionTime: since ?? timestamp(now),
    ...(told.reason === undefined ? {} : { reason: told.reason }),
    ...(told.message === undefined ? {} : { message: told.message }),
  };
  return at < 0 ? [...conditions, next] : conditions.with(at, next);
}
