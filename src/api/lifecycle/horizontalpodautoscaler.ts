/** What happened to a HorizontalPodAutoscaler between two versions of it, as events of its machine. */

import type { HorizontalPodAutoscaler } from '../horizontalpodautoscaler.ts';
import type { LifecycleEvent } from '../kind.ts';
import { conditionOf } from '../meta.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

type Autoscaler = HorizontalPodAutoscaler | undefined;

export function horizontalPodAutoscalerLifecycle(
  before: Autoscaler,
  after: Autoscaler,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  if (before?.status !== after.status) {
    told(before, after, 'AbleToScale', { True: 'becameAble', False: 'becameUnable' }, events);
    told(before, after, 'ScalingActive', { True: 'activated', False: 'deactivated' }, events);
    const limited = statusOf(after, 'ScalingLimited') === 'True';
    if (limited !== (statusOf(before, 'ScalingLimited') === 'True')) {
      events.push(event(`horizontalpodautoscaler.${limited ? 'limited' : 'unlimited'}`));
    }
  }
  deletionEvents('horizontalpodautoscaler', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('horizontalpodautoscaler');

const statusOf = (autoscaler: Autoscaler, type: string) =>
  conditionOf(autoscaler?.status?.conditions, type)?.status;

function told(
  before: Autoscaler,
  after: HorizontalPodAutoscaler,
  type: string,
  names: Readonly<Record<string, string>>,
  events: LifecycleEvent[],
): void {
  const is = statusOf(after, type);
  const name = is === undefined ? undefined : names[is];
  if (is !== statusOf(before, type) && name !== undefined) {
    events.push(event(`horizontalpodautoscaler.${name}`));
  }
}
