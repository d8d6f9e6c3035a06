/**
 * The scheduling queue (sched-02): Pods to be tried now, Pods in back-off, and Pods that wait until
 * something happens that could help.
 */
import type { Pod } from '../api/pod.ts';
import type { ClusterEvent } from './framework.ts';

export interface Queued {
  pod: Pod;
  attempts: number;
  /** When it was last put into the active queue. */
  since: number;
  /** Plugins that turned it away; what wakes them wakes it. */
  rejectedBy: ReadonlySet<string>;
  /** When its back-off is over. */
  backoffUntil: number;
  triggers: number[];
}

export const backoffBaseMs = 1_000;
export const backoffMaxMs = 10_000;
/** Pods that waited so long are tried again, whatever happened. */
export const unschedulableMaxMs = 5 * 60_000;

/** 1 s, 2 s, 4 s, 8 s, 10 s … after so many attempts. */
export const backoffOf = (attempts: number): number =>
  attempts === 0 ? 0 : Math.min(backoffBaseMs * 2 ** (attempts - 1), backoffMaxMs);

/** Pods to be tried now: highest priority first, then in the order in which they came. */
class ActiveQueue {
  readonly #byPriority = new Map<number, Map<string, Queued>>();
  readonly #priorities = new Map<string, number>();

  get size(): number {
    return this.#priorities.size;
  }

  keys(): IterableIterator<string> {
    return this.#priorities.keys();
  }

  get(uid: string): Queued | undefined {
    const priority = this.#priorities.get(uid);
    return priority === undefined ? undefined : this.#byPriority.get(priority)?.get(uid);
  }

  set(uid: string, queued: Queued): void {
    const priority = queued.pod.spec.priority ?? 0;
    let level = this.#byPriority.get(priority);
    if (level === undefined) {
      level = new Map();
      this.#byPriority.set(priority, level);
    }
    level.set(uid, queued);
    this.#priorities.set(uid, priority);
  }

  delete(uid: string): void {
    const priority = this.#priorities.get(uid);
    if (priority === undefined) return;
    this.#priorities.delete(uid);
    const level = this.#byPriority.get(priority)!;
    level.delete(uid);
    if (level.size === 0) this.#byPriority.delete(priority);
  }

  first(): Queued | undefined {
    let highest = Number.NEGATIVE_INFINITY;
    for (const priority of this.#byPriority.keys()) highest = Math.max(highest, priority);
    for (const queued of this.#byPriority.get(highest)?.values() ?? []) return queued;
    return undefined;
  }
}

export class SchedulingQueue {
  readonly #active = new ActiveQueue();
  readonly #backoff = new Map<string, Queued>();
  readonly #unschedulable = new Map<string, Queued>();

  get ready(): boolean {
    return this.#active.size > 0;
  }

  /** When the next Pod leaves its back-off; and of those that wait, when it has waited enough. */
  get nextInstant(): number | undefined {
    let at: number | undefined;
    for (const { backoffUntil } of this.#backoff.values()) {
      if (at === undefined || backoffUntil < at) at = backoffUntil;
    }
    for (const { since } of this.#unschedulable.values()) {
      const flush = since + unschedulableMaxMs;
      if (at === undefined || flush < at) at = flush;
    }
    return at;
  }

  add(pod: Pod, now: number, triggers: readonly number[]): void {
    const { uid } = pod.metadata;
    const known = this.#find(uid);
    if (known !== undefined) {
      known.pod = pod;
      return;
    }
    this.#active.set(uid, {
      pod,
      attempts: 0,
      since: now,
      rejectedBy: new Set(),
      backoffUntil: 0,
      triggers: [...triggers],
    });
  }

  /** The Pod changed itself, and may fit now. */
  update(pod: Pod, specChanged: boolean, now: number, triggers: readonly number[]): void {
    const { uid } = pod.metadata;
    const known = this.#find(uid);
    if (known === undefined) return this.add(pod, now, triggers);
    known.pod = pod;
    const waiting = this.#unschedulable.get(uid);
    if (!specChanged || waiting === undefined) return;
    waiting.triggers = [...triggers];
    this.#unschedulable.delete(uid);
    this.#activateOrBackOff(uid, waiting, now);
  }

  remove(uid: string): void {
    this.#active.delete(uid);
    this.#backoff.delete(uid);
    this.#unschedulable.delete(uid);
  }

  /** The next Pod: highest priority, then longest in the queue. */
  pop(): Queued {
    const first = this.#active.first()!;
    this.#active.delete(first.pod.metadata.uid);
    first.attempts += 1;
    return first;
  }

  /** It could not be scheduled: it waits for what would help those who turned it away. */
  park(queued: Queued, rejectedBy: ReadonlySet<string>, now: number): void {
    const { uid } = queued.pod.metadata;
    queued.rejectedBy = rejectedBy;
    queued.since = now;
    queued.triggers = [];
    queued.backoffUntil = now + backoffOf(queued.attempts);
    if (rejectedBy.size === 0) this.#backoff.set(uid, queued);
    else this.#unschedulable.set(uid, queued);
  }

  /** Something happened: wakes the Pods that it could help. */
  moveOn(
    event: ClusterEvent,
    wakesOn: (plugin: string) => readonly ClusterEvent[],
    now: number,
    triggers: readonly number[],
  ): void {
    for (const [uid, queued] of this.#unschedulable) {
      const helps = [...queued.rejectedBy].some((plugin) => wakesOn(plugin).includes(event));
      if (!helps) continue;
      queued.triggers = [...triggers];
      this.#unschedulable.delete(uid);
      this.#activateOrBackOff(uid, queued, now);
    }
  }

  /** Time passed. */
  flush(now: number): void {
    for (const [uid, queued] of this.#backoff) {
      if (queued.backoffUntil > now) continue;
      this.#backoff.delete(uid);
      this.#activate(uid, queued, now);
    }
    for (const [uid, queued] of this.#unschedulable) {
      if (now - queued.since < unschedulableMaxMs) continue;
      this.#unschedulable.delete(uid);
      this.#activateOrBackOff(uid, queued, now);
    }
  }

  memory(): unknown {
    return [this.#active, this.#backoff, this.#unschedulable].map((part) => [...part.keys()]);
  }

  #find(uid: string): Queued | undefined {
    return this.#active.get(uid) ?? this.#backoff.get(uid) ?? this.#unschedulable.get(uid);
  }

  #activateOrBackOff(uid: string, queued: Queued, now: number): void {
    if (queued.backoffUntil > now) this.#backoff.set(uid, queued);
    else this.#activate(uid, queued, now);
  }

  #activate(uid: string, queued: Queued, now: number): void {
    queued.since = now;
    this.#active.set(uid, queued);
  }
}
