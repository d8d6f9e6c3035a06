/**
 * Leader election with a Lease, as client-go does it: of several processes that could act, one does.
 *
 * A candidate measures how long ago it saw the Lease change, on its own clock; what the holder wrote
 * about the time is never compared. A leader that could not renew for the renew deadline ends its
 * process: whatever it was about to write is lost with it.
 */

import { deepEqual } from '../api/equal.ts';
import type { Lease } from '../api/lease.ts';
import type { Key } from '../api/meta.ts';
import { microTimestamp } from '../api/time.ts';
import type { PassResult } from '../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from './component.ts';
import { call } from './controller.ts';

export interface LeaseTimings {
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

export const defaultTimings: LeaseTimings = {
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
};

/** Retries of those that wait are spread by up to so much (client-go's JitterFactor). */
const jitterFactor = 1.2;

/** Those who stand for one Lease. What waits for a leader that is gone is something left to do. */
export class Election {
  readonly namespace: string;
  readonly name: string;
  readonly timings: LeaseTimings;
  readonly candidates = new Set<LeaderElector>();
  #started = 0;

  constructor(name: string, namespace: string, timings: LeaseTimings = defaultTimings) {
    this.name = name;
    this.namespace = namespace;
    this.timings = timings;
  }

  get key(): Key {
    return `${this.namespace}/${this.name}`;
  }

  /** An identity that no process had before: one that starts again is another candidate. */
  identity(process: string): string {
    this.#started += 1;
    return `${process}_${this.#started}`;
  }

  get hasLeader(): boolean {
    for (const { acting } of this.candidates) if (acting) return true;
    return false;
  }
}

export class LeaderElector implements Component {
  readonly actor: string;
  readonly identity: string;
  readonly watches = [];
  readonly #election: Election;
  readonly #env: Environment;
  /** How fast its clock runs: 1 is right. */
  readonly #rate: number;
  readonly #onLeading: (() => void)[] = [];
  #due = true;
  #busy = false;
  #acting = false;
  #observed: Lease['spec'] | undefined;
  #observedAt = 0;
  /** When it ends if it has not renewed by then, on the simulated clock. */
  #deadline = Number.POSITIVE_INFINITY;

  constructor(env: Environment, election: Election, process: string, rate = 1) {
    this.#env = env;
    this.#election = election;
    this.#rate = rate;
    this.actor = `${process}/leader-election`;
    this.identity = election.identity(process);
    election.candidates.add(this);
    env.wake();
  }

  get election(): Election {
    return this.#election;
  }

  /** Whether it leads, as far as it knows. */
  get acting(): boolean {
    return this.#acting;
  }

  get deadline(): number {
    return this.#deadline;
  }

  get rate(): number {
    return this.#rate;
  }

  onLeading(begin: () => void): void {
    this.#onLeading.push(begin);
  }

  get ready(): boolean {
    return this.#due && !this.#busy;
  }

  observe(_event: WatchEvent): void {}

