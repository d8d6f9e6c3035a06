/** When a ready Pod becomes available by waiting: nothing else would wake its owner then. */
import type { Pod } from '../../api/pod/pod.ts';
import { isPodAvailable, isPodReady, podCondition } from '../../api/pod/podstatus.ts';
import { parseTimestamp } from '../../api/time.ts';

/** What a status counts. */
export interface Availability {
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
}

/**
 * Milliseconds until the next of the Pods that are ready becomes available; undefined: none is
 * waited for. As since 1.35 for ReplicaSets, and since 1.36 for StatefulSets.
 */
export function nextAvailabilityCheck(
  minReadySeconds: number,
  { readyReplicas = 0, availableReplicas = 0 }: Availability,
  pods: readonly Pod[],
  now: number,
): number | undefined {
  if (minReadySeconds === 0 || readyReplicas === availableReplicas) return undefined;
  let soonest = minReadySeconds * 1000;
  for (const pod of pods) {
    if (!isPodReady(pod) || isPodAvailable(pod, minReadySeconds, now)) continue;
    const since = podCondition(pod, 'Ready')?.lastTransitionTime;
    if (since === undefined) continue;
    // It is available after that instant, and not at it.
    const left = parseTimestamp(since) + minReadySeconds * 1000 - now + 1;
    soonest = Math.min(soonest, left);
  }
  return Math.max(soonest, 1);
}
