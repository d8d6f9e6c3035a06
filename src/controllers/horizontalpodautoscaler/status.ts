/** What an autoscaler's status says, as it grows in the course of a pass (ctl-05 §A.2). */
import { semanticDeepEqual } from '../../api/equal.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from '../../api/horizontalpodautoscaler.ts';
import type { Condition } from '../../api/meta.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';

export class StatusDraft {
  readonly #autoscaler: HorizontalPodAutoscaler;
  readonly #now: number;
  #conditions: readonly Condition[];

  constructor(autoscaler: HorizontalPodAutoscaler, now: number) {
    this.#autoscaler = autoscaler;
    this.#now = now;
    this.#conditions = autoscaler.status.conditions ?? [];
  }

  /** The time of the last transition stays if there is none. */
  condition(
    type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited',
    status: 'True' | 'False',
    reason: string,
    message: string,
  ): void {
    const at = this.#conditions.findIndex((one) => one.type === type);
    const before = this.#conditions[at];
    const since = before?.status === status ? before.lastTransitionTime : undefined;
    const lastTransitionTime = since ?? timestamp(this.#now);
    const next: Condition = { type, status, lastTransitionTime, reason, message };
    this.#conditions = at < 0 ? [...this.#conditions, next] : this.#conditions.with(at, next);
  }

  /** Only the conditions and the size that was found: nothing was decided. */
  *writeUndecided(current?: number): Requests<boolean> {
    const { currentReplicas, ...rest } = this.#autoscaler.status;
    const size = current ?? currentReplicas;
    return yield* this.#write({ ...rest, ...(size ? { currentReplicas: size } : {}) });
  }

  *writeDecided(
    current: number,
    desiredReplicas: number,
    statuses: readonly MetricStatus[],
    rescaled: boolean,
  ): Requests<boolean> {
    const { lastScaleTime: before } = this.#autoscaler.status;
    const lastScaleTime = rescaled ? timestamp(this.#now) : before;
    return yield* this.#write({
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      ...(current === 0 ? {} : { currentReplicas: current }),
      desiredReplicas,
      currentMetrics: statuses.length === 0 ? null : statuses,
    });
  }

  /** Whether there was anything to be written. A refusal is forgotten: it looks again soon anyway. */
  *#write(status: Omit<HorizontalPodAutoscalerStatus, 'conditions'>): Requests<boolean> {
    const next = { ...status, conditions: this.#conditions };
    if (semanticDeepEqual(this.#autoscaler.status, next)) return false;
    yield* call<HorizontalPodAutoscaler>({
      verb: 'update',
      kind: 'HorizontalPodAutoscaler',
      object: { ...this.#autoscaler, status: next },
      subresource: 'status',
    });
    return true;
  }
}
