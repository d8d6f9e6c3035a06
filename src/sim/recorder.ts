/**
 * client-go's event recorder (ctl-01 §9): aggregates what components say about objects, counts what
 * they repeat, drops what is too much, and hands the rest to be written later, apart from any pass.
 */

import type { Event, ObjectReference } from '../api/event.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { epochMs, microTimestamp, timestamp } from '../api/time.ts';
import type { Request, Response } from '../apiserver/request.ts';
import { flat } from '../flat.ts';
import { hashText } from './chance.ts';
import type { Recorded } from './component.ts';
import { EventSeries, type EventWrite } from './eventseries.ts';
import { Subject, type Told } from './eventsubject.ts';

const queueMax = 1000;

/** An Event about to be written, and what led to it. */
export interface PendingEvent {
  readonly request: Request;
  readonly causes: readonly number[];
  readonly answered: (response: Response) => void;
}

export class Recorder {
  readonly #component: string;
  /** The events.k8s.io recorder writes times and reporters differently, and tells series. */
  readonly #series: EventSeries | undefined;
  readonly #host: string | undefined;
  /** By uid, or by name where an Event says no more. */
  readonly #subjects = new Map<string, Subject>();
  readonly #pending: PendingEvent[] = [];
  #serial: number;
  #instant = new Instant(0);

  constructor(component: string, { modern, host }: { modern?: boolean; host?: string } = {}) {
    this.#component = component;
    // Components count apart, or two of them would give one name at one instant.
    this.#serial = hashText(`${component}/${host ?? ''}`) % 500_000;
    this.#series = modern === true ? new EventSeries() : undefined;
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
    if (this.#series !== undefined) {
      const draft = this.#draftOf(event, about, event.message, now, undefined);
      const write = this.#series.record(draft, now);
      if (write !== undefined) this.#tell(write, causes);
      return;
    }
    const subject = this.#subjectOf(event.about);
    const { type, message: said, fieldPath } = event;
    const group = subject.group(type, event.reason);
    const combined = group.combines(said, now);
    const message = combined ? `(combined from similar events): ${said}` : said;
    const known = combined ? group.combined : group.find(fieldPath, said);
    if (known !== undefined) known.count += 1;
    const isAllowed = subject.allows(type, now);
    if (known !== undefined) {
      if (isAllowed) this.#repeat(event, known, message, now, causes);
      return;
    }
    const name = flat(`${about.name}.${this.#nanoseconds(now)}`);
    const told: Told = { about, message: said, name, at: now, count: 1, isCreated: isAllowed };
    if (combined) group.combined = told;
    else group.add(told);
    if (isAllowed) this.#create(event, told, message, causes);
  }

  memory(now: number): unknown {
    return [
      [...this.#subjects].map(([uid, subject]) => [uid, ...subject.memory(now)]),
      this.#pending.length,
      this.#series?.memory(),
    ];
  }

  #subjectOf({ metadata: { uid, namespace, name } }: KubeObject): Subject {
    const id = uid ?? `${namespace}/${name}`;
    let subject = this.#subjects.get(id);
    if (subject === undefined) {
      subject = new Subject();
      this.#subjects.set(id, subject);
    }
    return subject;
  }

  #create(event: Recorded, told: Told, message: string, causes: readonly number[]): void {
    const { about, name, at } = told;
    const object = this.#draftOf(event, about, message, at, name);
    const namespace = object.metadata.namespace!;
    const request: Request = { verb: 'create', kind: 'Event', namespace, object };
    this.#pending.push({ request, causes, answered: () => {} });
  }

  #draftOf(
    { type, reason, action }: Recorded,
    about: ObjectReference,
    message: string,
    now: number,
    known: string | undefined,
  ): Draft<Event> {
    const namespace = about.namespace ?? 'default';
    const name = known ?? flat(`${about.name}.${this.#nanoseconds(now)}`);
    const common = { reason, message, type, reportingComponent: this.#component };
    const time = timestamp(now);
    return {
      apiVersion: 'v1' as const,
      kind: 'Event' as const,
      metadata: { name, namespace },
      involvedObject: about,
      ...common,
      ...(this.#series !== undefined
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
    } as Draft<Event>;
  }

  /** When it has something to tell by itself, though nothing happens. */
  nextLookAt(now: number): number | undefined {
    return this.#series?.nextLookAt(now);
  }

  /** Tells what became of the series. */
  look(now: number): void {
    for (const write of this.#series?.look(now) ?? []) this.#tell(write, []);
  }

  #tell({ request, otherwise }: EventWrite, causes: readonly number[]): void {
    const answered = (response: Response) => {
      if (otherwise === undefined || response.ok || response.status.reason !== 'NotFound') return;
      this.#pending.push({ request: otherwise, causes, answered: () => {} });
    };
    this.#pending.push({ request, causes, answered });
  }

  #repeat(
    event: Recorded,
    told: Told,
    message: string,
    now: number,
    causes: readonly number[],
  ): void {
    const { about, name, count, at, isCreated } = told;
    const { namespace = 'default' } = about;
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
      if (response.ok || response.status.reason !== 'NotFound' || !isCreated) return;
      const object = { ...this.#draftOf(event, about, message, at, name), ...patch };
      const again: Request = { verb: 'create', kind: 'Event', namespace, object };
      this.#pending.push({ request: again, causes, answered: () => {} });
    };
    this.#pending.push({ request, causes, answered });
  }

  /** Unix nanoseconds in hexadecimal; events of one instant differ in the last digits. */
  #nanoseconds(now: number): string {
    this.#serial += 1;
    if (this.#instant.now !== now) this.#instant = new Instant(now);
    return this.#instant.plus(this.#serial % 1_000_000);
  }
}

/** Nanoseconds of one instant: more than a number holds, so kept as a high part and 20 bits. */
class Instant {
  readonly now: number;
  readonly #high: bigint;
  readonly #low: number;
  readonly #prefix: string;

  constructor(now: number) {
    const nanoseconds = BigInt(epochMs + Math.floor(now)) * 1_000_000n;
    this.now = now;
    this.#high = nanoseconds >> 20n;
    this.#low = Number(nanoseconds & 0xfffffn);
    this.#prefix = this.#high.toString(16);
  }

  /** So many nanoseconds later, fewer than a million, in hexadecimal. */
  plus(nanoseconds: number): string {
    const low = this.#low + nanoseconds;
    const prefix = low < 1 << 20 ? this.#prefix : (this.#high + 1n).toString(16);
    return prefix + (low & 0xfffff).toString(16).padStart(5, '0');
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
