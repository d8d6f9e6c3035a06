/**
 * A controller at work: its queue, its retries, its expectations, and the events that woke each key.
 */
import type { Key, KubeObject } from '../api/meta.ts';
import type { PassResult } from '../log/entry.ts';
import type { View } from '../store/view.ts';
import type {
  Component,
  Environment,
  Measures,
  Pass,
  Recorded,
  Requests,
  WatchEvent,
} from './component.ts';
import { Consistency, type Staleness } from './consistency.ts';
import type { Controller, ControllerContext, Outcome, Queue } from './controller.ts';
import { Expectations } from './expectations.ts';
import type { MetricsReader } from './metrics.ts';
import { defaultBackoff, ExponentialBackoff, TokenBucket } from './ratelimiter.ts';
import { Workqueue } from './workqueue.ts';

/** Upstream's default number of workers differs by controller; one keeps passes apart. */
const workersMax = 1;

export class ControllerComponent implements Component {
  readonly actor: string;
  readonly author: string;
  readonly recorder: string;
  readonly patient: boolean;
  readonly watches;
  readonly backoff;
  readonly #controller: Controller;
  readonly #env: Environment;
  readonly #queue: Workqueue;
  readonly #backoff: ExponentialBackoff;
  readonly #bucket = new TokenBucket();
  readonly #expectations: Expectations;
  readonly #consistency: Consistency;
  readonly #context: ControllerContext;
  /** Writes that woke a key since its last pass; for a timer, those that set it. */
  readonly #triggers = new Map<Key, number[]>();
  readonly #waiting = new Map<Key, Waiting>();
  readonly #handling = new CausedQueue(this, []);
  #working = 0;
  #retries = 0;

  constructor(controller: Controller, env: Environment, staleness?: Staleness) {
    this.actor = controller.name;
    this.author = controller.author ?? controller.name;
    this.recorder = controller.recorder ?? controller.name;
    this.patient = controller.patient === true;
    this.watches = controller.watches.map((kind) => ({ kind }));
    this.#controller = controller;
    this.#env = env;
    this.#queue = new Workqueue(env);
    this.backoff = controller.backoff ?? defaultBackoff;
    this.#backoff = new ExponentialBackoff(this.backoff.baseMs, this.backoff.maxMs);
    this.#consistency = new Consistency(staleness);
    this.#expectations = new Expectations(() => env.now);
    this.#context = this.#contextFor(this.#handling);
    controller.start?.(this.#context);
    if (this.ready) env.wake();
  }

  get ready(): boolean {
    return this.#working < workersMax && this.#queue.length > 0;
  }

  watchesEvery(kind: string): boolean {
    return this.#controller.watchesEvery?.(kind) === true;
  }

  observe(event: WatchEvent): void {
    this.#handling.causes = event.n === 0 ? [] : [event.n];
    this.#controller.keysFor(event, this.#context);
  }

  begin(): Pass {
    const key = this.#queue.get()!;
    const triggers = this.#triggers.get(key) ?? [];
    this.#triggers.delete(key);
    this.#working += 1;
    const snapshot = this.#env.snapshot();
    const queue = new CausedQueue(this, triggers);
    const context = this.#contextFor(queue, snapshot);
    const requests = this.#run(key, triggers, context);
    return { key, triggers, revision: snapshot.revision, view: snapshot, requests };
  }

  onTimer(key: Key): void {
    const causes = this.#waiting.get(key)?.causes ?? [];
    this.#waiting.delete(key);
    this.add(key, causes);
  }

  metricsChanged(): void {
    this.#handling.causes = [];
    this.#controller.metricsChanged?.(this.#context);
  }

  memory(): unknown {
    return [
      this.#queue.memory(),
      this.#backoff.memory(),
      this.#bucket.memory(this.#env.now),
      this.#expectations.memory(),
      this.#consistency.memory((kind) => this.#env.shown(kind)),
      [...this.#waiting].map(([key, { at }]) => [key, at - this.#env.now]),
      this.#controller.memory?.(),
    ];
  }

  add(key: Key, causes: readonly number[]): void {
    const triggers = this.#triggers.get(key);
    if (triggers === undefined) this.#triggers.set(key, [...causes]);
    else for (const n of causes) if (triggers.at(-1) !== n) triggers.push(n);
    this.#queue.add(key);
  }

  addAfter(key: Key, delayMs: number, causes: readonly number[], background = false): void {
    if (delayMs <= 0) return this.add(key, causes);
    const at = this.#env.now + delayMs;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || waiting.at > at) {
      this.#waitFor(key, { at, causes, background: background && waiting?.background !== false });
    } else if (waiting.background && !background) {
      this.#env.cancelTimer(key);
      this.#waitFor(key, { ...waiting, causes, background: false });
    }
  }

  #waitFor(key: Key, waiting: Waiting): void {
    this.#waiting.set(key, waiting);
    this.#env.timer(key, waiting.at, waiting.background);
  }

