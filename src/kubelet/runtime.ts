/**
 * The simulated container runtime of one node, behind an interface in the shape of the CRI.
 *
 * It lives outside the kubelet's process: containers go on when the kubelet crashes, and a new one
 * finds them by listing. What happens in it is told to whoever is connected.
 */
import type { Container } from '../api/podspec.ts';
import type { Cancel } from '../sim/timers.ts';
import type { Behaviours } from './behaviour.ts';

export interface ContainerRecord {
  readonly name: string;
  readonly image: string;
  readonly attempt: number;
  state: 'starting' | 'running' | 'exited';
  startedAt: number | undefined;
  finishedAt: number | undefined;
  exitCode: number | undefined;
  /** What its application says when a readiness probe asks. */
  healthy: boolean;
}

export interface Sandbox {
  readonly uid: string;
  readonly key: string;
  readonly ip: string;
  /** The how-manieth Pod it is that kubelets saw. */
  readonly ordinal: number;
  readonly createdAt: number;
  readonly containers: Map<string, ContainerRecord>;
}

export type RuntimeEvent =
  | {
      readonly type: 'pulled';
      readonly uid: string;
      readonly container: string;
      readonly tookMs: number;
      readonly n: number;
    }
  | {
      readonly type: 'started' | 'exited' | 'health';
      readonly uid: string;
      readonly container: string;
      /** The log's entry of it. */
      readonly n: number;
    };

/** What the runtime needs of the simulation. */
export interface RuntimeHost {
  readonly now: number;
  timer(tag: string, at: number, fire: () => void): Cancel;
  /** Returns the number of the log's entry. */
  log(
    happened: {
      readonly key: string;
      readonly uid: string;
      readonly event: string;
      readonly container?: string;
      readonly detail?: Readonly<Record<string, string | number>>;
    },
    causes: readonly number[],
  ): number;
}

/** What a kubelet asks for; `causes` are the log's entries that made it ask. */
export interface ContainerRuntime {
  /** Tells the listener what happens from now on; replaces the last one. */
  connect(listener: ((event: RuntimeEvent) => void) | undefined): void;
  list(): readonly Sandbox[];
  sandbox(uid: string): Sandbox | undefined;
  runPodSandbox(uid: string, key: string, causes: readonly number[]): Sandbox;
  removePodSandbox(uid: string, causes: readonly number[]): void;
  hasImage(image: string): boolean;
  /** Ends with `pulled`. */
  pullImage(uid: string, container: string, image: string, causes: readonly number[]): void;
  /** Ends with `started`. */
  startContainer(
    uid: string,
    container: Container,
    attempt: number,
    causes: readonly number[],
  ): void;
  /** Ends with `exited`, when the grace is over at the latest. */
  stopContainer(uid: string, container: string, graceMs: number, causes: readonly number[]): void;
}

const sigkill = 137;

export class SimulatedRuntime implements ContainerRuntime {
  readonly #host: RuntimeHost;
  readonly #behaviours: Behaviours;
  readonly #subnet: number;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #images = new Set<string>();
  readonly #pending = new Map<string, Cancel[]>();
  #listener: ((event: RuntimeEvent) => void) | undefined;
  #addresses = 1;

  /** `subnet` keeps the addresses of nodes apart. */
  constructor(host: RuntimeHost, behaviours: Behaviours, subnet: number) {
    this.#host = host;
    this.#behaviours = behaviours;
    this.#subnet = subnet;
  }

  connect(listener: ((event: RuntimeEvent) => void) | undefined): void {
    this.#listener = listener;
  }

