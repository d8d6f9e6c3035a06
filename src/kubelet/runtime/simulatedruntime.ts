/**
 * The simulated container runtime of one node: containers do what their behaviour says, at times
 * that a seeded jitter moves. It is long because it is one interface, the CRI, done once.
 */

import type { Pod } from '../../api/pod/pod.ts';
import type { Container } from '../../api/pod/podspec.ts';
import { flat } from '../../flat.ts';
import type { Cancel } from '../../sim/timers.ts';
import { addressesMax, podAddress } from '../node/podaddress.ts';
import { type Behaviour, type Behaviours, type LogLine, turned } from './behaviour.ts';
import { Images } from './images.ts';
import { amountAt, logsAt, messageOf, usageAt } from './measured.ts';
import { memoryLimit, podBehaviour } from './podbehaviour.ts';
import type {
  ContainerRuntime,
  Hook,
  Measured,
  PodRuntime,
  RuntimeEvent,
  RuntimeHost,
  SimulatedContainer,
} from './runtime.ts';

const sigkill = 137;
/** What runc says when there is nothing to execute. */
const startErrorCode = 128;

export class SimulatedRuntime implements ContainerRuntime {
  readonly #host: RuntimeHost;
  readonly #behaviours: Behaviours;
  readonly #subnet: number;
  readonly #pods = new Map<string, PodRuntime>();
  readonly #images: Images;
  readonly #pending = new Map<string, Set<Cancel>>();
  #listener: ((event: RuntimeEvent) => void) | undefined;
  #addresses = 0;
  #serial = 0;
  #boots = 1;

  /** `subnet` keeps the addresses of nodes apart. */
  constructor(host: RuntimeHost, behaviours: Behaviours, subnet: number) {
    this.#host = host;
    this.#behaviours = behaviours;
    this.#subnet = subnet;
    this.#images = new Images(host, behaviours.tempo);
  }

  connect(listener: ((event: RuntimeEvent) => void) | undefined): void {
    this.#listener = listener;
  }

