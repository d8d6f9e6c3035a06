/**
 * A process: one set of shared informers and the components that live on them. It can crash at any
 * moment; what it knew is lost, and what it wrote stays.
 */
import type { Request } from '../apiserver/request.ts';
import type { Finding } from '../log/entry.ts';
import type { Store } from '../store/store.ts';
import type { View } from '../store/view.ts';
import type { Component, Environment, Pass, Recorded, Watch } from './component.ts';
import type { MetricsReader } from './metrics.ts';
import { Recorder } from './recorder.ts';
import { Reflector } from './reflector.ts';
import type { Cancel } from './timers.ts';

/** What a process is made of, so that it can be made again after a crash. */
export interface ProcessSpec {
  readonly name: string;
  /**
   * Calm lets it do all that it can before the others go on: it acts on single Pods, and they on
   * many, so they see the outcome once and not after each step.
   */
  readonly eager?: true;
  /** It goes by its wall clock, so a wrong one may matter. */
  readonly clocked?: true;
  readonly components: readonly ((env: Environment) => Component)[];
}

/** What the simulation does for its processes. */
export interface Host {
  readonly store: Store;
  readonly now: number;
  /** Whether Events are recorded at all. */
  readonly records: boolean;
  readonly metrics: MetricsReader;
  chance(about: readonly string[]): number;
  timer(owner: string, tag: string, at: number, background: boolean, fire: () => void): Cancel;
  finding(found: Omit<Finding, 'n'>): void;
  /** There is something to deliver. */
  pending(delivery: Delivery): void;
  /** A component may have something to begin. */
  wake(slot: Slot): void;
  /** A process ends itself. */
  exit(process: Process): void;
  /** An Event waits to be written. */
  emitting(slot: Slot): void;
}

/** Where a delivery comes from and goes to. */
export interface Delivery {
  readonly process: Process;
  readonly reflector: Reflector;
}

/** A pass that began and has not ended: its next request waits to be performed. */
export interface InFlight {
  readonly slot: Slot;
  readonly pass: Pass;
  /** Revision of the store when it began: a live read would have shown as much. */
  readonly began: number;
  request: Request;
  readonly writes: number[];
  /** The gets and lists that it was answered: what it looked at besides its caches. */
  readonly reads: Request[];
}

/** A component, with what the process keeps for it. */
export class Slot implements Environment {
  readonly process: Process;
  readonly component: Component;
  readonly recorder: Recorder;
  causes: readonly number[] = [];
  readonly #host: Host;
  readonly #timers = new Map<string, { readonly at: number; readonly cancel: Cancel }>();
  #endLook: Cancel | undefined;

  constructor(process: Process, host: Host, make: (env: Environment) => Component) {
    this.process = process;
    this.#host = host;
    this.component = make(this);
    const { actor, recorder = actor, modernEvents: modern = false, host: from } = this.component;
    this.recorder = new Recorder(recorder, {
      modern,
      ...(from === undefined ? {} : { host: from }),
    });
  }

  get now(): number {
    return this.#host.now;
  }

  get view(): View {
    return this.process.view;
  }

  snapshot(): View {
    return this.process.snapshot();
  }

  get metrics(): MetricsReader {
    return this.#host.metrics;
  }

  shown(kind: string): number {
    return this.process.shown(kind);
  }

  timer(tag: string, at: number, background = false): void {
    const set = this.#timers.get(tag);
    if (set !== undefined) {
      if (set.at <= at) return;
      set.cancel();
    }
    const cancel = this.#host.timer(this.component?.actor ?? '', tag, at, background, () => {
      this.#timers.delete(tag);
      this.component.onTimer?.(tag);
      this.#host.wake(this);
    });
    this.#timers.set(tag, { at, cancel });
  }

  cancelTimer(tag: string): void {
    this.#timers.get(tag)?.cancel();
    this.#timers.delete(tag);
  }

  record(event: Recorded): void {
    if (!this.#host.records) return;
    this.recorder.record(event, this.now, this.causes);
    if (this.recorder.pending > 0) this.#host.emitting(this);
    this.#lookAfterEvents();
  }

  /** How often something was repeated is told later, whether or not something happens then. */
  #lookAfterEvents(): void {
    if (this.#endLook !== undefined) return;
    const at = this.recorder.nextLookAt(this.now);
    if (at === undefined) return;
    this.#endLook = this.#host.timer(this.component.actor, 'events', at, true, () => {
      this.#endLook = undefined;
      this.recorder.look(this.now);
      if (this.recorder.pending > 0) this.#host.emitting(this);
      this.#lookAfterEvents();
    });
  }

  finding(found: Omit<Finding, 'n'>): void {
    this.#host.finding(found);
  }

  wake(): void {
    this.#host.wake(this);
  }

  exit(): void {
    this.#host.exit(this.process);
  }

  get wallClock(): number {
    return this.#host.now + this.process.clockOffsetMs;
  }

  chance(...about: readonly string[]): number {
    return this.#host.chance(about);
  }

  stop(): void {
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#endLook?.();
    this.component.stop?.();
  }
}

