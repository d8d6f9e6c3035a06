/**
 * POST to `eviction`: deletes a Pod if its budget allows it (api-07 §5, ctl-05 §C).
 *
 * What the budget allows is spent before the Pod is deleted, and the Pod is noted as on its way out:
 * the controller that counts again may not have seen the deletion yet. In a simulated server nothing
 * happens between the two, so none of upstream's retries after conflicts can be needed.
 */
import { budgetsOf, withAllowance, withDisruptionTarget } from '../api/disruption.ts';
import { share } from '../api/equal.ts';
import { makeKey } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodReady, isPodTerminal } from '../api/pod/podstatus.ts';
import type { PodDisruptionBudget } from '../api/poddisruptionbudget.ts';
import { rejection, type Status } from '../api/status.ts';
import { timestamp } from '../api/time.ts';
import type { Handling } from './apiserver.ts';
import { removeObject, unmetPrecondition } from './delete.ts';
import { homeOf } from './metadata.ts';
import { badRequest, internalError, notFound, preconditionFailed } from './reject.ts';
import { type DeleteOptions, type PostRequest, type Response, refused } from './request.ts';

interface Eviction {
  readonly metadata?: { readonly name?: string };
  readonly deleteOptions?: DeleteOptions & { readonly dryRun?: readonly string[] };
}

export type EvictionDecision =
  | { readonly type: 'evict' }
  /** Evict, and take it off what the budget allows. */
  | { readonly type: 'spend'; readonly budget: PodDisruptionBudget }
  | { readonly type: 'refuse'; readonly status: Status };

/** Pods that were let go and not seen to go: from so many on, nothing more is allowed. */
const disruptedPodsMax = 2_000;
const patienceSeconds = 10;
const evict: EvictionDecision = { type: 'evict' };

/** Whether a Pod may be evicted. `budgets`: those that select it. */
export function decideEviction(
  pod: Pod,
  budgets: readonly PodDisruptionBudget[],
): EvictionDecision {
  if (isBeyondBudgets(pod) || budgets.length === 0) return evict;
  if (budgets.length > 1) return refusal(internalError(several));
  const budget = budgets[0]!;
  if (!isPodReady(pod) && letsUnhealthyGo(budget)) return evict;
  const why = exhausted(budget);
  return why === undefined ? { type: 'spend', budget } : refusal(why);
}

const refusal = (status: Status): EvictionDecision => ({ type: 'refuse', status });

const several =
  'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';

/** It serves nobody yet, or no longer: its end is no disruption. */
const isBeyondBudgets = (pod: Pod): boolean =>
  isPodTerminal(pod) ||
  pod.status.phase === 'Pending' ||
  pod.metadata.deletionTimestamp !== undefined;

/** A Pod that is not ready counts for nothing: it may go if the others are enough, or in any case. */
function letsUnhealthyGo({ spec, status }: PodDisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0;
}

/** Why the budget cannot be spent from, if that is so. */
function exhausted({ metadata, status }: PodDisruptionBudget): Status | undefined {
  const { name, generation = 0 } = metadata;
  const { observedGeneration = 0, disruptionsAllowed, currentHealthy, desiredHealthy } = status;
  if (observedGeneration < generation) {
    const why = `The disruption budget ${name} is still being processed by the server.`;
    return tooMany(why, patienceSeconds);
  }
  if (disruptionsAllowed < 0) return forbidden(name, 'pdb disruptions allowed is negative');
  if (Object.keys(status.disruptedPods ?? {}).length > disruptedPodsMax) {
    return forbidden(
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  }
  if (disruptionsAllowed > 0) return undefined;
  const needs = `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return tooMany(`The disruption budget ${name} ${needs}`);
}

const tooMany = (message: string, retryAfterSeconds?: number): Status =>
  rejection(
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [{ reason: 'DisruptionBudget', message }],
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  );

/** Upstream names the resource in the singular here. */
const forbidden = (name: string, why: string): Status =>
  rejection('Forbidden', `poddisruptionbudget.policy "${name}" is forbidden: ${why}`, {
    name,
    group: 'policy',
    kind: 'poddisruptionbudget',
  });

export function evictPod({ namespace, name, object }: PostRequest, asked: Handling): Response {
  const { kind, store } = asked;
  const { metadata = {}, deleteOptions = {} } = (object ?? {}) as Eviction;
  if (metadata.name !== name) {
    return refused(badRequest('name in URL does not match name in Eviction object'));
  }
  const { dryRun = [], ...options } = deleteOptions;
  const handling = dryRun.length > 0 ? asked.tried() : asked;
  const home = homeOf(kind, namespace);
  const pod = store.get<Pod>('Pod', makeKey(home, name));
  if (pod === undefined) return refused(notFound(kind, name));
  const ofNamespace = store
    .view()
    .by<PodDisruptionBudget>('PodDisruptionBudget', 'namespace', home ?? '');
  const decision = decideEviction(pod, budgetsOf(pod, ofNamespace));
  if (decision.type === 'refuse') return refused(decision.status);
  if (decision.type === 'spend') {
    const spent = handling.ask({
      verb: 'update',
      kind: 'PodDisruptionBudget',
      subresource: 'status',
      object: spend(decision.budget, name, handling.now),
    });
    if (!spent.ok) return spent;
  }
  // Judged only now: what was spent for a Pod that was not meant is given back when it is not seen to go.
  const unmet = unmetPrecondition(options, pod);
  if (unmet !== undefined) return refused(preconditionFailed(kind, name, unmet));
  return removeObject(announce(pod, handling), options, handling);
}

/** The budget with one disruption less to allow, and the Pod among those that were let go. */
function spend(budget: PodDisruptionBudget, pod: string, now: number): PodDisruptionBudget {
  const { status } = budget;
  const disruptionsAllowed = status.disruptionsAllowed - 1;
  const disruptedPods = { ...status.disruptedPods, [pod]: timestamp(now) };
  const next = { ...status, disruptionsAllowed, disruptedPods };
  return {
    ...budget,
    status: disruptionsAllowed === 0 ? withAllowance(next, now) : next,
  };
}

/** Says on the Pod what ends it. */
function announce(pod: Pod, handling: Handling): Pod {
  const told = {
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  } as const;
  const conditions = withDisruptionTarget(pod, told, handling.now);
  const next = share(pod, { ...pod, status: { ...pod.status, conditions } });
  return next === pod ? pod : (handling.write('create', pod, next, 'eviction') as Pod);
}
