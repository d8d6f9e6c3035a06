/**
 * What one sync has begun and not ended: containers are stopped, a sandbox is made, then others are
 * started, one after the other. A pass waits for the runtime; nothing else is begun meanwhile.
 */

import type { RuntimeEvent } from '../runtime/runtime.ts';
import { beginStart, continueStart, type Progress } from './containerstart.ts';
import { containerGrace, graceAfter } from './grace.ts';
import type { ContainerKill, PodActions } from './podactions.ts';
import type { PodContext } from './podcontext.ts';
import type { Tracked } from './tracked.ts';

export interface PassHost {
  readonly context: PodContext;
  /** A container runs, its hook included. */
  started(container: Tracked): void;
  /** An instance of a container is no more. */
  ended(container: Tracked): void;
  /** Nothing is left to be done. `isFruitful`: something was started or stopped. */
  passed(isFruitful: boolean): void;
}

interface Kill {
  readonly graceSeconds: number;
  readonly since: number;
}

export class SyncPass {
  readonly #host: PassHost;
  readonly #starts: readonly Tracked[];
  readonly #attempt: number;
  /** By name of the container. */
  readonly #kills = new Map<string, Kill>();
  /** Names of the containers that it has killed. */
  readonly #killed = new Set<string>();
  #toKill: readonly ContainerKill[];
  #place = 0;
  #needsSandbox: boolean;
  #isFruitful: boolean;
  #isReplacing = false;
  #isOver = false;

  constructor(host: PassHost, actions: PodActions) {
    this.#host = host;
    this.#attempt = actions.attempt;
    this.#needsSandbox = actions.createSandbox;
    this.#isFruitful = actions.toKill.length > 0;
    this.#starts = chosen(host.context, actions);
    this.#toKill = actions.toKill;
  }

  /** A start that was under way when a kubelet died: the pass of the next one goes on with it. */
  static adopting(host: PassHost, container: Tracked): SyncPass {
    const pass = new SyncPass(host, nothingToDo);
    (pass.#starts as Tracked[]).push(container);
    return pass;
  }

  get place(): number {
    return this.#place;
  }

  get isIdle(): boolean {
    return this.#starts.length === 0 && !this.#isFruitful;
  }

  /** Goes on with what has still to be done, until something has to be waited for. */
  advance(): void {
    const { context } = this.#host;
    this.#killAll();
    if (this.#kills.size > 0 || this.#isOver) return;
    if (this.#needsSandbox) {
      this.#needsSandbox = false;
      this.#runSandbox();
    }
    if (context.records?.sandboxes[0]?.ip === '') return;
    while (this.#place < this.#starts.length) {
      const container = this.#starts[this.#place]!;
      const isKilled = this.#killed.has(container.spec.name);
      if (!this.#step(container, beginStart(context, container, isKilled)) || this.#isOver) return;
    }
    this.#isOver = true;
    this.#host.passed(this.#isFruitful);
  }

  /** The runtime answered. */
  handle(container: Tracked, event: RuntimeEvent): void {
    if (this.#starts[this.#place] !== container) return;
    if (this.#step(container, continueStart(this.#host.context, container, event))) this.advance();
  }

  exited(container: Tracked): void {
    // The containers of an old sandbox end with it.
    if (this.#isReplacing) return;
    if (this.#kills.delete(container.spec.name)) this.advance();
    else if (this.#kills.size === 0 && this.#starts[this.#place] === container) {
      if (this.#step(container, 'failed')) this.advance();
    }
  }

  get isReplacing(): boolean {
    return this.#isReplacing;
  }

  /** The preStop hook of a container that is being killed has ended. */
  hookDone(name: string): void {
    const kill = this.#kills.get(name);
    if (kill === undefined) return;
    const spent = (this.#host.context.env.now - kill.since) / 1000;
    this.#signal(name, graceAfter(kill.graceSeconds, spent));
  }

  /** It is given up: the Pod ends. */
  cancel(): void {
    this.#isOver = true;
  }

  /** A container may end as soon as it is told to; so all are noted before any is. */
  #killAll(): void {
    const toKill = this.#toKill;
    if (toKill.length === 0) return;
    this.#toKill = [];
    const { env, pod } = this.#host.context;
    for (const { name, reason } of toKill) {
      const graceSeconds = containerGrace(pod, name, reason);
      this.#kills.set(name, { graceSeconds, since: env.now });
      this.#killed.add(name);
    }
    for (const kill of toKill) this.#kill(kill);
  }

  #kill({ name, message }: ContainerKill): void {
    const { context } = this.#host;
    const container = context.find(name)!;
    const isRestarted = this.#starts.includes(container);
    context.emit({ type: 'Normal', reason: 'Killing', message }, container);
    context.send(container, {
      type: isRestarted ? 'container.restartRequested' : 'container.killRequested',
    });
    const { runtime, env, uid } = context;
    const { graceSeconds } = this.#kills.get(name)!;
    if (container.spec.lifecycle?.preStop !== undefined && graceSeconds > 0) {
      runtime.runHook(uid, container.spec, 'preStop', graceSeconds * 1000, env.causes);
    } else this.#signal(name, graceAfter(graceSeconds, 0));
  }

  #signal(name: string, seconds: number): void {
    const { runtime, env, uid } = this.#host.context;
    runtime.stopContainer(uid, name, seconds * 1000, env.causes);
  }

  #runSandbox(): void {
    const { context } = this.#host;
    // What the machine had is lost if it was switched off; that the Pod had an address is known.
    if (context.records !== undefined || context.status.podIP !== undefined) {
      const message = 'Pod sandbox changed, it will be killed and re-created.';
      context.emit({ type: 'Normal', reason: 'SandboxChanged', message });
      for (const container of context.containers) {
        this.#host.ended(container);
        context.send(container, { type: 'container.reset' });
      }
    }
    this.#isReplacing = true;
    context.runtime.runPodSandbox(context.pod, this.#attempt, context.env.causes);
    context.allocate(context.allocated);
    this.#isReplacing = false;
  }

  /** Whether the pass goes on with the next container. */
  #step(container: Tracked, progress: Progress): boolean {
    if (progress === 'waits') return false;
    if (progress === 'started') {
      this.#isFruitful = true;
      this.#host.started(container);
    }
    this.#place += 1;
    if (progress === 'failed' && container.kind === 'init' && !container.isSidecar) {
      this.#place = this.#starts.length;
    }
    return true;
  }
}

const nothingToDo: PodActions = {
  killPod: false,
  createSandbox: false,
  attempt: 0,
  ephemeralToStart: [],
  initToStart: [],
  toStart: [],
  toKill: [],
};

/** The containers to be started, in the order in which they are. */
function chosen({ containers }: PodContext, actions: PodActions): Tracked[] {
  const starts: Tracked[] = [];
  const choose = (kind: Tracked['kind'], places: readonly number[]) => {
    if (places.length === 0) return;
    const ofKind = containers.filter((container) => container.kind === kind);
    for (const place of places) starts.push(ofKind[place]!);
  };
  choose('ephemeral', actions.ephemeralToStart);
  choose('init', actions.initToStart);
  choose('regular', actions.toStart);
  return starts;
}