  list(): readonly Sandbox[] {
    return [...this.#sandboxes.values()];
  }

  sandbox(uid: string): Sandbox | undefined {
    return this.#sandboxes.get(uid);
  }

  runPodSandbox(uid: string, key: string, causes: readonly number[]): Sandbox {
    const sandbox: Sandbox = {
      uid,
      key,
      ip: this.#nextAddress(),
      ordinal: this.#behaviours.nextPod(),
      createdAt: this.#host.now,
      containers: new Map(),
    };
    this.#sandboxes.set(uid, sandbox);
    this.#host.log({ key, uid, event: 'sandbox created' }, causes);
    return sandbox;
  }

  removePodSandbox(uid: string, causes: readonly number[]): void {
    const sandbox = this.#sandboxes.get(uid);
    if (sandbox === undefined) return;
    for (const cancel of this.#pending.get(uid) ?? []) cancel();
    this.#pending.delete(uid);
    this.#sandboxes.delete(uid);
    this.#host.log({ key: sandbox.key, uid, event: 'sandbox removed' }, causes);
  }

  hasImage(image: string): boolean {
    return this.#behaviours.tempo.pullMs === 0 || this.#images.has(image);
  }

  /** The answer is for who asked: a kubelet that restarts meanwhile finds the image, and no more. */
  pullImage(uid: string, container: string, image: string, causes: readonly number[]): void {
    const asking = this.#listener;
    const tookMs = this.#behaviours.tempo.pullMs;
    this.#after(uid, tookMs, () => {
      this.#images.add(image);
      const { key } = this.#sandboxes.get(uid)!;
      const detail = { image, tookMs };
      const n = this.#host.log({ key, uid, event: 'image pulled', container, detail }, causes);
      if (this.#listener === asking) asking?.({ type: 'pulled', uid, container, tookMs, n });
    });
  }

  startContainer(
    uid: string,
    { name, image }: Container,
    attempt: number,
    causes: readonly number[],
  ): void {
    const sandbox = this.#sandboxes.get(uid);
    if (sandbox === undefined) return;
    const record: ContainerRecord = {
      name,
      image,
      attempt,
      state: 'starting',
      startedAt: undefined,
      finishedAt: undefined,
      exitCode: undefined,
      healthy: false,
    };
    sandbox.containers.set(name, record);
    const { startMs } = this.#behaviours.of(image);
    const stagger = attempt === 0 ? this.#behaviours.tempo.staggerMs(sandbox.ordinal) : 0;
    this.#after(uid, startMs + stagger, () => this.#started(sandbox, record, causes));
  }

  stopContainer(uid: string, name: string, graceMs: number, causes: readonly number[]): void {
    const sandbox = this.#sandboxes.get(uid);
    const record = sandbox?.containers.get(name);
    if (sandbox === undefined || record === undefined || record.state === 'exited') return;
    const { stopMs } = this.#behaviours.of(record.image);
    const killed = stopMs > graceMs;
    const end = () => this.#exited(sandbox, record, killed ? sigkill : 0, causes);
    this.#after(uid, Math.min(stopMs, graceMs), end);
  }

  /** Everything dies with the machine. */
  powerOff(): void {
    for (const uid of [...this.#sandboxes.keys()]) this.removePodSandbox(uid, []);
    this.#listener = undefined;
  }

  memory(): unknown {
    return this.list().map(({ uid, containers }) => [
      uid,
      [...containers.values()].map((c) => [c.name, c.state, c.healthy, c.exitCode]),
    ]);
  }

  #started(sandbox: Sandbox, record: ContainerRecord, causes: readonly number[]): void {
    if (record.state !== 'starting') return;
    const { readyMs, exit, exitAfterMs } = this.#behaviours.of(record.image);
    const { uid } = sandbox;
    record.state = 'running';
    record.startedAt = this.#host.now;
    const n = this.#log(sandbox, record, 'container started', causes);
    this.#listener?.({ type: 'started', uid, container: record.name, n });
    if (exit !== undefined) {
      const code = exit[Math.min(sandbox.ordinal, exit.length - 1)] ?? 0;
      this.#after(uid, exitAfterMs, () => this.#exited(sandbox, record, code, [n]));
      return;
    }
    this.#after(uid, readyMs ?? 0, () => this.#healthy(sandbox, record, true, n));
  }

  /** `n`: the entry of its start; what its application says is not logged. */
  #healthy(sandbox: Sandbox, record: ContainerRecord, healthy: boolean, n: number): void {
    if (record.state !== 'running') return;
    record.healthy = healthy;
    this.#listener?.({ type: 'health', uid: sandbox.uid, container: record.name, n });
    const { unreadyAfterMs } = this.#behaviours.of(record.image);
    if (healthy)
      this.#after(sandbox.uid, unreadyAfterMs, () => this.#healthy(sandbox, record, false, n));
  }

  #exited(
    sandbox: Sandbox,
    record: ContainerRecord,
    exitCode: number,
    causes: readonly number[],
  ): void {
    if (record.state === 'exited') return;
    record.state = 'exited';
    record.exitCode = exitCode;
    record.finishedAt = this.#host.now;
    record.healthy = false;
    const n = this.#log(sandbox, record, 'container exited', causes, { exitCode });
    this.#listener?.({ type: 'exited', uid: sandbox.uid, container: record.name, n });
  }

  #log(
    { key, uid }: Sandbox,
    { name: container }: ContainerRecord,
    event: string,
    causes: readonly number[],
    detail?: Readonly<Record<string, string | number>>,
  ): number {
    const happened = { key, uid, event, container };
    return this.#host.log(detail === undefined ? happened : { ...happened, detail }, causes);
  }

  #after(uid: string, delayMs: number, then: () => void): void {
    if (delayMs === Number.POSITIVE_INFINITY) return;
    if (delayMs <= 0) return then();
    const cancel = this.#host.timer(uid, this.#host.now + delayMs, then);
    const pending = this.#pending.get(uid);
    if (pending === undefined) this.#pending.set(uid, [cancel]);
    else pending.push(cancel);
  }

  #nextAddress(): string {
    const n = ++this.#addresses;
    const subnet = this.#subnet;
    return `10.${244 + (subnet >> 8)}.${subnet & 0xff}.${n}`;
  }
}
