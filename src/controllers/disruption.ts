/**
 * Disruption controller (ctl-05 §B): counts, for each PodDisruptionBudget, how many of its Pods are
 * healthy and how many must be, and so how many may be evicted.
 */
import { allowanceOf, budgetsOf, withAllowance, withDisruptionAllowed } from '../api/disruption.ts';
import { semanticDeepEqual } from '../api/equal.ts';
import type { Key } from '../api/meta.ts';
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../api/poddisruptionbudget.ts';
import { selectorOf } from '../api/selectors/selectors.ts';
import { goSelector } from '../api/selectors/selectortext.ts';
import type { Status } from '../api/status.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { budgetCounts, type Counts, countHealthy, countsControllers } from './disruption/counts.ts';
import { type Expected, expectedScale } from './disruption/scale.ts';
import { stillDisrupted } from './disruption/stilldisrupted.ts';

export const disruptionController = (): Controller => ({
  name: 'disruption-controller',
  recorder: 'controllermanager',
  watches: [
    'PodDisruptionBudget',
    'Pod',
    'ReplicationController',
    'ReplicaSet',
    'Deployment',
    'StatefulSet',
  ],
  keysFor,
  reconcile,
});

function keysFor({ kind, key, object }: WatchEvent, context: ControllerContext): void {
  if (kind === 'PodDisruptionBudget') context.queue.add(key);
  if (kind === 'Pod') podChanged(object as Pod, context);
}

function podChanged(pod: Pod, context: ControllerContext): void {
  const { view, queue } = context;
  const { namespace = '', name } = pod.metadata;
  const all = view.by<PodDisruptionBudget>('PodDisruptionBudget', 'namespace', namespace);
  if (all.length === 0) return;
  const [first, second] = budgetsOf(pod, all);
  if (first === undefined) return;
  if (second !== undefined) {
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${first.metadata.name}" arbitrarily.`;
    context.record(pod, 'Warning', 'MultiplePodDisruptionBudgets', message);
  }
  queue.add(keyOf(first));
}

function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const budget = context.view.get<PodDisruptionBudget>('PodDisruptionBudget', key);
  if (budget === undefined) return undefined;
  const pods = podsOf(budget, context);
  if (pods.length === 0) context.record(budget, 'Normal', 'NoPods', 'No matching pods found');
  const expected = yield* expectedOf(budget, pods, context);
  if ('error' in expected) {
    const message = `Failed to calculate the number of expected pods: ${expected.error}`;
    context.record(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
    return yield* failSafe(budget, expected.error, context);
  }
  if (expected.unmanaged) {
    context.record(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget));
  }
  const disrupted = stillDisrupted(budget, pods, context.now);
  for (const pod of disrupted.overdue) {
    const { namespace } = budget.metadata;
    // Upstream names the namespace twice, and the budget not at all.
    const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
    context.record(pod, 'Warning', 'NotDeleted', message);
  }
  const counts = budgetCounts(budget.spec, {
    scale: expected.scale,
    selected: pods.length,
    healthy: countHealthy(pods, disrupted.pods, context.now),
  });
  const status = statusOf(budget, counts, disrupted.pods, context.now);
  if (status !== undefined) {
    const refused = yield* writeStatus({ ...budget, status });
    if (refused !== undefined) {
      if (refused.reason === 'Conflict') return { error: refused.message };
      return yield* failSafe(budget, refused.message, context);
    }
  }
  if (disrupted.checkAfterMs !== undefined) context.queue.addAfter(key, disrupted.checkAfterMs);
  return undefined;
}

function podsOf(budget: PodDisruptionBudget, { view }: ControllerContext): readonly Pod[] {
  const { metadata, spec } = budget;
  const matches = selectorOf(spec.selector);
  return view
    .by<Pod>('Pod', 'namespace', metadata.namespace ?? '')
    .filter(({ metadata: { labels } }) => matches(labels));
}

/** How many Pods the controllers of the Pods want, where the budget's bound is a share of that. */
function* expectedOf(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  context: ControllerContext,
): Requests<Expected> {
  if (!countsControllers(budget.spec)) return { scale: 0, unmanaged: false };
  return yield* expectedScale(pods, context);
}

const unmanagedText = ({ spec }: PodDisruptionBudget): string =>
  `Pods selected by this PodDisruptionBudget (selector: ${goSelector(spec.selector)}) were found to be unmanaged. ` +
  'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
  'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';

/** The status to be written; undefined if it says all that already. */
function statusOf(
  { status, metadata }: PodDisruptionBudget,
  counts: Counts,
  disruptedPods: Readonly<Record<string, string>>,
  now: number,
): PodDisruptionBudgetStatus | undefined {
  const { generation = 0 } = metadata;
  const { conditions } = status;
  const said = conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const told = allowanceOf(counts.disruptionsAllowed);
  if (
    status.observedGeneration === generation &&
    status.currentHealthy === counts.currentHealthy &&
    status.desiredHealthy === counts.desiredHealthy &&
    status.expectedPods === counts.expectedPods &&
    status.disruptionsAllowed === counts.disruptionsAllowed &&
    semanticDeepEqual(status.disruptedPods, disruptedPods) &&
    said?.status === told.status &&
    said.reason === told.reason
  ) {
    return undefined;
  }
  const next: PodDisruptionBudgetStatus = {
    observedGeneration: generation,
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    ...counts,
    ...(conditions === undefined ? {} : { conditions }),
  };
  return withAllowance(next, now);
}

/** Nothing could be counted: then nothing may be evicted. */
function* failSafe(
  budget: PodDisruptionBudget,
  message: string,
  { now }: ControllerContext,
): Requests<Outcome> {
  const told = { status: 'False', reason: 'SyncFailed', message } as const;
  const status = withDisruptionAllowed({ ...budget.status, disruptionsAllowed: 0 }, told, now);
  const refused = yield* writeStatus({ ...budget, status });
  return refused === undefined ? undefined : { error: refused.message };
}

/** On the version that was counted from: what evictions took meanwhile must not be given back. */
function* writeStatus(budget: PodDisruptionBudget): Requests<Status | undefined> {
  const written = yield* call<PodDisruptionBudget>({
    verb: 'update',
    kind: 'PodDisruptionBudget',
    object: budget,
    subresource: 'status',
  });
  return written.ok ? undefined : written.status;
}
