/**
 * The probes of one Pod's containers as they run. A probe is asked only while its answers can still
 * change something: when the next one could is derived from what the container does. A readiness
 * probe that fails for good goes on failing in the background, for its Events.
 */
import type { ContainerStatus } from '../../api/pod/pod.ts';
import type { Container, Probe } from '../../api/pod/podspec.ts';
import { type Behaviour, nextTurn, turned } from '../runtime/behaviour.ts';
import type { ContainerRecord } from '../runtime/cri.ts';
import type { SimulatedContainer } from '../runtime/runtime.ts';
import type { Judged } from '../status/containerstatus.ts';
import type { ProbeResults } from '../sync/initactions.ts';
import type { PodContext } from '../sync/podcontext.ts';
import type { Tracked } from '../sync/tracked.ts';
import {
  afterProbe,
  initialProbe,
  nextTick,
  type Outcome,
  type ProbeResult,
  type ProbeState,
  type ProbeType,
  thresholdsOf,
  timesOf,
} from './probe.ts';

interface Worker {
  readonly container: Tracked;
  readonly type: ProbeType;
  state: ProbeState;
  /** Of the instance that it asks. */
  record: SimulatedContainer;
}

const types: readonly ProbeType[] = ['startup', 'liveness', 'readiness'];

/** A container that ran so long before its kubelet restarted keeps what was known of it. */
const trustedAfterMs = 10_000;

/** Most Pods have no probes: they share this, and nothing is added to it. */
const none = new Map<string, Worker>();

export class Prober implements ProbeResults {
  readonly #context: PodContext;
  /** When the workers began to tick: before the containers start. */
  readonly #firstTickAt: number;
  #workers: Map<string, Worker> = none;
  #isStopping = false;

  constructor(context: PodContext, firstTickAt: number) {
    this.#context = context;
    this.#firstTickAt = firstTickAt;
  }

  startup = (id: string): ProbeResult | undefined => this.#resultOf('startup', id);
  liveness = (id: string): ProbeResult | undefined => this.#resultOf('liveness', id);