  list(): readonly PodRuntime[] {
    return [...this.#pods.values()];
  }

  pod(uid: string): PodRuntime | undefined {
    return this.#pods.get(uid);
  }

  runPodSandbox(pod: Pod, attempt: number, causes: readonly number[]): PodRuntime {
    const { uid, name, namespace } = pod.metadata;
    const key = `${namespace}/${name}`;
    this.#cancelAll(uid);
    const old = this.#pods.get(uid);
    const allocated = old?.allocated ?? pod.spec;
    const runtime: PodRuntime = {
      uid,
      key,
      pod,
      allocated,
      resources: allocated.resources,
      ip: undefined,
      ordinal: old?.ordinal ?? this.#behaviours.nextPod(),
      createdAt: old?.createdAt ?? this.#host.now,
      sandboxes: [{ id: flat(`sim://${uid}/${attempt}`), state: 'Ready', attempt, ip: '' }],
      containers: [],
    };
    if (old !== undefined) {
      this.stopPodSandbox(uid, causes);
      for (const record of old.containers) {
        if (record.state === 'running') this.#exited(old, record, sigkill, causes);
      }
      runtime.sandboxes = [...runtime.sandboxes, ...old.sandboxes.slice(0, 1)];
      runtime.containers = old.containers.filter(({ state }) => state === 'exited');
    }
    this.#pods.set(uid, runtime);
    this.#after(uid, this.#behaviours.tempo.sandboxMs, () => {
      const ip = this.#nextAddress();
      runtime.ip = ip;
      runtime.sandboxes = [{ ...runtime.sandboxes[0]!, ip }, ...runtime.sandboxes.slice(1)];
      const n = this.#host.log({ key, uid, event: 'sandbox created' }, causes);
      this.#listener?.({ type: 'sandboxReady', uid, n });
    });
    return runtime;
  }

  stopPodSandbox(uid: string, causes: readonly number[]): void {
    const runtime = this.#pods.get(uid);
    if (runtime === undefined || runtime.sandboxes[0]?.state !== 'Ready') return;
    runtime.sandboxes = runtime.sandboxes.map((sandbox) => ({ ...sandbox, state: 'NotReady' }));
    this.#host.log({ key: runtime.key, uid, event: 'sandbox stopped' }, causes);
  }

  removePod(uid: string, causes: readonly number[]): void {
    const runtime = this.#pods.get(uid);
    if (runtime === undefined) return;
    this.#cancelAll(uid);
    this.#pods.delete(uid);
    this.#host.log({ key: runtime.key, uid, event: 'sandbox removed' }, causes);
  }

  hasImage(image: string): boolean {
    return this.#images.has(image);
  }

  /** The answer is for who asked: a kubelet that restarts meanwhile finds the image, and no more. */
  pullImage(pod: Pod, container: Container, causes: readonly number[]): void {
    const { name, image } = container;
    const { uid, namespace } = pod.metadata;
    const asking = this.#listener;
    const behaviour = this.behaviourOf(pod, container);
    const pull = this.#images.pull(uid, image, behaviour, (ms) =>
      this.#jittered(ms, behaviour, [uid, name, 'pull', String(this.#host.now)]),
    );
    const { error, tookMs, waitedMs } = pull;
    this.#after(uid, pull.arrivesAt - this.#host.now, () => {
      const key = `${namespace}/${pod.metadata.name}`;
      if (error === undefined) this.#images.arrived(image, behaviour.imageBytes);
      const event = error === undefined ? 'image pulled' : 'image not pulled';
      const detail = error === undefined ? { image, tookMs } : { image, error };
      const n = this.#host.log({ key, uid, event, container: name, detail }, causes);
      if (this.#listener !== asking) return;
      const bytes = behaviour.imageBytes;
      asking?.({ type: 'pulled', uid, container: name, tookMs, waitedMs, bytes, error, n });
    });
  }

  createContainer(uid: string, container: Container, restartCount: number): SimulatedContainer {
    const runtime = this.#pods.get(uid)!;
    const { name, image } = container;
    const record: SimulatedContainer = {
      name,
      image,
      id: flat(
        `sim://${uid}/${name}/${restartCount}${this.#serialOf(runtime, name, restartCount)}`,
      ),
      state: 'created',
      restartCount,
      behaviour: this.behaviourOf(runtime.pod, container),
      fallsBackToLogs: container.terminationMessagePolicy === 'FallbackToLogsOnError',
      exitCode: undefined,
      reason: undefined,
      message: undefined,
      startedAt: undefined,
      finishedAt: undefined,
      killAt: undefined,
      resources: container.resources,
    };
    const before = runtime.containers.find((other) => other.name === name);
    const others = runtime.containers.filter((other) => other.name !== name);
    runtime.containers = [record, ...(before === undefined ? [] : [before]), ...others];
    return record;
  }

  startContainer(uid: string, name: string, causes: readonly number[]): void {
    const found = this.#find(uid, name);
    if (found === undefined) return;
    const { runtime, record } = found;
    const { startMs } = record.behaviour;
    const isFirst = record.restartCount === 0;
    const stagger = isFirst ? this.#behaviours.tempo.staggerMs(runtime.ordinal) : 0;
    const takes = this.#jittered(startMs, record.behaviour, [uid, record.id, 'start']) + stagger;
    this.#after(uid, takes, () => this.#started(runtime, record, causes));
  }

  stopContainer(uid: string, name: string, graceMs: number, causes: readonly number[]): void {
    const found = this.#find(uid, name);
    if (found === undefined || found.record.state === 'exited') return;
    const { runtime, record } = found;
    const { behaviour } = record;
    const killAt = this.#host.now + graceMs;
    if (record.killAt !== undefined && record.killAt <= killAt) return;
    const isFirst = record.killAt === undefined;
    record.killAt = killAt;
    const kill = () => this.#exited(runtime, record, sigkill, causes);
    const stopMs = this.#jittered(behaviour.stopMs, behaviour, [uid, record.id, 'stop']);
    if (stopMs > graceMs) this.#after(uid, graceMs, kill);
    else if (isFirst) {
      this.#after(uid, stopMs, () => this.#exited(runtime, record, behaviour.stopCode, causes));
    }
  }

  endContainer(uid: string, name: string, exitCode: number): void {
    const found = this.#find(uid, name);
    if (found?.record.state === 'running') this.#exited(found.runtime, found.record, exitCode, []);
  }

  removeContainers(uid: string): void {
    const runtime = this.#pods.get(uid);
    if (runtime !== undefined) runtime.containers = [];
  }

  runHook(
    uid: string,
    container: Container,
    hook: Hook,
    limitMs: number,
    causes: readonly number[],
  ): void {
    const found = this.#find(uid, container.name);
    if (found === undefined) return;
    const { runtime, record } = found;
    const { behaviour } = record;
    const sleep = container.lifecycle?.[hook]?.sleep;
    const takesMs =
      sleep !== undefined
        ? sleep.seconds * 1000
        : hook === 'preStop'
          ? behaviour.preStopMs
          : behaviour.postStartMs;
    const error = hook === 'preStop' ? behaviour.preStopError : behaviour.postStartError;
    this.#after(uid, Math.min(takesMs, limitMs), () => {
      const event = `${hook} hook ended`;
      const n = this.#host.log({ key: runtime.key, uid, event, container: record.name }, causes);
      this.#listener?.({ type: 'hookDone', uid, container: record.name, hook, error, n });
    });
  }

  behaviourOf(pod: Pod, container: Container): Behaviour {
    return podBehaviour(this.#behaviours, pod, container);
  }

  amountOf(container: SimulatedContainer, what: Measured): number {
    return amountAt(container, what, this.#host.now);
  }

  get boots(): number {
    return this.#boots;
  }

  get imageBytes(): number {
    return this.#images.bytes;
  }

  removeUnusedImages(): void {
    const used = this.list().flatMap(({ containers }) => containers.map(({ image }) => image));
    this.#images.keep(new Set(used));
  }

  usageOf(container: SimulatedContainer, resource: string): number | undefined {
    return usageAt(container, resource, this.#host.now);
  }

  logs(container: SimulatedContainer): readonly LogLine[] {
    return logsAt(container, this.#host.now);
  }

  /** Everything dies with the machine; what is on its disk stays. */
  powerOff(): void {
    this.#boots += 1;
    for (const uid of [...this.#pods.keys()]) this.removePod(uid, []);
    this.#listener = undefined;
    this.#images.powerOff();
  }

  memory(): unknown {
    const { now } = this.#host;
    return this.list().map(({ uid, sandboxes, containers }) => [
      uid,
      sandboxes.map(({ state }) => state),
      containers.map(({ name, state, exitCode, behaviour, startedAt = 0 }) => [
        name,
        state,
        exitCode,
        behaviour.ready === undefined || turned(behaviour.ready, now - startedAt, false),
      ]),
    ]);
  }

  #started(runtime: PodRuntime, record: SimulatedContainer, causes: readonly number[]): void {
    if (record.state !== 'created') return;
    const { now } = this.#host;
    const { behaviour, name: container } = record;
    const { uid } = runtime;
    if (behaviour.startError !== undefined) {
      const error = behaviour.startError;
      Object.assign(record, {
        state: 'exited',
        exitCode: startErrorCode,
        reason: 'StartError',
        message: error,
        startedAt: now,
        finishedAt: now,
      });
      const n = this.#log(runtime, record, 'container not started', causes, { error });
      this.#listener?.({ type: 'started', uid, container, error, n });
      return;
    }
    record.state = 'running';
    record.startedAt = now;
    const n = this.#log(runtime, record, 'container started', causes);
    this.#plan(runtime, record, n);
    this.#listener?.({ type: 'started', uid, container, error: undefined, n });
  }

  /** What it will do by itself. */
  #plan(runtime: PodRuntime, record: SimulatedContainer, n: number): void {
    const { behaviour, name: container } = record;
    const { exit, exitAfterMs, ready, memory, disk, processes } = behaviour;
    const { uid } = runtime;
    if (exit !== undefined) {
      const run = runtime.ordinal + record.restartCount;
      const code = exit[Math.min(run, exit.length - 1)] ?? 0;
      const takes = this.#jittered(exitAfterMs, behaviour, [uid, record.id, 'exit']);
      this.#after(uid, takes, () => this.#exited(runtime, record, code, [n]));
    } else if (ready !== undefined) {
      for (const turn of ready) {
        this.#after(uid, turn, () => {
          if (record.state === 'running') this.#listener?.({ type: 'health', uid, container, n });
        });
      }
    }
    for (const { atMs } of [...disk, ...processes]) {
      this.#after(uid, atMs, () => this.#listener?.({ type: 'usage', uid, container, n }));
    }
    if (memory.length === 0) return;
    const limit = memoryLimit(runtime.pod, container);
    for (const { atMs, amount } of memory) {
      this.#after(uid, atMs, () => {
        if (record.state !== 'running') return;
        if (amount > limit) this.#exited(runtime, record, sigkill, [n], 'OOMKilled');
        else this.#listener?.({ type: 'usage', uid, container, n });
      });
    }
  }

  #exited(
    runtime: PodRuntime,
    record: SimulatedContainer,
    exitCode: number,
    causes: readonly number[],
    reason = exitCode === 0 ? 'Completed' : 'Error',
  ): void {
    if (record.state === 'exited') return;
    record.state = 'exited';
    record.exitCode = exitCode;
    record.reason = reason;
    record.finishedAt = this.#host.now;
    record.message = messageOf(record, exitCode, this.#host.now);
    const n = this.#log(runtime, record, 'container exited', causes, { exitCode });
    this.#listener?.({ type: 'exited', uid: runtime.uid, container: record.name, n });
  }

  #find(uid: string, name: string) {
    const runtime = this.#pods.get(uid);
    const record = runtime?.containers.find((container) => container.name === name);
    return record === undefined ? undefined : { runtime: runtime!, record };
  }

  /** Two instances of one count exist only where a sandbox was made anew. */
  #serialOf({ containers }: PodRuntime, name: string, restartCount: number): string {
    const known = containers.some((c) => c.name === name && c.restartCount === restartCount);
    return known ? `-${++this.#serial}` : '';
  }

  #jittered(ms: number, { jitter }: Behaviour, about: readonly string[]): number {
    if (jitter === 0 || ms === Number.POSITIVE_INFINITY) return ms;
    return Math.max(Math.round(ms * (1 + jitter * (2 * this.#host.chance(about) - 1))), 0);
  }

  #log(
    { key, uid }: PodRuntime,
    { name: container }: SimulatedContainer,
    event: string,
    causes: readonly number[],
    detail?: Readonly<Record<string, string | number>>,
  ): number {
    const happened = { key, uid, event, container, ...(detail && { detail }) };
    return this.#host.log(happened, causes);
  }

  #after(uid: string, delayMs: number, then: () => void): void {
    if (delayMs === Number.POSITIVE_INFINITY) return;
    if (delayMs <= 0) return then();
    const pending = this.#pending.get(uid) ?? new Set();
    this.#pending.set(uid, pending);
    const cancel = this.#host.timer(uid, this.#host.now + delayMs, () => {
      pending.delete(cancel);
      if (pending.size === 0) this.#pending.delete(uid);
      then();
    });
    pending.add(cancel);
  }

  #cancelAll(uid: string): void {
    for (const cancel of this.#pending.get(uid) ?? []) cancel();
    this.#pending.delete(uid);
  }

  /** Round and round, past those that are in use, as CNI's host-local does. */
  #nextAddress(): string {
    for (;;) {
      const nth = this.#addresses++;
      const ip = flat(podAddress(this.#subnet, nth % addressesMax));
      if (nth < addressesMax || this.#pods.size >= addressesMax || !this.#hasAddress(ip)) return ip;
    }
  }

  #hasAddress(address: string): boolean {
    for (const { ip } of this.#pods.values()) if (ip === address) return true;
    return false;
  }
}