export class Process {
  readonly spec: ProcessSpec;
  readonly slots: readonly Slot[];
  readonly view: View;
  /** A fault: its wall clock is so far ahead. */
  clockOffsetMs = 0;
  /** Called with each watch that begins after the process did. */
  onReflector: ((reflector: Reflector) => void) | undefined;
  readonly #host: Host;
  readonly #deliveries = new Map<string, Delivery>();
  readonly #byKind = new Map<string, Reflector>();
  readonly #endFirsts: () => void;
  #stopped = false;

  constructor(spec: ProcessSpec, host: Host) {
    this.spec = spec;
    this.#host = host;
    this.view = host.store.viewBy((kind) => this.shown(kind));
    this.slots = spec.components.map((make) => new Slot(this, host, make));
    const { store } = host;
    for (const slot of this.slots) {
      for (const watch of slot.component.watches) this.#watch(slot, watch);
      for (const kind of store.kinds) this.#watchIfAsked(slot, kind);
    }
    this.#endFirsts = store.onFirst((kind) => {
      for (const slot of this.slots) this.#watchIfAsked(slot, kind, store.revision);
    });
  }

  get reflectors(): readonly Reflector[] {
    this.#listed ??= this.deliveries.map(({ reflector }) => reflector);
    return this.#listed;
  }
  #listed: readonly Reflector[] | undefined;

  /** One for each reflector, in the same order. */
  get deliveries(): readonly Delivery[] {
    return [...this.#deliveries.values()];
  }

  get eager(): boolean {
    return this.spec.eager === true;
  }

  get name(): string {
    return this.spec.name;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** No component may begin before every cache has its first list. */
  get synced(): boolean {
    return this.#synced || this.#checkSynced();
  }
  #synced = false;

  /** Newest revision that the cache of a kind shows; of all kinds for `''`. */
  shown(kind: string): number {
    if (kind === '') {
      let least = this.#host.store.revision;
      for (const reflector of this.reflectors) least = Math.min(least, reflector.revision);
      return least;
    }
    return this.#byKind.get(kind)?.revision ?? this.#host.store.revision;
  }

  /** The caches as they are now, for good. */
  snapshot(): View {
    const { store } = this.#host;
    const { revision } = store;
    let lagging = false;
    for (const reflector of this.reflectors) {
      if (reflector.revision < revision) {
        lagging = true;
        break;
      }
    }
    if (!lagging) return store.view(revision);
    const shown = new Map<string, number>();
    let newest = 0;
    for (const [kind, reflector] of this.#byKind) {
      shown.set(kind, reflector.revision);
      newest = Math.max(newest, reflector.revision);
    }
    return store.viewBy((kind) => shown.get(kind) ?? newest);
  }

  stop(): void {
    this.#stopped = true;
    this.#endFirsts();
    for (const reflector of this.reflectors) reflector.close();
    for (const slot of this.slots) slot.stop();
  }

  #checkSynced(): boolean {
    this.#synced = this.reflectors.every(({ synced }) => synced);
    return this.#synced;
  }

  #watchIfAsked(slot: Slot, kind: string, emptyAt?: number): void {
    const { component } = slot;
    if (component.watches.some((watch) => watch.kind === kind && watch.by === undefined)) return;
    if (component.watchesEvery?.(kind) === true) this.#watch(slot, { kind }, emptyAt);
  }

  /** @param emptyAt the watch begins as if the kind had been listed, empty, at this revision. */
  #watch(slot: Slot, watch: Watch, emptyAt?: number): void {
    this.#reflectorFor(watch, emptyAt).subscribe((event) => {
      slot.causes = event.n === 0 ? [] : [event.n];
      slot.component.observe(event);
      if (slot.component.ready) this.#host.wake(slot);
    });
  }

  #reflectorFor(watch: Watch, emptyAt: number | undefined): Reflector {
    const id =
      watch.by === undefined ? watch.kind : `${watch.kind} ${watch.by.index}=${watch.by.value}`;
    const known = this.#deliveries.get(id);
    if (known !== undefined) return known.reflector;
    const wake = () => this.#host.pending(delivery);
    const reflector = new Reflector(this.#host.store, watch, wake, emptyAt);
    const delivery = { process: this, reflector };
    this.#deliveries.set(id, delivery);
    this.#byKind.set(watch.kind, reflector);
    this.#listed = undefined;
    if (emptyAt !== undefined) this.onReflector?.(reflector);
    return reflector;
  }
}
