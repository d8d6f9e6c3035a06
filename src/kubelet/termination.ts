/**
 * Stopping all containers of a Pod (kubelet-04): preStop hooks, then SIGTERM, then SIGKILL. Regular
 * containers go in parallel; sidecars follow in reverse order, each when the later ones have ended.
 */
import { containerTable } from '../../machines/index.ts';
import { graceAfter } from './grace.ts';
import type { PodContext } from './podcontext.ts';
import type { Tracked } from './tracked.ts';

interface Stopping {
  readonly container: Tracked;
  /** Its preStop hook still runs. */
  isHooked: boolean;
  isSignalled: boolean;
}

export class Termination {
  readonly #context: PodContext;
  readonly #startedAt: number;
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
      const isHooked = container.spec.lifecycle?.preStop !== undefined && graceSeconds > 0;
      this.#stopping.push({ container, isHooked, isSignalled: false });
    }
  }

  /** Apart from the constructor: a hook may end at once, and is answered by whoever knows this. */
  begin(): void {
    const { env } = this.#context;
    for (const one of this.#stopping) this.#begin(one);
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

  /** Less time is left: what is being stopped is stopped faster. */
  shorten(graceSeconds: number): void {
    if (graceSeconds >= this.#graceSeconds) return;
    this.#graceSeconds = graceSeconds;
    for (const one of this.#stopping) {
      if (this.#hasEnded(one.container)) continue;
      if (one.isSignalled) this.#stop(one, graceSeconds);
    }
    this.#context.env.timer(`grace ${this.#context.uid}`, this.#deadline);
    this.#proceed();
  }

  /** The grace is over: whoever still waits for a hook or for its turn is told now. */
  expired(): void {
    for (const one of this.#stopping) {
      if (one.isSignalled) continue;
      one.isHooked = false;
      this.#signal(one);
    }
  }

  hookDone(name: string, error: string | undefined): void {
    const one = this.#stopping.find(({ container }) => container.spec.name === name);
    if (one === undefined || !one.isHooked) return;
    one.isHooked = false;
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

  #begin({ container, isHooked }: Stopping): void {
    const { runtime, env, uid } = this.#context;
    const { name } = container.spec;
    const message = `Stopping container ${name}`;
    this.#context.emit({ type: 'Normal', reason: 'Killing', message }, container);
    if (isHooked) {
      runtime.runHook(uid, container.spec, 'preStop', this.#graceSeconds * 1000, env.causes);
    }
  }

  #proceed(): void {
    for (const one of this.#stopping) {
      if (!one.isSignalled && !one.isHooked && this.#isItsTurn(one)) this.#signal(one);
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
