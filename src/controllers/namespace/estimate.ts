/** How long it takes until a namespace is empty, and when to look again. Seconds, all of them. */
import type { Pod } from '../../api/pod/pod.ts';

/** What is granted to whoever has to remove a finalizer. */
export const finalizerSeconds = 15;

/** When to look again if something is left for so long. */
export const requeueSeconds = (estimate: number): number => Math.floor(estimate / 2) + 1;

/** The longest grace of Pods that still run; 0 once so much has passed since the deletion. */
export function graceOf(pods: readonly Pod[], passed: number): number {
  let longest = 0;
  for (const { spec, status } of pods) {
    if (status.phase === 'Succeeded' || status.phase === 'Failed') continue;
    longest = Math.max(longest, spec.terminationGracePeriodSeconds ?? 0);
  }
  return passed >= longest ? 0 : longest;
}
