/** What of a recommendation may be done now, by what was recommended and done before (ctl-05 §A.5, §A.6). */
import type { HorizontalPodAutoscaler } from '../../api/horizontalpodautoscaler.ts';
import { limitByRules, limitMessages, limitPlainly } from './limits.ts';
import type { Remembered } from './memory.ts';
import { defaultWindowSeconds, stabilize, stabilizeDown } from './stabilize.ts';
import type { StatusDraft } from './status.ts';

export interface Normalized {
  readonly replicas: number;
  readonly conditions: readonly Parameters<StatusDraft['condition']>[];
  /** More may be done later, though nothing else changes. */
  readonly held: boolean;
}

/** Notes the recommendation in what is remembered. */
export function normalize(
  { minReplicas: min, maxReplicas: max, behavior }: HorizontalPodAutoscaler['spec'],
  remembered: Remembered,
  current: number,
  desired: number,
  now: number,
): Normalized {
  const rules =
    behavior === undefined
      ? undefined
      : { scaleUp: behavior.scaleUp ?? {}, scaleDown: behavior.scaleDown ?? {} };
  const { replicas, recommendations } =
    rules === undefined
      ? stabilizeDown(remembered.recommendations, desired, now)
      : stabilize(remembered.recommendations, current, desired, windowsOf(rules), now);
  remembered.recommendations = recommendations;
  const bounds = { current, desired: replicas, min, max };
  const limited =
    rules === undefined
      ? limitPlainly(bounds)
      : limitByRules(bounds, rules, remembered.events, now);
  const { reason } = limited;
  const [able, why] =
    replicas === desired ? ready : rules !== undefined && desired >= current ? heldUp : heldDown;
  const clipped = limited.replicas === replicas ? 'False' : 'True';
  return {
    replicas: limited.replicas,
    conditions: [
      ['AbleToScale', 'True', able, why],
      ['ScalingLimited', clipped, reason, limitMessages[reason]],
    ],
    held: replicas !== desired || reason === 'ScaleUpLimit' || reason === 'ScaleDownLimit',
  };
}

const ready = ['ReadyForNewScale', 'recommended size matches current size'] as const;
const heldUp = [
  'ScaleUpStabilized',
  'recent recommendations were lower than current one, applying the lowest recent recommendation',
] as const;
const heldDown = [
  'ScaleDownStabilized',
  'recent recommendations were higher than current one, applying the highest recent recommendation',
] as const;

const windowsOf = ({ scaleUp, scaleDown }: Parameters<typeof limitByRules>[1]) => ({
  upSeconds: scaleUp.stabilizationWindowSeconds ?? 0,
  downSeconds: scaleDown.stabilizationWindowSeconds ?? defaultWindowSeconds,
});
