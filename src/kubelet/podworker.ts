/**
 * One Pod on one node: its machines decide what is to be done, the worker has the runtime do it.
 */
import {
  type ContainerEvent,
  containerTable,
  type PodEvent,
  podTable,
  type RestartPolicy,
  refused,
  type StateNumber,
} from '../../machines/index.ts';
import type { Pod } from '../api/pod.ts';
import type { Container } from '../api/podspec.ts';
import type { Environment } from '../sim/component.ts';
import { type BackoffEntry, backoffNext, backoffWait, restartBackoff } from './backoff.ts';
import type { Tempo } from './behaviour.ts';
import type { ContainerRuntime, RuntimeEvent } from './runtime.ts';

export interface Terminated {
  readonly exitCode: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number;
}

/** What the kubelet knows of one container. */
export interface Tracked {
  readonly spec: Container;
  state: StateNumber;
  restartCount: number;
  startedAt: number | undefined;
  last: Terminated | undefined;
  ended: Terminated | undefined;
  backoff: BackoffEntry | undefined;
  /** A call to the runtime is under way. */
  busy: boolean;
}

export class PodWorker {
  readonly uid: string;
  readonly key: string;
  pod: Pod;
  state: StateNumber;
  readonly containers: readonly Tracked[];
  startedAt: number | undefined;
  ip: string | undefined;
  /** The kubelet turned it away. */
  rejected: string | undefined;
  /** The object is gone from the API: clean up, and say nothing. */
  vanished = false;
  #killing = false;
  readonly #runtime: ContainerRuntime;
  readonly #env: Environment;
  readonly #tempo: Tempo;

  constructor(pod: Pod, env: Environment, runtime: ContainerRuntime, tempo: Tempo) {
    this.uid = pod.metadata.uid;
    this.key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    this.pod = pod;
    this.#runtime = runtime;
    this.#env = env;
    this.#tempo = tempo;
    const restartPolicy: RestartPolicy = tempo.restarts
      ? (pod.spec.restartPolicy ?? 'Always')
      : 'Never';
    this.state = podTable.next(podTable.initial(undefined), { type: 'pod.bound' });
    this.containers = pod.spec.containers.map((spec) => ({
      spec,
      state: containerTable.initial({ restartPolicy }),
      restartCount: 0,
      startedAt: undefined,
      last: undefined,
      ended: undefined,
      backoff: undefined,
      busy: false,
    }));
  }

  get stops(): boolean {
    return podTable.has(this.state, 'stops') || this.finished || this.vanished;
  }

  get finished(): boolean {
    return podTable.has(this.state, 'finished');
  }

  get ready(): boolean {
    return podTable.has(this.state, 'ready');
  }

  /** Every container has come to its end. */
  get stopped(): boolean {
    return this.containers.every(({ state }) => containerTable.has(state, 'done'));
  }

  /** Moves the Pod's machine; what it refuses is remembered as a finding. */
  send(event: PodEvent): void {
    const next = podTable.next(this.state, event);
    if (next === refused) {
      const state = podTable.text(this.state);
      this.#env.finding({ kind: 'Pod', key: this.key, event: event.type, state });
    } else this.state = next;
  }

  /** Does what the states of the machines ask for. */
  sync(): void {
    if (this.stops) return this.#stopAll();
    if (this.#runtime.sandbox(this.uid) === undefined) {
      const sandbox = this.#runtime.runPodSandbox(this.uid, this.key, this.#env.causes);
      this.ip = sandbox.ip;
      this.startedAt ??= sandbox.createdAt;
    }
    for (const container of this.containers) this.#work(container);
  }

  /** A kubelet that restarts finds the containers as they are. */
  recover(): void {
    const sandbox = this.#runtime.sandbox(this.uid);
    if (sandbox === undefined) return;
    this.ip = sandbox.ip;
    this.startedAt = sandbox.createdAt;
    for (const container of this.containers) {
      const record = sandbox.containers.get(container.spec.name);
      if (record === undefined) continue;
      container.restartCount = record.attempt;
      this.#sendTo(container, { type: 'container.imagePresent' });
      if (record.state === 'starting') container.busy = true;
      else this.#started(container, record.startedAt);
      if (record.state === 'running' && record.healthy) {
        this.#sendTo(container, { type: 'container.becameReady' });
      }
      if (record.state === 'exited') this.#exited(container);
    }
    this.#derive();
  }

