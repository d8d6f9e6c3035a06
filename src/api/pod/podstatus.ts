/** What controllers ask of a Pod: active, terminating, ready, available (ctl-01 §7). */
import { type Condition, conditionOf } from '../meta.ts';
import { parseTimestamp } from '../time.ts';
import type { Pod } from './pod.ts';

export const isPodTerminal = ({ status: { phase } }: Pod): boolean =>
  phase === 'Succeeded' || phase === 'Failed';

/** Neither finished nor being deleted. */
export const isPodActive = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod);

/** Being deleted, and not finished yet. */
export const isPodTerminating = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod);

export const podCondition = (
  { status: { conditions } }: Pod,
  type: string,
): Condition | undefined => conditionOf(conditions, type);

export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

/** Ready for at least `minReadySeconds`; a Pod without a transition time is not, unless that is 0. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const since = ready.lastTransitionTime;
  return since !== undefined && parseTimestamp(since) + minReadySeconds * 1000 < nowMs;
}
