/**
 * What the controller remembers of each autoscaler: recommendations, rescales, and whom it selects.
 * It is lost with the process, as upstream's is.
 */
import type { Behavior, ScalingRules } from '../../api/horizontalpodautoscaler.ts';
import type { Key } from '../../api/meta.ts';
import type { Matches } from '../../api/selectors/selectors.ts';
import type { ScaleEvent, ScaleEvents } from './limits.ts';
import type { Recommendation } from './stabilize.ts';

export interface Remembered {
  recommendations: readonly Recommendation[];
  events: ScaleEvents;
  /** What its target selects, once that was looked at. */
  selects: Matches | undefined;
}

const nothing: ScaleEvents = { up: [], down: [] };

export class Memory {
  readonly #byKey = new Map<Key, Remembered>();

  get keys(): readonly Key[] {
    return [...this.#byKey.keys()];
  }

  of(key: Key): Remembered {
    let found = this.#byKey.get(key);
    if (found === undefined) {
      found = { recommendations: [], events: nothing, selects: undefined };
      this.#byKey.set(key, found);
    }
    return found;
  }

  forget(key: Key): void {
    this.#byKey.delete(key);
  }

  /** Ages instead of times: the same state may come back later. */
  told(now: number): unknown {
    const aged = (events: readonly ScaleEvent[]) =>
      events.map(({ change, at }) => [change, now - at]);
    return [...this.#byKey].map(([key, { recommendations, events, selects }]) => [
      key,
      recommendations.map(({ replicas, at }) => [replicas, now - at]),
      aged(events.up),
      aged(events.down),
      selects !== undefined,
    ]);
  }
}

/** A rescale, noted in the place of one that no policy looks back to any more. */
export function withRescale(
  events: ScaleEvents,
  { scaleUp, scaleDown }: Behavior,
  from: number,
  to: number,
  now: number,
): ScaleEvents {
  const event = { change: Math.abs(to - from), at: now };
  return to > from
    ? { ...events, up: noted(events.up, scaleUp, event) }
    : { ...events, down: noted(events.down, scaleDown, event) };
}

function noted(
  events: readonly ScaleEvent[],
  rules: ScalingRules | undefined,
  event: ScaleEvent,
): readonly ScaleEvent[] {
  const longest = Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds));
  const old = events.findLastIndex(({ at }) => at < event.at - longest * 1000);
  return old < 0 ? [...events, event] : events.with(old, event);
}