  /** A new instance runs. `known`: what the API said of it before the kubelet restarted. */
  begin(container: Tracked, record: SimulatedContainer, known?: ContainerStatus): void {
    if (!isProbed(container)) return;
    if (this.#workers === none) this.#workers = new Map();
    const { now } = this.#context.env;
    const isTrusted = now - (record.startedAt ?? now) > trustedAfterMs;
    for (const type of types) {
      const probe = probeOf(container.spec, type);
      if (probe === undefined) continue;
      let state = initialProbe(type);
      if (isTrusted && type === 'startup' && known?.started === true) {
        state = { ...state, result: 'Success', isOnHold: true };
      }
      if (isTrusted && type === 'readiness' && known?.ready === true) {
        state = { ...state, result: 'Success' };
      }
      this.#workers.set(keyOf(container.spec.name, type), { container, type, state, record });
    }
    if (probeOf(container.spec, 'startup') !== undefined && !this.#hasStarted(container, record)) {
      this.#plan(container.spec.name, 'startup');
      return;
    }
    this.#afterStartup(container);
  }

  end(container: Tracked): void {
    for (const type of types) {
      const key = keyOf(container.spec.name, type);
      if (this.#workers.delete(key)) this.#cancel(key);
    }
  }

  /** The Pod is stopped: only readiness is still asked for. */
  stopping(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const [key, { type }] of this.#workers) {
      if (type !== 'readiness') this.#cancel(key);
    }
  }

  /** A tick. Says whether a result changed. */
  tick(name: string, type: string): boolean {
    const worker = this.#workers.get(keyOf(name, type as ProbeType));
    if (worker === undefined || worker.record.state !== 'running') return false;
    const changed = this.#ask(worker);
    if (changed && worker.type === 'startup' && worker.state.result === 'Success') {
      this.#context.send(worker.container, { type: 'container.startupPassed' });
      this.#afterStartup(worker.container);
    }
    this.#plan(name, worker.type);
    return changed;
  }

  /** A failing readiness probe, asked once more for the sake of its Event. */
  complain(name: string): void {
    const worker = this.#workers.get(keyOf(name, 'readiness'));
    if (worker === undefined || worker.record.state !== 'running') return;
    this.#ask(worker);
    this.#plan(name, 'readiness');
  }

  judge(container: Container, record: ContainerRecord | undefined): Judged {
    if (record?.state !== 'running') {
      const isDone = record?.state === 'exited' && record.exitCode === 0;
      return { ready: isDone && this.#isOrdinaryInit(container), started: false };
    }
    if (this.#isOrdinaryInit(container)) return { ready: false, started: true };
    const started = this.#startupResult(container, record) === 'Success';
    return { ready: started && this.#isReady(container, record as SimulatedContainer), started };
  }

  memory(): unknown {
    return [...this.#workers].map(([key, { state }]) => [key, state.result, state.inRow]);
  }

  #isReady(container: Container, record: SimulatedContainer): boolean {
    if (container.readinessProbe !== undefined) {
      const worker = this.#workers.get(keyOf(container.name, 'readiness'));
      return worker?.record === record && worker.state.result === 'Success';
    }
    const { ready } = record.behaviour;
    return ready === undefined || turned(ready, this.#ageOf(record), false);
  }

  #isOrdinaryInit({ name }: Container): boolean {
    const tracked = this.#context.find(name);
    return tracked?.kind === 'init' && !tracked.isSidecar;
  }

  #hasStarted({ spec }: Tracked, record: SimulatedContainer): boolean {
    return this.#startupResult(spec, record) === 'Success';
  }

  #startupResult(container: Container, record: ContainerRecord): ProbeResult | undefined {
    return container.startupProbe === undefined ? 'Success' : this.startup(record.id);
  }

  #resultOf(type: ProbeType, id: string): ProbeResult | undefined {
    for (const worker of this.#workers.values()) {
      if (worker.type === type && worker.record.id === id) return worker.state.result;
    }
    return undefined;
  }

  /** Readiness is asked at once, out of turn; liveness when its turn comes. */
  #afterStartup(container: Tracked): void {
    const { name, readinessProbe, livenessProbe } = container.spec;
    const readiness = this.#workers.get(keyOf(name, 'readiness'));
    if (readiness !== undefined) {
      const delayMs = (readinessProbe?.initialDelaySeconds ?? 0) * 1000;
      if (this.#ageOf(readiness.record) >= delayMs) this.#ask(readiness);
      this.#plan(name, 'readiness');
    }
    if (livenessProbe !== undefined) this.#plan(name, 'liveness');
  }

  #ask(worker: Worker): boolean {
    const { container, type, state, record } = worker;
    const probe = probeOf(container.spec, type)!;
    const outcome = answer(type, record.behaviour, this.#ageOf(record));
    if (outcome === 'Failure') {
      const ip = this.#context.records?.ip ?? '';
      const message = `${titles[type]} probe failed: ${output(probe, ip)}`;
      this.#context.emit({ type: 'Warning', reason: 'Unhealthy', message }, container);
    }
    worker.state = afterProbe(state, type, thresholdsOf(probe), outcome);
    return worker.state.result !== state.result;
  }

  /** Sets the timer of the next tick that could change something. */
  #plan(name: string, type: ProbeType): void {
    const key = keyOf(name, type);
    const worker = this.#workers.get(key);
    this.#cancel(key);
    if (worker === undefined || worker.state.isOnHold) return;
    if (this.#isStopping && type !== 'readiness') return;
    const { env, uid } = this.#context;
    const { record, container, state } = worker;
    const probe = probeOf(container.spec, type)!;
    const { startedAt = env.now, behaviour } = record;
    const times = timesOf(probe, this.#firstTickAt, startedAt);
    const next = nextTick(times, env.now + 1);
    const isSteady =
      state.last === state.result && answer(type, behaviour, next - startedAt) === state.last;
    if (!isSteady) {
      env.timer(`probe ${uid} ${key}`, next);
      return;
    }
    const turn = nextTurn(turnsOf(type, behaviour), env.now - startedAt);
    if (turn !== undefined) env.timer(`probe ${uid} ${key}`, nextTick(times, startedAt + turn));
    if (state.last === 'Failure') env.timer(`unhealthy ${uid} ${name}`, next, true);
  }

  #cancel(key: string): void {
    const { env, uid } = this.#context;
    env.cancelTimer(`probe ${uid} ${key}`);
    if (key.endsWith(' readiness')) env.cancelTimer(`unhealthy ${uid} ${key.split(' ')[0]}`);
  }

  #ageOf({ startedAt }: SimulatedContainer): number {
    const { now } = this.#context.env;
    return now - (startedAt ?? now);
  }
}

const titles: Readonly<Record<ProbeType, string>> = {
  readiness: 'Readiness',
  liveness: 'Liveness',
  startup: 'Startup',
};

const keyOf = (name: string, type: ProbeType): string => `${name} ${type}`;

export const isProbed = ({ kind, isSidecar }: Tracked): boolean => kind === 'regular' || isSidecar;

const probeOf = (spec: Container, type: ProbeType): Probe | undefined =>
  type === 'readiness'
    ? spec.readinessProbe
    : type === 'liveness'
      ? spec.livenessProbe
      : spec.startupProbe;

const turnsOf = (type: ProbeType, { ready, live, started }: Behaviour): readonly number[] =>
  (type === 'readiness' ? ready : type === 'liveness' ? live : started) ?? [];

/** What the container would answer at that age. */
function answer(type: ProbeType, behaviour: Behaviour, ageMs: number): Outcome {
  const turns = turnsOf(type, behaviour);
  const from =
    type === 'liveness' ||
    (type === 'readiness' ? behaviour.ready : behaviour.started) === undefined;
  return turned(turns, ageMs, from) ? 'Success' : 'Failure';
}

function output(probe: Probe, ip: string): string {
  if (probe.tcpSocket !== undefined) {
    return `dial tcp ${ip}:${probe.tcpSocket.port}: connect: connection refused`;
  }
  if (probe.grpc !== undefined) return 'service unhealthy (responded with "NOT_SERVING")';
  return probe.httpGet === undefined ? '' : 'HTTP probe failed with statuscode: 503';
}
