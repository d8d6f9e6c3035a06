/**
 * Stopping all containers of a Pod (kubelet-04): preStop hooks, then SIGTERM, then SIGKILL. Regular
 * containers go in parallel; sidecars follow in reverse order, each when the later ones have ended.
 */
import { containerTable } from '../../../machines/index.ts';
import { graceAfter } from './grace.ts';
import type { PodContext } from './podcontext.ts';
import type { Tracked } from './tracked.ts';

interface Stopping {
  readonly container: Tracked;
  /** Runs of its preStop hook that have not ended: more than one where the stop began anew. */
  hooks: number;
  isSignalled: boolean;
}

export class Termination {
  readonly #context: PodContext;
  #startedAt: number;
  readonly #stopping: Stopping[] = [];
  #graceSeconds: number;

  constructor(context: PodContext, graceSeconds: number) {
    const { env } = context;
    this.#context = context;
    this.#graceSeconds = graceSeconds;
    this.#startedAt = env.now;
    for (const container of context.containers) {
      const record = context.record(container.spec.name);
      const runs =
        record !== undefined && record.state !== 'exited' && record.startedAt !== undefined;
      if (
        !containerTable.has(container.state, 'done') &&
        !containerTable.has(container.state, 'kills')
      ) {
        context.send(container, { type: 'container.killRequested' });
      } else if (runs && context.accepts(container, { type: 'container.killRequested' })) {
        context.send(container, { type: 'container.killRequested' });
      }
      if (!runs) continue;
      this.#stopping.push({ container, hooks: 0, isSignalled: false });
    }
  }

  /** Apart from the constructor: a hook may end at once, and is answered by whoever knows this. */
  begin(): void {
    const { env } = this.#context;
    this.#beginAll(this.#stopping);
    if (this.#stopping.some(({ container }) => container.isSidecar)) {
      env.timer(`grace ${this.#context.uid}`, this.#deadline);
    }
    this.#proceed();
  }

  get graceSeconds(): number {
    return this.#graceSeconds;
  }

  get isDone(): boolean {
    return this.#stopping.every(({ container }) => this.#hasEnded(container));
  }

  /** Less time is left: the stop begins anew with that, hooks included. */
  shorten(graceSeconds: number): void {
    if (graceSeconds >= this.#graceSeconds) return;
    const { env, uid } = this.#context;
    this.#graceSeconds = graceSeconds;
    this.#startedAt = env.now;
    env.cancelTimer(`grace ${uid}`);
    const left = this.#stopping.filter(({ container }) => !this.#hasEnded(container));
    for (const one of left) if (one.isSignalled) this.#stop(one, graceAfter(graceSeconds, 0));
    this.#beginAll(left.filter(({ isSignalled }) => !isSignalled));
    env.timer(`grace ${uid}`, this.#deadline);
    this.#proceed();
  }

  /** The grace is over: whoever still waits for a hook or for its turn is told now. */
  expired(): void {
    for (const one of this.#stopping) {
      if (one.isSignalled) continue;
      one.hooks = 0;
      this.#signal(one);
    }
  }

  hookDone(name: string, error: string | undefined): void {
    const one = this.#stopping.find(({ container }) => container.spec.name === name);
    if (one === undefined || one.hooks === 0) return;
    one.hooks -= 1;
    if (error !== undefined) {
      const failure = { reason: 'FailedPreStopHook', message: 'PreStopHook failed' };
      this.#context.emit({ type: 'Warning', ...failure }, one.container);
    }
    this.#proceed();
  }

  exited(): void {
    this.#proceed();
  }

  get #deadline(): number {
    return this.#startedAt + this.#graceSeconds * 1000;
  }

  /** A hook may end at once: so all are noted before any runs. */
  #beginAll(stopping: readonly Stopping[]): void {
    const { runtime, env, uid } = this.#context;
    for (const one of stopping) if (this.#hasHook(one)) one.hooks += 1;
    for (const one of stopping) {
      const { container } = one;
      const { spec } = container;
      const message = `Stopping container ${spec.name}`;
      this.#context.emit({ type: 'Normal', reason: 'Killing', message }, container);
      if (!this.#hasHook(one)) continue;
      runtime.runHook(uid, spec, 'preStop', this.#graceSeconds * 1000, env.causes);
    }
  }

  #hasHook({ container }: Stopping): boolean {
    return container.spec.lifecycle?.preStop !== undefined && this.#graceSeconds > 0;
  }

  #proceed(): void {
    for (const one of this.#stopping) {
      if (!one.isSignalled && one.hooks === 0 && this.#isItsTurn(one)) this.#signal(one);
    }
  }

  #isItsTurn({ container }: Stopping): boolean {
    if (!container.isSidecar) return true;
    let isLater = false;
    for (const { container: other } of this.#stopping) {
      if (other === container) isLater = true;
      else if ((!other.isSidecar || isLater) && !this.#hasEnded(other)) return false;
    }
    return true;
  }

  #signal(one: Stopping): void {
    one.isSignalled = true;
    const signalled = { type: 'container.signalled' } as const;
    if (this.#context.accepts(one.container, signalled)) {
      this.#context.send(one.container, signalled);
    }
    const spent = (this.#context.env.now - this.#startedAt) / 1000;
    this.#stop(one, graceAfter(this.#graceSeconds, spent));
  }

  #stop({ container }: Stopping, seconds: number): void {
    const { runtime, env, uid } = this.#context;
    runtime.stopContainer(uid, container.spec.name, seconds * 1000, env.causes);
  }

  #hasEnded({ spec }: Tracked): boolean {
    const record = this.#context.record(spec.name);
    return record === undefined || record.state === 'exited';
  }
}
