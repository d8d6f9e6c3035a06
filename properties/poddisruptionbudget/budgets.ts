/** Budgets, what is spent of them, and what their Pods are, as the rules see them: apart from what the controller does. */
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodReady, isPodTerminal } from '../../src/api/pod/podstatus.ts';
import type { PodDisruptionBudget } from '../../src/api/poddisruptionbudget.ts';
import { selectorOf } from '../../src/api/selectors/selectors.ts';
import type { Entry } from '../../src/log/entry.ts';
import type { View } from '../../src/store/view.ts';

export const by = 'disruption-controller';
export const budgetKind = 'PodDisruptionBudget';

/** So long a Pod that was let go may take to be seen to go. */
export const patienceMs = 120_000;

export const podsOf = ({ metadata, spec }: PodDisruptionBudget, view: View): readonly Pod[] => {
  const matches = selectorOf(spec.selector);
  return view
    .by<Pod>('Pod', 'namespace', metadata.namespace ?? '')
    .filter(({ metadata: { labels } }) => matches(labels));
};

export const budgetsFor = (pod: Pod, view: View): readonly PodDisruptionBudget[] =>
  view
    .by<PodDisruptionBudget>(budgetKind, 'namespace', pod.metadata.namespace ?? '')
    .filter(({ spec }) => selectorOf(spec.selector)(pod.metadata.labels));

/** It is ready, and stays. */
export const isWell = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && isPodReady(pod);

/** It serves nobody yet, or no longer: its end costs nothing. */
export const isFree = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined ||
  pod.status.phase === 'Pending' ||
  isPodTerminal(pod);

/**
 * The Pods that an eviction notes as let go, when it spends of the budget: none of them is new or
 * noted anew if the same Pod is let go twice within a second. Undefined: the entry spends nothing.
 */
export function spentFor(entry: Entry): readonly string[] | undefined {
  if (entry.type !== 'write' || entry.kind !== budgetKind || entry.by === by) return undefined;
  if (entry.before === undefined || entry.after === undefined) return undefined;
  const { status: was } = entry.before as PodDisruptionBudget;
  const { status: is } = entry.after as PodDisruptionBudget;
  if (was === is) return undefined;
  return Object.entries(is.disruptedPods ?? {})
    .filter(([name, time]) => was.disruptedPods?.[name] !== time)
    .map(([name]) => name);
}

/** An eviction is about to delete a Pod. */
export const isEviction = (entry: Entry): boolean =>
  entry.type === 'write' && entry.kind === 'Pod' && entry.subresource === 'eviction';

/** The controller writes what it counted. */
export const isCount = (entry: Entry): boolean =>
  entry.type === 'write' &&
  entry.kind === budgetKind &&
  entry.by === by &&
  entry.before !== undefined &&
  entry.after !== undefined;
