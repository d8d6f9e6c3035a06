/**
 * One Pod on one node (kubelet-01): syncs one after the other, then its termination. What a sync has
 * to do is computed from the runtime's records; the worker has the runtime do it and says what it
 * learns to the machines of the Pod and of its containers.
 */
import { containerTable } from '../../../machines/index.ts';
import type { Pod, PodStatus } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import { restartsAllContainers } from '../../api/pod/restartpolicy.ts';
import type { Environment } from '../../sim/component.ts';
import { turnedAway } from '../node/admission.ts';
import { isProbed, Prober } from '../probes/prober.ts';
import type { ContainerRuntime, RuntimeEvent } from '../runtime/runtime.ts';
import { apiStatus, type Verdict } from '../status/status.ts';
import { deadlineExceeded, isPastDeadline } from './deadline.ts';
import { podGrace } from './grace.ts';
import { Mounts, tellPullSecrets } from './mounts.ts';
import { type PodActions, podActions } from './podactions.ts';
import { PodContext } from './podcontext.ts';
import { PodLife } from './podlife.ts';
import { recover } from './recovery.ts';
import { actuate, settleResize } from './resize.ts';
import { type PassHost, SyncPass } from './syncpass.ts';
import { Termination } from './termination.ts';
import type { Tracked } from './tracked.ts';

export interface WorkerOptions {
  readonly hostIP: string;
  /** Part of a probe's period by which its first tick is late, after a kubelet restart. */
  readonly isRecovered: boolean;
}

const isRunning = ({ state }: { readonly state: string }): boolean => state === 'running';
const noRecords = { sandboxes: [], containers: [] };

export class PodWorker implements PassHost {
  readonly context: PodContext;
  readonly prober: Prober;
  /** To be reported. Undefined before the first sync. */
  status: PodStatus | undefined;
  #vanished = false;
  /** It has stopped, and its last status is known. */
  isTerminated = false;
  readonly #options: WorkerOptions;
  readonly #life: PodLife;
  readonly #mounts: Mounts;
  #pass: SyncPass | undefined;
  #termination: Termination | undefined;
  /** Everything left is stopped, though nobody asked for the end of the Pod. */
  #cleaning: Termination | undefined;
  #verdict: Verdict | undefined;
  #graceOverride: number | undefined;
  #isRestartingAll = false;
  #isAwake = true;

  constructor(pod: Pod, env: Environment, runtime: ContainerRuntime, options: WorkerOptions) {
    this.context = new PodContext(pod, env, runtime);
    this.#options = options;
    this.#mounts = new Mounts(this.context);
    this.prober = new Prober(this.context, env.now);
    this.#life = new PodLife(env, this.context.key);
    const starting = options.isRecovered ? recover(this.context, this.prober) : undefined;
    if (starting !== undefined) this.#pass = SyncPass.adopting(this, starting);
    for (const container of this.context.containers) this.#followReadiness(container);
    this.#life.see(pod);
  }

  get uid(): string {
    return this.context.uid;
  }

  get pod(): Pod {
    return this.context.pod;
  }

  get vanished(): boolean {
    return this.#vanished;
  }

  /** The object is gone from the API: clean up, and say nothing. */
  vanish(graceSeconds?: number): void {
    this.#vanished = true;
    this.#graceOverride ??= graceSeconds;
    this.wake();
  }

  /** The worker is on its way to the end of the Pod. */
  get stops(): boolean {
    return this.vanished || this.#verdict !== undefined || this.#life.stops;
  }

  /** The node has something of it already. */
  get hasBegun(): boolean {
    return this.context.records !== undefined;
  }

