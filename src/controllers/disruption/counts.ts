/** What a PodDisruptionBudget's counts are (ctl-05 §B.2, §B.4, §B.5). */
import { resolveIntOrPercent } from '../../api/intstr.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady } from '../../api/pod/podstatus.ts';
import type { PodDisruptionBudget } from '../../api/poddisruptionbudget.ts';
import { deletionTimeoutMs, disruptedAt } from './stilldisrupted.ts';

export interface Counts {
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
}

export interface Found {
  /** Sum of what the controllers of the Pods want. */
  readonly scale: number;
  readonly selected: number;
  readonly healthy: number;
}

type Bounds = Pick<PodDisruptionBudget['spec'], 'minAvailable' | 'maxUnavailable'>;

/** Whether the bound is one on what the controllers of the Pods want, and not a plain count. */
export const countsControllers = ({ minAvailable, maxUnavailable }: Bounds): boolean =>
  maxUnavailable !== undefined || typeof minAvailable === 'string';

export function budgetCounts(bounds: Bounds, { scale, selected, healthy }: Found): Counts {
  const { minAvailable, maxUnavailable } = bounds;
  let expectedPods = 0;
  let desiredHealthy = 0;
  if (maxUnavailable !== undefined) {
    expectedPods = scale;
    const unavailable = resolveIntOrPercent(maxUnavailable, scale, true) ?? 0;
    desiredHealthy = Math.max(0, scale - unavailable);
  } else if (typeof minAvailable === 'string') {
    expectedPods = scale;
    desiredHealthy = resolveIntOrPercent(minAvailable, scale, true) ?? 0;
  } else if (minAvailable !== undefined) {
    expectedPods = selected;
    desiredHealthy = minAvailable;
  }
  // Without Pods nothing is allowed: the first that appear would otherwise not be guarded at once.
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, healthy - desiredHealthy) : 0;
  return { disruptionsAllowed, currentHealthy: healthy, desiredHealthy, expectedPods };
}

/** Pods that are ready, stay, and were not let go just now. */
export function countHealthy(
  pods: readonly Pod[],
  disruptedPods: Readonly<Record<string, string>>,
  now: number,
): number {
  let healthy = 0;
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const since = disruptedAt(disruptedPods, pod);
    if (since !== undefined && since + deletionTimeoutMs > now) continue;
    if (isPodReady(pod)) healthy += 1;
  }
  return healthy;
}
