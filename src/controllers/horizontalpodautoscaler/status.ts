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
  readonly #onRefused: (message: string) => void;
  #conditions: readonly Condition[];

  /** `onRefused` is told why a status could not be written. */
  constructor(
    autoscaler: HorizontalPodAutoscaler,
    now: number,
    onRefused: (message: string) => void,
  ) {
    this.#autoscaler = autoscaler;
    this.#now = now;
    this.#onRefused = onRefused;
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

  /** Nothing was decided: only what was found is told. A metric that failed leaves an empty entry. */
  *writeUndecided(current?: number, statuses?: readonly MetricStatus[]): Requests<boolean> {
    const { status } = this.#autoscaler;
    if (current === undefined || statuses === undefined) return yield* this.#write(status);
    return yield* this.writeDecided(current, status.desiredReplicas, statuses, false);
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

  /** Whether there was anything to be written. What was refused is tried again with the next look. */
  *#write(status: Omit<HorizontalPodAutoscalerStatus, 'conditions'>): Requests<boolean> {
    const next = { ...status, conditions: this.#conditions };
    if (semanticDeepEqual(this.#autoscaler.status, next)) return false;
    const written = yield* call<HorizontalPodAutoscaler>({
      verb: 'update',
      kind: 'HorizontalPodAutoscaler',
      object: { ...this.#autoscaler, status: next },
      subresource: 'status',
    });
    if (!written.ok) this.#onRefused(written.status.message);
    return true;
  }
}