  begin(): Pass {
    this.#due = false;
    this.#busy = true;
    const { key } = this.#election;
    const { revision } = this.#env.view;
    return { key, triggers: [], revision, requests: this.#try() };
  }

  onTimer(tag: string): void {
    if (tag === 'deadline') this.#env.exit();
    else this.#due = true;
  }

  stop(): void {
    this.#election.candidates.delete(this);
    if (!this.#acting) return;
    this.#acting = false;
    for (const other of this.#election.candidates) other.#watchClosely();
  }

  memory(): unknown {
    const { now } = this.#env;
    return [this.#due, this.#acting, this.#deadline - now, this.#observed?.holderIdentity];
  }

  /** Nobody leads: the wait for the Lease's end is something left to do. */
  #watchClosely(): void {
    if (this.#due || this.#busy) return;
    this.#env.cancelTimer('retry');
    this.#retry();
  }

  #timer(tag: string, localMs: number, background: boolean): void {
    this.#env.timer(tag, this.#env.now + localMs / this.#rate, background);
  }

  #retry(): void {
    const { retryPeriodMs } = this.#election.timings;
    const spread = this.#acting
      ? 0
      : this.#env.chance('retry', String(this.#env.now)) * jitterFactor;
    this.#timer('retry', retryPeriodMs * (1 + spread), this.#election.hasLeader);
  }

  /** Its own clock: it never jumps, but it may run fast or slow. */
  get #localNow(): number {
    return this.#env.now * this.#rate;
  }

  *#try(): Requests<PassResult> {
    const won = yield* this.#acquireOrRenew();
    this.#busy = false;
    if (won) {
      const begins = !this.#acting;
      this.#acting = true;
      // The next round begins after the retry period, and has the renew deadline to succeed.
      const { retryPeriodMs, renewDeadlineMs } = this.#election.timings;
      const localMs = retryPeriodMs + renewDeadlineMs;
      this.#env.cancelTimer('deadline');
      this.#deadline = this.#env.now + localMs / this.#rate;
      this.#timer('deadline', localMs, true);
      if (begins) for (const begin of this.#onLeading) begin();
    }
    this.#retry();
    return { type: 'done' };
  }

  *#acquireOrRenew(): Requests<boolean> {
    const { namespace, name } = this.#election;
    const found = yield* call<Lease>({ verb: 'get', kind: 'Lease', namespace, name });
    if (!found.ok) {
      if (found.status.reason !== 'NotFound') return false;
      const object = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace },
        spec: this.#record(undefined),
      };
      return yield* this.#take({ verb: 'create', kind: 'Lease', namespace, object });
    }
    const lease = found.object;
    if (!deepEqual(lease.spec, this.#observed)) {
      this.#observed = lease.spec;
      this.#observedAt = this.#localNow;
    }
    const { holderIdentity = '', leaseDurationSeconds = 0 } = lease.spec;
    const isOwn = holderIdentity === this.identity;
    const endsAt = this.#observedAt + leaseDurationSeconds * 1000;
    if (holderIdentity !== '' && !isOwn && endsAt > this.#localNow) return false;
    const spec = this.#record(lease.spec);
    return yield* this.#take({ verb: 'update', kind: 'Lease', object: { ...lease, spec } });
  }

  *#take(request: Parameters<typeof call>[0]): Requests<boolean> {
    const written = yield* call<Lease>(request);
    if (!written.ok) return false;
    this.#observed = written.object.spec;
    this.#observedAt = this.#localNow;
    return true;
  }

  /** What it writes: since when it holds the Lease is kept while it does. */
  #record(before: Lease['spec'] | undefined): Lease['spec'] {
    const now = microTimestamp(this.#env.wallClock);
    const isOwn = before?.holderIdentity === this.identity;
    const transitions = (before?.leaseTransitions ?? 0) + (before === undefined || isOwn ? 0 : 1);
    return {
      holderIdentity: this.identity,
      leaseDurationSeconds: this.#election.timings.leaseDurationMs / 1000,
      acquireTime: isOwn ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: transitions,
    };
  }
}

/** A component that only acts while its process leads; it watches all the time. */
export class Led implements Component {
  readonly actor: string;
  readonly author: string;
  readonly recorder: string;
  readonly patient: boolean;
  readonly watches;
  readonly backoff?: NonNullable<Component['backoff']>;
  readonly #inner: Component;
  readonly #elector: LeaderElector;

  constructor(inner: Component, elector: LeaderElector, env: Environment) {
    this.#inner = inner;
    this.#elector = elector;
    this.actor = inner.actor;
    this.author = inner.author ?? inner.actor;
    this.recorder = inner.recorder ?? inner.actor;
    this.patient = inner.patient === true;
    this.watches = inner.watches;
    if (inner.backoff !== undefined) this.backoff = inner.backoff;
    elector.onLeading(() => env.wake());
  }

  get ready(): boolean {
    return this.#elector.acting && this.#inner.ready;
  }

  watchesEvery(kind: string): boolean {
    return this.#inner.watchesEvery?.(kind) === true;
  }

  observe(event: WatchEvent): void {
    this.#inner.observe(event);
  }

  begin(): Pass {
    return this.#inner.begin();
  }

  metricsChanged(): void {
    this.#inner.metricsChanged?.();
  }

  onTimer(tag: string): void {
    this.#inner.onTimer?.(tag);
  }

  stop(): void {
    this.#inner.stop?.();
  }

  memory(): unknown {
    return this.#inner.memory();
  }
}