  observe(pod: Pod): void {
    const before = this.pod;
    this.context.pod = pod;
    if (this.status === undefined) this.context.status = pod.status;
    this.#life.see(pod);
    const isReportOnly =
      before.spec === pod.spec &&
      before.metadata.deletionGracePeriodSeconds === pod.metadata.deletionGracePeriodSeconds &&
      before.metadata.generation === pod.metadata.generation;
    if (!isReportOnly || this.#isEndedByOthers) this.wake();
    // Gates are opened by others.
    else if (pod.spec.readinessGates !== undefined && this.#isAtRest) this.#refreshAtRest();
  }

  /** Somebody else says that it has ended: what runs of it is stopped. */
  get #isEndedByOthers(): boolean {
    return isPodTerminal(this.pod) && (this.context.records?.containers ?? []).some(isRunning);
  }

  /** Ends the Pod though its spec wants it: a deadline, an eviction, a preemption. */
  end(verdict: Verdict, graceSeconds?: number): void {
    if (this.#verdict !== undefined || this.stops) return;
    this.wake();
    this.#verdict = verdict;
    this.#graceOverride = graceSeconds;
  }

  /** It is turned away, and nothing of it runs. */
  reject(why: PodStatus): void {
    this.status = turnedAway(this.pod, why, this.context.env.now);
    this.isTerminated = true;
    this.#life.send({ type: 'pod.failed' });
  }

  /** The next sync has something to do: more than the status changed. */
  wake(): void {
    this.#isAwake = true;
  }

  /** Whether a sync would find something to do now. */
  get isDue(): boolean {
    return this.#isAwake && !this.isTerminated && (this.stops || this.#isAtRest);
  }

  /** The first half of a sync: looks what has become of it, to be reported before anything is done. */
  look(): void {
    if (this.isTerminated || !this.#isAwake) return;
    this.#checkDeadline();
    if (this.#termination !== undefined) return;
    if (this.stops || this.#isAtRest) this.#refresh();
  }

  /** The second half: does what has to be done. */
  act(): void {
    if (this.isTerminated || !this.#isAwake) return;
    if (this.stops) {
      this.#isAwake = false;
      return this.#terminate();
    }
    if (!this.#isAtRest) return;
    this.#isAwake = false;
    if (this.#restartsAll()) return;
    const { context } = this;
    if (!this.hasBegun && !this.#mounts.areReady) return;
    tellPullSecrets(context);
    if (actuate(context)) this.#refresh();
    const actions = podActions(context.pod.spec, false, context.records ?? noRecords, this.prober);
    this.#act(actions);
  }

  handle(event: RuntimeEvent): void {
    const { context } = this;
    if (event.type === 'sandboxReady') {
      this.#refresh(true);
      this.#pass?.advance();
      return;
    }
    const container = context.find(event.container);
    if (container === undefined) return;
    if (event.type === 'exited') this.#exited(container);
    else if (event.type === 'health') {
      this.#followReadiness(container);
      this.#refreshAtRest();
    } else if (event.type === 'hookDone' && event.hook === 'preStop') {
      this.#pass?.hookDone(event.container);
      this.#termination?.hookDone(event.container, event.error);
      this.#cleaning?.hookDone(event.container, event.error);
    } else this.#pass?.handle(container, event);
    this.#settleTermination();
  }

  /** A timer of a probe. */
  probe(name: string, type: string): void {
    if (!this.prober.tick(name, type)) return;
    this.wake();
    const container = this.context.find(name);
    if (container !== undefined) this.#followReadiness(container);
    this.#refreshAtRest();
  }

  /** The grace of a termination is over. */
  graceOver(): void {
    this.#termination?.expired();
    this.#cleaning?.expired();
  }

  memory(): unknown {
    return [
      this.uid,
      this.#life.text,
      this.vanished,
      this.isTerminated,
      this.#pass?.place,
      this.#mounts.delayMs,
      this.context.containers.map(({ state, error }) => [
        containerTable.value(state),
        error?.reason,
      ]),
      this.prober.memory(),
    ];
  }

  get #isAtRest(): boolean {
    return this.#pass === undefined && this.#cleaning === undefined;
  }

  // A sync.

  #act(actions: PodActions): void {
    if (actions.killPod && !actions.createSandbox) return this.#cleanUp();
    const pass = new SyncPass(this, actions);
    if (pass.isIdle) return;
    this.#pass = pass;
    pass.advance();
  }

  passed(isFruitful: boolean): void {
    this.#pass = undefined;
    if (this.#isRestartingAll) {
      const { context } = this;
      this.#isRestartingAll = context.containers.some(
        ({ spec, kind }) => kind === 'regular' && context.record(spec.name) === undefined,
      );
    }
    this.#refresh();
    // What was started may make room for what comes next.
    if (isFruitful) this.wake();
  }

  started(container: Tracked): void {
    const record = this.context.record(container.spec.name);
    if (record?.state !== 'running') return;
    if (container.spec.startupProbe !== undefined && isProbed(container)) {
      this.context.send(container, { type: 'container.startupPending' });
    }
    this.prober.begin(container, record);
    this.#followReadiness(container);
  }

  ended(container: Tracked): void {
    this.prober.end(container);
  }

  #followReadiness(container: Tracked): void {
    const { context } = this;
    if (!containerTable.has(container.state, 'runs') || container.kind !== 'regular') return;
    const { ready } = this.prober.judge(container.spec, context.record(container.spec.name));
    if (ready === containerTable.has(container.state, 'ready')) return;
    context.send(container, { type: ready ? 'container.becameReady' : 'container.becameUnready' });
  }

  #exited(container: Tracked): void {
    const { context } = this;
    // The containers of an old sandbox end with it.
    if (this.#pass?.isReplacing === true) return;
    this.wake();
    const exitCode = context.record(container.spec.name)?.exitCode ?? 137;
    this.prober.end(container);
    if (!containerTable.has(container.state, 'done')) context.exited(container, exitCode);
    this.#termination?.exited();
    this.#cleaning?.exited();
    this.#pass?.exited(container);
  }

  /** A rule says that all containers start from the beginning, in the same sandbox. */
  #restartsAll(): boolean {
    const { context, uid } = this;
    const records = context.records?.containers ?? [];
    const asks = context.containers.some(({ spec, kind }) => {
      if (kind === 'ephemeral' || spec.restartPolicyRules === undefined) return false;
      const record = context.record(spec.name);
      return record?.state === 'exited' && restartsAllContainers(spec, record.exitCode ?? 0);
    });
    if (!asks) return false;
    this.#isRestartingAll = true;
    const running = records.filter(({ state }) => state === 'running');
    for (const { name } of running) {
      const container = context.find(name)!;
      if (!containerTable.has(container.state, 'kills')) {
        context.send(container, { type: 'container.restartRequested' });
        context.runtime.stopContainer(uid, name, 0, context.env.causes);
      }
    }
    if (running.length > 0) {
      this.#refresh();
      return true;
    }
    context.runtime.removeContainers(uid);
    for (const container of context.containers) {
      context.send(container, { type: 'container.reset' });
      this.prober.end(container);
    }
    this.wake();
    this.#refresh();
    return true;
  }

  /** Nothing is left to run: what still does, sidecars above all, is stopped. */
  #cleanUp(): void {
    const { context } = this;
    const runs = context.records?.containers.some(({ state }) => state === 'running') ?? false;
    if (!runs) return;
    const termination = podGrace({ termination: this.pod.spec.terminationGracePeriodSeconds });
    this.#cleaning = new Termination(context, termination);
    this.#cleaning.begin();
    this.#settleTermination();
  }

  // The end.

  #terminate(): void {
    const { context } = this;
    const { metadata, spec } = this.pod;
    const grace = podGrace({
      termination: spec.terminationGracePeriodSeconds,
      deletion: metadata.deletionGracePeriodSeconds,
      override: this.#graceOverride,
      current: this.#termination?.graceSeconds,
    });
    if (this.#termination !== undefined) this.#termination.shorten(grace);
    else {
      this.#pass?.cancel();
      this.#pass = undefined;
      this.#cleaning = undefined;
      this.prober.stopping();
      context.env.cancelTimer(`sync ${this.uid}`);
      context.env.cancelTimer(`deadline ${this.uid}`);
      this.#termination = new Termination(context, grace);
      this.#termination.begin();
    }
    this.#settleTermination();
  }

  #settleTermination(): void {
    const { context } = this;
    if (this.#cleaning?.isDone === true) {
      this.#cleaning = undefined;
      this.wake();
    }
    if (this.isTerminated || this.#termination?.isDone !== true) return;
    context.env.cancelTimer(`grace ${this.uid}`);
    for (const container of context.containers) this.prober.end(container);
    context.runtime.stopPodSandbox(this.uid, context.env.causes);
    this.isTerminated = true;
    this.#refresh();
  }

  #checkDeadline(): void {
    if (this.stops || !isPastDeadline(this.context)) return;
    this.context.emit({ type: 'Normal', ...deadlineExceeded });
    this.end(deadlineExceeded);
  }

  // What is told.

  #refreshAtRest(): void {
    if (this.status !== undefined && !this.isTerminated) this.#refresh();
  }

  #refresh(isEarly = false): void {
    settleResize(this.context);
    const status = apiStatus({
      context: this.context,
      prober: this.prober,
      before: this.status ?? this.pod.status,
      hostIP: this.#options.hostIP,
      isTerminal: this.isTerminated,
      isRestartingAll: this.#isRestartingAll,
      isEarly,
      verdict: this.#verdict,
    });
    const isFirst = this.status === undefined;
    this.status = status;
    this.context.status = status;
    this.#life.follow(status);
    if (isFirst) this.#checkDeadline();
  }
}
