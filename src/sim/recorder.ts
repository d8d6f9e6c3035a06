/**
 * client-go's event recorder (ctl-01 §9): aggregates what components say about objects, counts what
 * they repeat, drops what is too much, and hands the rest to be written later, apart from any pass.
 */
import type { Event, ObjectReference } from '../api/event.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { epochMs, microTimestamp, timestamp } from '../api/time.ts';
import type { Request, Response } from '../apiserver/request.ts';
import { hashText } from './chance.ts';
import type { Recorded } from './component.ts';
import { TokenBucket } from './ratelimiter.ts';

/** Distinct messages of one group from which on they are told as one. */
const similarMax = 10;
const similarWindowMs = 600_000;
const spamBurst = 25;
const spamPerSecond = 1 / 300;
const queueMax = 1000;

/** An Event about to be written, and what led to it. */
export interface PendingEvent {
  readonly request: Request;
  readonly causes: readonly number[];
  readonly answered: (response: Response) => void;
}

interface Group {
  readonly messages: Set<string>;
  lastAt: number;
}

interface Series {
  readonly name: string;
  readonly namespace: string;
  count: number;
  /** What was created, to be created again if it is gone when it is to be counted up. */
  draft: Draft | undefined;
}

export class Recorder {
  readonly #component: string;
  /** The events.k8s.io recorder writes times and reporters differently and keeps no counts. */
  readonly #modern: boolean;
  readonly #host: string | undefined;
  readonly #groups = new Map<string, Group>();
  readonly #series = new Map<string, Series>();
  readonly #spam = new Map<string, TokenBucket>();
  readonly #pending: PendingEvent[] = [];
  #serial: number;

  constructor(component: string, { modern, host }: { modern?: boolean; host?: string } = {}) {
    this.#component = component;
    // Components count apart, or two of them would give one name at one instant.
    this.#serial = hashText(`${component}/${host ?? ''}`) % 500_000;
    this.#modern = modern ?? false;
    this.#host = host;
  }

  get pending(): number {
    return this.#pending.length;
  }

  take(): PendingEvent | undefined {
    return this.#pending.shift();
  }

  record(event: Recorded, now: number, causes: readonly number[]): void {
    if (this.#pending.length >= queueMax) return;
    const about = referenceTo(event.about, event.fieldPath);
    const subject = `${about.kind}/${about.namespace ?? ''}/${about.name}/${about.uid}`;
    if (this.#modern) return this.#create(event, about, event.message, now, causes, undefined);
    const group = `${subject}|${event.type}|${event.reason}`;
    const combined = this.#aggregate(group, event.message, now);
    const message = combined ? `(combined from similar events): ${event.message}` : event.message;
    const key = combined ? group : `${group}|${event.fieldPath ?? ''}|${event.message}`;
    const series = this.#series.get(key);
    if (series !== undefined) series.count += 1;
    if (!this.#allowed(`${subject}|${event.type}`, now)) {
      if (series === undefined) this.#remember(key, about, now, 1);
      return;
    }
    if (series === undefined) this.#create(event, about, message, now, causes, key);
    else this.#repeat(series, message, now, causes);
  }

  memory(now: number): unknown {
    return [
      [...this.#groups].map(([group, { messages }]) => [group, messages.size]),
      [...this.#series].map(([key, { count }]) => [key, count]),
      [...this.#spam].map(([key, bucket]) => [key, bucket.memory(now)]),
      this.#pending.length,
    ];
  }

  /** Whether the group has so many different messages by now that this one is told as similar. */
  #aggregate(key: string, message: string, now: number): boolean {
    let group = this.#groups.get(key);
    if (group === undefined || now - group.lastAt > similarWindowMs) {
      group = { messages: new Set(), lastAt: now };
      this.#groups.set(key, group);
    }
    group.lastAt = now;
    group.messages.add(message);
    if (group.messages.size < similarMax) return false;
    for (const oldest of group.messages) {
      group.messages.delete(oldest);
      break;
    }
    return true;
  }

  #allowed(key: string, now: number): boolean {
    let bucket = this.#spam.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(spamPerSecond, spamBurst);
      this.#spam.set(key, bucket);
    }
    return bucket.take(now);
  }

  #remember(key: string, about: ObjectReference, now: number, count: number): Series {
    const name = `${about.name}.${this.#nanoseconds(now)}`;
    const namespace = about.namespace ?? 'default';
    const series: Series = { name, namespace, count, draft: undefined };
    this.#series.set(key, series);
    return series;
  }

  #create(
    { type, reason, action }: Recorded,
    about: ObjectReference,
    message: string,
    now: number,
    causes: readonly number[],
    key: string | undefined,
  ): void {
    const namespace = about.namespace ?? 'default';
    const series = key === undefined ? undefined : this.#remember(key, about, now, 1);
    const name = series?.name ?? `${about.name}.${this.#nanoseconds(now)}`;
    const common = { reason, message, type, reportingComponent: this.#component };
    const time = timestamp(now);
    const object = {
      apiVersion: 'v1' as const,
      kind: 'Event' as const,
      metadata: { name, namespace },
      involvedObject: about,
      ...common,
      ...(this.#modern
        ? {
            source: {},
            firstTimestamp: null,
            lastTimestamp: null,
            eventTime: microTimestamp(now),
            ...(action === undefined ? {} : { action }),
            reportingInstance: `${this.#component}-${this.#host ?? 'control-plane'}`,
          }
        : {
            source: {
              component: this.#component,
              ...(this.#host === undefined ? {} : { host: this.#host }),
            },
            firstTimestamp: time,
            lastTimestamp: time,
            count: 1,
            eventTime: null,
            reportingInstance: this.#host ?? '',
          }),
    } satisfies Omit<Event, 'metadata'> & { metadata: unknown };
    if (series !== undefined) series.draft = object;
    const request: Request = { verb: 'create', kind: 'Event', namespace, object };
    this.#pending.push({ request, causes, answered: () => {} });
  }

  #repeat(series: Series, message: string, now: number, causes: readonly number[]): void {
    const { name, namespace, count } = series;
    const patch = { count, lastTimestamp: timestamp(now), message };
    const request: Request = {
      verb: 'patch',
      kind: 'Event',
      namespace,
      name,
      patchType: 'strategic',
      patch,
    };
    const answered = (response: Response) => {
      if (response.ok || response.status.reason !== 'NotFound' || !series.draft) return;
      const object = { ...series.draft, ...patch };
      const again: Request = { verb: 'create', kind: 'Event', namespace, object };
      this.#pending.push({ request: again, causes, answered: () => {} });
    };
    this.#pending.push({ request, causes, answered });
  }

  /** Unix nanoseconds in hexadecimal; events of one instant differ in the last digits. */
  #nanoseconds(now: number): string {
    this.#serial += 1;
    return (
      BigInt(epochMs + Math.floor(now)) * 1_000_000n +
      BigInt(this.#serial % 1_000_000)
    ).toString(16);
  }
}

function referenceTo(object: KubeObject, fieldPath: string | undefined): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    apiVersion: object.apiVersion,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
