/** How far a size may move at once (ctl-05 §A.5, §A.6). */
import type { ScalingPolicy, ScalingRules } from '../../api/horizontalpodautoscaler.ts';

/** An earlier rescale: by how many, whichever way. */
export interface ScaleEvent {
  readonly change: number;
  /** Simulated milliseconds. */
  readonly at: number;
}

export interface ScaleEvents {
  readonly up: readonly ScaleEvent[];
  readonly down: readonly ScaleEvent[];
}

export interface Bounds {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

export type LimitReason = keyof typeof limitMessages;

export interface Limited {
  readonly replicas: number;
  readonly reason: LimitReason;
}

export const limitMessages = {
  DesiredWithinRange: 'the desired count is within the acceptable range',
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
} as const;

/** Without rules: twice the size at most, or four. */
export function limitPlainly({ current, desired, min, max }: Bounds): Limited {
  const limit = Math.max(2 * current, 4);
  if (desired < min) return { replicas: min, reason: 'TooFewReplicas' };
  if (max > limit && desired > limit) return { replicas: limit, reason: 'ScaleUpLimit' };
  if (max <= limit && desired > max) return { replicas: max, reason: 'TooManyReplicas' };
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

export interface Rules {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** With rules: as much as the policies allow, of which what happened lately is taken off. */
export function limitByRules(
  { current, desired, min, max }: Bounds,
  { scaleUp, scaleDown }: Rules,
  events: ScaleEvents,
  now: number,
): Limited {
  if (desired > current) {
    const limit = Math.max(current, highest(current, scaleUp, events, now));
    const allowed = Math.min(max, limit);
    const reason = max > limit ? 'ScaleUpLimit' : 'TooManyReplicas';
    if (desired > allowed) return { replicas: allowed, reason };
  } else if (desired < current) {
    const limit = Math.min(current, lowest(current, scaleDown, events, now));
    const allowed = Math.max(min, limit);
    const reason = min < limit ? 'ScaleDownLimit' : 'TooFewReplicas';
    if (desired < allowed) return { replicas: allowed, reason };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

/** The size at the beginning of a policy's period. */
function sizeAtStart(
  current: number,
  { periodSeconds }: ScalingPolicy,
  { up, down }: ScaleEvents,
  now: number,
): number {
  const cutoff = now - periodSeconds * 1000;
  return current - changeSince(up, cutoff) + changeSince(down, cutoff);
}

function changeSince(events: readonly ScaleEvent[], cutoff: number): number {
  let sum = 0;
  for (const { change, at } of events) if (at > cutoff) sum += change;
  return sum;
}

function highest(
  current: number,
  { selectPolicy = 'Max', policies = [] }: ScalingRules,
  events: ScaleEvents,
  now: number,
): number {
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map((policy) => {
    const start = sizeAtStart(current, policy, events, now);
    // Rounded up: a part of little could otherwise never be reached.
    return policy.type === 'Pods'
      ? start + policy.value
      : Math.ceil(start * (1 + policy.value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function lowest(
  current: number,
  { selectPolicy = 'Max', policies = [] }: ScalingRules,
  events: ScaleEvents,
  now: number,
): number {
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map((policy) => {
    const start = sizeAtStart(current, policy, events, now);
    return policy.type === 'Pods'
      ? start - policy.value
      : Math.trunc(start * (1 - policy.value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}
