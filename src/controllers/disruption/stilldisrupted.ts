/** Pods that evictions let go and that are not seen to be deleted yet (ctl-05 §B.3). */
import type { Pod } from '../../api/pod/pod.ts';
import type { PodDisruptionBudget } from '../../api/poddisruptionbudget.ts';
import { parseTimestamp } from '../../api/time.ts';

/** So long a Pod that was let go may take to be seen as deleted; then it counts as staying. */
export const deletionTimeoutMs = 120_000;

export interface Disrupted {
  readonly pods: Readonly<Record<string, string>>;
  /** Those of which it is not believed any more. */
  readonly overdue: readonly Pod[];
  readonly checkAfterMs: number | undefined;
}

/** When the Pod was let go, if it was. */
export function disruptedAt(
  disruptedPods: Readonly<Record<string, string>>,
  { metadata: { name } }: Pod,
): number | undefined {
  return Object.hasOwn(disruptedPods, name) ? parseTimestamp(disruptedPods[name]!) : undefined;
}

/** What remains of the budget's note: Pods that are there and not marked, for a while. */
export function stillDisrupted(
  { status: { disruptedPods = {} } }: PodDisruptionBudget,
  pods: readonly Pod[],
  now: number,
): Disrupted {
  const kept: [string, string][] = [];
  const overdue: Pod[] = [];
  let soonest = Number.POSITIVE_INFINITY;
  for (const pod of pods) {
    const since = disruptedAt(disruptedPods, pod);
    if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const due = since + deletionTimeoutMs;
    if (due < now) overdue.push(pod);
    else {
      soonest = Math.min(soonest, due);
      kept.push([pod.metadata.name, disruptedPods[pod.metadata.name]!]);
    }
  }
  // One millisecond more: it is overdue only after that instant.
  const checkAfterMs = Number.isFinite(soonest) ? soonest - now + 1 : undefined;
  return { pods: Object.fromEntries(kept), overdue, checkAfterMs };
}