  /** Something happened in the runtime. */
  handle(event: RuntimeEvent): void {
    const container = this.containers.find(({ spec }) => spec.name === event.container);
    if (container === undefined) return;
    container.busy = false;
    switch (event.type) {
      case 'pulled':
        this.#sendTo(container, { type: 'container.imagePulled' });
        this.#record(
          container,
          'Pulled',
          `Successfully pulled image "${container.spec.image}" in ${seconds(event.tookMs)} (${seconds(event.tookMs)} including waiting). Image size: 0 bytes.`,
        );
        break;
      case 'started': {
        const record = this.#runtime.sandbox(this.uid)?.containers.get(event.container);
        this.#started(container, record?.startedAt);
        break;
      }
      case 'health':
        this.#health(container);
        break;
      case 'exited':
        this.#exited(container);
        break;
    }
    this.#derive();
  }

  /** A back-off is over. */
  backOffElapsed(name: string): void {
    const container = this.containers.find(({ spec }) => spec.name === name);
    if (container === undefined || !containerTable.has(container.state, 'backsOff')) return;
    this.#sendTo(container, { type: 'container.backOffElapsed' });
  }

  /** What the machines say now, one step of the phase at a time. */
  #derive(): void {
    const running = this.containers.some(({ state }) => containerTable.has(state, 'runs'));
    const restarting = this.containers.some(({ state }) => containerTable.has(state, 'backsOff'));
    if (running && this.#accepts('pod.started')) this.send({ type: 'pod.started' });
    const allReady = this.containers.every(({ state }) => containerTable.has(state, 'ready'));
    if (!allReady && this.ready) this.send({ type: 'pod.becameUnready' });
    if (this.stopped && !restarting && !this.finished) {
      if (
        this.#accepts('pod.started') &&
        this.containers.some(({ ended }) => ended !== undefined)
      ) {
        this.send({ type: 'pod.started' });
      }
      const succeeded = this.containers.every(({ ended }) => ended?.exitCode === 0);
      this.send({ type: succeeded ? 'pod.succeeded' : 'pod.failed' });
    }
    if (allReady && !this.ready && this.#accepts('pod.becameReady')) {
      this.send({ type: 'pod.becameReady' });
    }
  }

  #accepts(type: 'pod.started' | 'pod.becameReady'): boolean {
    return podTable.next(this.state, { type }) !== refused;
  }

  #work(container: Tracked): void {
    const { spec, state } = container;
    if (container.busy) return;
    if (containerTable.has(state, 'pulls')) {
      container.busy = true;
      this.#record(container, 'Pulling', `Pulling image "${spec.image}"`);
      this.#runtime.pullImage(this.uid, spec.name, spec.image, this.#env.causes);
    } else if (containerTable.has(state, 'starts')) {
      if (container.ended !== undefined) {
        container.last = container.ended;
        container.ended = undefined;
        container.restartCount += 1;
      }
      container.busy = true;
      this.#record(container, 'Created', 'Container created');
      this.#runtime.startContainer(this.uid, spec, container.restartCount, this.#env.causes);
    } else if (containerTable.value(state) === 'creating') {
      const mustPull = spec.imagePullPolicy === 'Always' && this.#tempo.pullMs > 0;
      const present = this.#runtime.hasImage(spec.image) && !mustPull;
      this.#sendTo(container, {
        type: present ? 'container.imagePresent' : 'container.imageWanted',
      });
      if (present) {
        this.#record(
          container,
          'Pulled',
          `Container image "${spec.image}" already present on machine and can be accessed by the pod`,
        );
      }
      this.#work(container);
    }
  }

  #started(container: Tracked, at: number | undefined): void {
    if (!containerTable.has(container.state, 'starts')) return;
    container.startedAt = at;
    container.ended = undefined;
    this.#sendTo(container, { type: 'container.started' });
    this.#record(container, 'Started', 'Container started');
  }

  #health(container: Tracked): void {
    const record = this.#runtime.sandbox(this.uid)?.containers.get(container.spec.name);
    if (record === undefined || !containerTable.has(container.state, 'runs')) return;
    const ready = containerTable.has(container.state, 'ready');
    if (record.healthy === ready) return;
    if (record.healthy && this.#probeWaits(container)) return;
    this.#sendTo(container, {
      type: record.healthy ? 'container.becameReady' : 'container.becameUnready',
    });
  }

  /** A readiness probe that has an initial delay is asked later. */
  #probeWaits({ spec, startedAt }: Tracked): boolean {
    const delay = (spec.readinessProbe?.initialDelaySeconds ?? 0) * 1000;
    const at = (startedAt ?? 0) + delay;
    if (!this.#tempo.restarts || delay === 0 || this.#env.now >= at) return false;
    this.#env.timer(`probe ${this.uid} ${spec.name}`, at);
    return true;
  }

  /** The initial delay of a readiness probe is over. */
  probe(name: string): void {
    const container = this.containers.find(({ spec }) => spec.name === name);
    if (container === undefined) return;
    this.#health(container);
    this.#derive();
  }

  #exited(container: Tracked): void {
    const record = this.#runtime.sandbox(this.uid)?.containers.get(container.spec.name);
    const exitCode = record?.exitCode ?? 137;
    const ended = {
      exitCode,
      startedAt: container.startedAt,
      finishedAt: record?.finishedAt ?? this.#env.now,
    };
    this.#sendTo(container, { type: 'container.exited', exitCode });
    container.ended = ended;
    if (!containerTable.has(container.state, 'backsOff')) return;
    const { now } = this.#env;
    const delay = backoffWait(container.backoff, now, now, restartBackoff);
    container.backoff = backoffNext(container.backoff, now, now + delay, restartBackoff);
    if (delay === 0) this.#sendTo(container, { type: 'container.backOffElapsed' });
    else {
      this.#env.timer(`backoff ${this.uid} ${container.spec.name}`, this.#env.now + delay);
      const { name, namespace = '' } = this.pod.metadata;
      const message = `Back-off restarting failed container ${container.spec.name} in pod ${name}_${namespace}(${this.uid})`;
      this.#record(container, 'BackOff', message, 'Warning');
    }
  }

  #stopAll(): void {
    if (!this.#killing) {
      this.#killing = true;
      const graceMs = Math.max(this.pod.metadata.deletionGracePeriodSeconds ?? 30, 1) * 1000;
      for (const container of this.containers) {
        if (containerTable.has(container.state, 'done')) continue;
        const runs = containerTable.has(container.state, 'runs');
        this.#sendTo(container, { type: 'container.killRequested' });
        if (!runs) continue;
        this.#record(container, 'Killing', `Stopping container ${container.spec.name}`);
        this.#runtime.stopContainer(this.uid, container.spec.name, graceMs, this.#env.causes);
      }
      this.#derive();
    }
  }

  #sendTo(container: Tracked, event: ContainerEvent): void {
    const next = containerTable.next(container.state, event);
    if (next !== refused) container.state = next;
    else {
      const state = containerTable.text(container.state);
      const key = `${this.key}/${container.spec.name}`;
      this.#env.finding({ kind: 'Container', key, event: event.type, state });
    }
  }

  #record(
    { spec }: Tracked,
    reason: string,
    message: string,
    type: 'Normal' | 'Warning' = 'Normal',
  ): void {
    if (!this.#tempo.verbose) return;
    const fieldPath = `spec.containers{${spec.name}}`;
    this.#env.record({ about: this.pod, type, reason, message, fieldPath });
  }
}

const seconds = (ms: number): string => (ms < 1000 ? `${ms}ms` : `${ms / 1000}s`);