  measures(): Measures {
    const { length: depth, adds, waits, works } = this.#queue;
    return { workqueue: { depth, adds, retries: this.#retries, waits, works } };
  }

  addRateLimited(key: Key, causes: readonly number[]): void {
    this.#retries += 1;
    this.addAfter(key, this.#retryDelay(key), causes);
  }

  forget(key: Key): void {
    this.#backoff.forget(key);
  }

  requeues(key: Key): number {
    return this.#backoff.requeues(key);
  }

  #contextFor(queue: Queue, snapshot?: View): Context {
    return new Context(this.#env, queue, this.#expectations, this.#consistency, snapshot);
  }

  #retryDelay(key: Key): number {
    return Math.max(this.#backoff.when(key), this.#bucket.when(this.#env.now));
  }

  *#run(key: Key, triggers: readonly number[], context: Context): Requests<PassResult> {
    const outcome = yield* this.#controller.reconcile(key, context);
    this.#working -= 1;
    const result = this.#finish(key, outcome, triggers);
    this.#queue.done(key);
    return result;
  }

  #finish(key: Key, outcome: Outcome, causes: readonly number[]): PassResult {
    if (outcome === undefined) {
      this.forget(key);
      const waiting = this.#waiting.get(key);
      if (waiting === undefined) return done;
      return { type: 'requeued', afterMs: waiting.at - this.#env.now };
    }
    const { error: message, drop } = outcome;
    const retriesMax = this.#controller.retriesMax ?? Number.POSITIVE_INFINITY;
    if (drop === true || this.requeues(key) >= retriesMax) {
      this.forget(key);
      return { type: 'error', message };
    }
    this.#retries += 1;
    const retryMs = this.#retryDelay(key);
    this.addAfter(key, retryMs, causes);
    return { type: 'error', message, retryMs };
  }
}

/** A key that is added when its time comes. */
interface Waiting {
  readonly at: number;
  readonly causes: readonly number[];
  readonly background: boolean;
}

const done: PassResult = { type: 'done' };

/** The queue as one handler or one pass uses it: what it adds has the same causes as itself. */
class CausedQueue implements Queue {
  causes: readonly number[];
  readonly #component: ControllerComponent;

  constructor(component: ControllerComponent, causes: readonly number[]) {
    this.#component = component;
    this.causes = causes;
  }

  add(key: Key): void {
    this.#component.add(key, this.causes);
  }

  addAfter(key: Key, delayMs: number, background = false): void {
    this.#component.addAfter(key, delayMs, this.causes, background);
  }

  addRateLimited(key: Key): void {
    this.#component.addRateLimited(key, this.causes);
  }

  forget(key: Key): void {
    this.#component.forget(key);
  }

  requeues(key: Key): number {
    return this.#component.requeues(key);
  }
}

class Context implements ControllerContext {
  readonly queue: Queue;
  readonly expectations: Expectations;
  readonly consistency: Consistency;
  readonly #env: Environment;
  /** Of a pass; handlers read the caches as they are. */
  readonly #snapshot: View | undefined;

  constructor(
    env: Environment,
    queue: Queue,
    expectations: Expectations,
    consistency: Consistency,
    snapshot: View | undefined,
  ) {
    this.#env = env;
    this.queue = queue;
    this.expectations = expectations;
    this.consistency = consistency;
    this.#snapshot = snapshot;
  }

  get view(): View {
    return this.#snapshot ?? this.#env.view;
  }

  get now(): number {
    return this.#env.now;
  }

  get metrics(): MetricsReader {
    return this.#env.metrics;
  }

  shown(kind: string): number {
    return this.#env.shown(kind);
  }

  stale(key: Key): string | undefined {
    return this.consistency.stale(key, (kind) => this.#env.shown(kind));
  }

  record(about: KubeObject, type: Recorded['type'], reason: string, message: string): void {
    this.#env.record({ about, type, reason, message });
  }
}
