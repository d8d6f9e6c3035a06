/**
 * How the events.k8s.io recorder tells what is repeated (ctl-01 §9): the first time as an Event, the
 * second as its series; from then on it counts, and writes the count every half hour or when six
 * minutes have gone by without another one.
 */
import type { Event } from '../api/event.ts';
import type { Draft } from '../api/meta.ts';
import { microTimestamp } from '../api/time.ts';
import type { Request } from '../apiserver/request.ts';

const finishMs = 6 * 60_000;
const refreshMs = 30 * 60_000;

interface Repeated {
  readonly draft: Draft<Event>;
  count: number;
  lastAt: number;
}

/** A write of an Event, and what takes its place if the Event is gone. */
export interface EventWrite {
  readonly request: Request;
  readonly otherwise?: Request;
}

export class EventSeries {
  /** By what makes two of them the same, but for their words. */
  readonly #known = new Map<string, Repeated>();
  #refreshAt = refreshMs;

  /** Undefined: it is only counted. */
  record(draft: Draft<Event>, now: number): EventWrite | undefined {
    const key = keyOf(draft);
    const known = this.#known.get(key);
    if (known === undefined) {
      this.#known.set(key, { draft, count: 1, lastAt: now });
      return { request: creation(draft) };
    }
    known.count += 1;
    known.lastAt = now;
    return known.count === 2 ? told(known) : undefined;
  }

  /** When it has to be looked after: on the ticks of its own clock. */
  nextLookAt(now: number): number | undefined {
    return this.#known.size === 0 ? undefined : (Math.floor(now / finishMs) + 1) * finishMs;
  }

  /** Ends series that nothing was added to, and tells how long the others are. */
  look(now: number): readonly EventWrite[] {
    const writes: EventWrite[] = [];
    const refreshes = now >= this.#refreshAt;
    if (refreshes) this.#refreshAt = (Math.floor(now / refreshMs) + 1) * refreshMs;
    for (const [key, known] of this.#known) {
      const ends = known.lastAt < now - finishMs;
      if (ends) this.#known.delete(key);
      if (known.count > 1 && (ends || refreshes)) writes.push(told(known));
    }
    return writes;
  }

  /** What it would take for the same. */
  memory(): readonly string[] {
    return [...this.#known.keys()];
  }
}

const keyOf = ({ type, action, reason, involvedObject: about }: Draft<Event>): string =>
  [type, action, reason, about.uid, about.resourceVersion, about.fieldPath].join('|');

function told({ draft, count, lastAt }: Repeated): EventWrite {
  const series = { count, lastObservedTime: microTimestamp(lastAt) };
  const { name, namespace } = draft.metadata;
  const patch = { series };
  return {
    request: {
      verb: 'patch',
      kind: 'Event',
      namespace: namespace!,
      name: name!,
      patchType: 'strategic',
      patch,
    },
    otherwise: creation({ ...draft, series } as Draft<Event>),
  };
}

const creation = (object: Draft<Event>): Request => ({
  verb: 'create',
  kind: 'Event',
  namespace: object.metadata.namespace!,
  object,
});
