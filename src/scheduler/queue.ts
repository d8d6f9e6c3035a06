/**
 * The scheduling queue (sched-02): Pods to be tried now, Pods in back-off, and Pods that wait until
 * something happens that could help. What happens while a Pod is being tried is kept for it, so that
 * nothing is missed.
 */
import type { Pod } from '../api/pod/pod.ts';
import { type BackoffLimits, backoffOf, defaultBackoff } from './backoff.ts';
import type { ClusterEvent } from './events.ts';
import { comesFirst } from './plugins/prioritysort.ts';
import { PodHeap } from './podheap.ts';

export interface Queued {
  pod: Pod;
  priority: number;
  attempts: number;
  /** When it came, or failed last. */
  since: number;
  /** The order in which Pods came. */
  readonly order: number;
  /** Times that plugins turned it away, and errors in a row. */
  unschedulable: number;
  errors: number;
  /** Plugins that turned it away: what helps with them wakes it. */
  rejectedBy: ReadonlySet<string>;
  /** The plugin that does not let it be tried at all. */
  gatedBy: string | undefined;
  triggers: readonly number[];
}

export interface QueueOptions {
  readonly backoff?: BackoffLimits;
  /** Pods that waited for five minutes are tried again, whatever happened (true). */
  readonly flushes?: boolean;
  /** The plugin that does not let a Pod be tried, if there is one. */
  readonly gate: (pod: Pod) => string | undefined;
  /** Whether a change may help a Pod that these plugins turned away. */
  readonly helps: (queued: Queued, event: ClusterEvent) => boolean;
}

/** Pods that waited so long are tried again, whatever happened; looked for every so often. */
export const unschedulableMaxMs = 5 * 60_000;
const sweepMs = 30_000;

const secondOf = (ms: number): number => Math.floor(ms / 1_000) * 1_000;

export class SchedulingQueue {
  readonly #options: QueueOptions;
  readonly #active = new PodHeap((a, b) => comesFirst(a, b) || (tied(a, b) && a.order < b.order));
  /** Of Pods that plugins turned away: they go on early if nobody else waits to be tried. */
  readonly #backoff: PodHeap;
  readonly #errorBackoff: PodHeap;
  readonly #waiting = new Map<string, Queued>();
  /** Those of the Pods that wait whom a plugin turned away, by its name. */
  readonly #waitingFor = new Map<string, Set<Queued>>();
  readonly #inFlight = new Map<string, ClusterEvent[]>();
  #order = 0;
  #sweep = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
    const sooner = (a: Queued, b: Queued): boolean => {
      const [first, second] = [this.#expiry(a), this.#expiry(b)];
      if (first !== second) return first < second;
      return comesFirst(a, b) || (tied(a, b) && a.order < b.order);
    };
    this.#backoff = new PodHeap(sooner);
    this.#errorBackoff = new PodHeap(sooner);
  }

  get ready(): boolean {
    return this.#active.size > 0 || this.#backoff.size > 0;
  }

  get #flushes(): boolean {
    return this.#options.flushes ?? true;
  }

  get pending(): readonly Queued[] {
    return [this.#active, this.#backoff, this.#errorBackoff, this.#waiting].flatMap((part) => [
      ...part.values(),
    ]);
  }

  /** Pods in each part, as `scheduler_pending_pods` names them. */
  get sizes(): Readonly<Record<'active' | 'backoff' | 'gated' | 'unschedulable', number>> {
    let gated = 0;
    for (const { gatedBy } of this.#waiting.values()) if (gatedBy !== undefined) gated += 1;
    return {
      active: this.#active.size,
      backoff: this.#backoff.size + this.#errorBackoff.size,
      gated,
      unschedulable: this.#waiting.size - gated,
    };
  }

  /** When the next Pod leaves its back-off; and of those that wait, when one has waited enough. */
  get nextInstant(): number | undefined {
    const instants: number[] = [];
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      const first = heap.first();
      if (first !== undefined) instants.push(this.#expiry(first) + 1_000);
    }
    if (!this.#flushes) return instants.length === 0 ? undefined : Math.min(...instants);
    let oldest = Number.POSITIVE_INFINITY;
    for (const { since, gatedBy } of this.#waiting.values()) {
      if (gatedBy === undefined) oldest = Math.min(oldest, since);
    }
    if (oldest < Number.POSITIVE_INFINITY) {
      instants.push((Math.floor((oldest + unschedulableMaxMs) / sweepMs) + 1) * sweepMs);
    }
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  add(pod: Pod, now: number, triggers: readonly number[]): void {
    const queued: Queued = {
      pod,
      priority: pod.spec.priority ?? 0,
      attempts: 0,
      since: now,
      order: this.#order++,
      unschedulable: 0,
      errors: 0,
      rejectedBy: nobody,
      gatedBy: undefined,
      triggers,
    };
    this.#activate(queued);
  }

  find(uid: string): Queued | undefined {
    return (
      this.#active.get(uid) ??
      this.#backoff.get(uid) ??
      this.#errorBackoff.get(uid) ??
      this.#waiting.get(uid)
    );
  }

  isInFlight(uid: string): boolean {
    return this.#inFlight.has(uid);
  }

  /** The Pod changed itself, in these ways, and may fit now. */
  update(pod: Pod, changes: readonly ClusterEvent[], now: number): void {
    const { uid } = pod.metadata;
    const known = this.find(uid);
    if (known === undefined) {
      // What it was until now is being tried: what it is now is looked at when that has failed.
      this.#inFlight.get(uid)?.push(...changes);
      return;
    }
    known.pod = pod;
    if (!this.#waiting.has(uid)) return;
    for (const event of changes) if (this.#wake(known, event, now)) return;
  }

  remove(uid: string): void {
    this.#active.delete(uid);
    this.#backoff.delete(uid);
    this.#errorBackoff.delete(uid);
    const waiting = this.#waiting.get(uid);
    if (waiting !== undefined) this.#unwait(waiting);
  }

  /** The next Pod, which is in flight from now on. */
  pop(): Queued {
    const heap = this.#active.size > 0 ? this.#active : this.#backoff;
    const queued = heap.first()!;
    heap.delete(queued.pod.metadata.uid);
    queued.attempts += 1;
    this.#inFlight.set(queued.pod.metadata.uid, []);
    return queued;
  }

  /** It is no longer being tried. */
  done(uid: string): void {
    this.#inFlight.delete(uid);
  }

  /** It could not be scheduled: it waits for what would help those who turned it away. */
  park(queued: Queued, rejectedBy: ReadonlySet<string>, now: number): void {
    const { uid } = queued.pod.metadata;
    queued.rejectedBy = rejectedBy;
    queued.since = now;
    queued.triggers = [];
    if (rejectedBy.size === 0) queued.errors += 1;
    else {
      queued.unschedulable += 1;
      queued.errors = 0;
    }
    const missed = this.#inFlight.get(uid) ?? [];
    this.#inFlight.delete(uid);
    const helping = missed.filter((event) => this.#options.helps(queued, event));
    if (rejectedBy.size === 0) return this.#requeue(queued, now, []);
    if (helping.length === 0) return this.#wait(queued);
    this.#requeue(queued, now, entriesOf(helping));
  }

  /** Something happened: wakes the Pods that it could help. */
  moveOn(event: ClusterEvent, plugins: readonly string[], now: number): void {
    for (const events of this.#inFlight.values()) events.push(event);
    if (this.#waiting.size === 0) return;
    const asked = new Set<Queued>();
    for (const plugin of plugins) {
      for (const queued of this.#waitingFor.get(plugin) ?? []) asked.add(queued);
    }
    const { upTo = Number.POSITIVE_INFINITY } = event;
    for (const queued of asked) if (queued.priority <= upTo) this.#wake(queued, event, now);
  }

  /** Lets a Pod that waits be tried at once. */
  activate(uid: string): void {
    const queued = this.#waiting.get(uid);
    if (queued === undefined) return;
    this.#unwait(queued);
    this.#activate(queued);
  }

  /** Time passed. */
  flush(now: number): void {
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let first = heap.first(); first !== undefined; first = heap.first()) {
        if (this.#isBackingOff(first, now)) break;
        heap.delete(first.pod.metadata.uid);
        this.#activate(first);
      }
    }
    const sweep = Math.floor(now / sweepMs);
    if (!this.#flushes || sweep === this.#sweep) return;
    this.#sweep = sweep;
    for (const queued of [...this.#waiting.values()]) {
      if (queued.gatedBy !== undefined || now - queued.since <= unschedulableMaxMs) continue;
      this.#unwait(queued);
      this.#requeue(queued, now, []);
    }
  }

  memory(): unknown {
    return [
      ...[this.#active, this.#backoff, this.#errorBackoff, this.#waiting].map((part) =>
        [...part.values()].map(({ pod, rejectedBy, gatedBy, errors, unschedulable }) => [
          pod.metadata.uid,
          [...rejectedBy],
          gatedBy,
          errors,
          Math.min(unschedulable, 5),
        ]),
      ),
      [...this.#inFlight].map(([uid, events]) => [uid, events.map(({ name }) => name)]),
    ];
  }

  #wake(queued: Queued, event: ClusterEvent, now: number): boolean {
    if (!this.#options.helps(queued, event)) return false;
    this.#unwait(queued);
    this.#requeue(queued, now, entriesOf([event]));
    return true;
  }

  #requeue(queued: Queued, now: number, triggers: readonly number[]): void {
    queued.triggers = triggers;
    if (!this.#isBackingOff(queued, now)) return this.#activate(queued);
    if (this.#isGated(queued)) return;
    const heap = queued.errors > 0 ? this.#errorBackoff : this.#backoff;
    heap.set(queued);
  }

  #activate(queued: Queued): void {
    if (!this.#isGated(queued)) this.#active.set(queued);
  }

  #isGated(queued: Queued): boolean {
    queued.gatedBy = this.#options.gate(queued.pod);
    if (queued.gatedBy === undefined) return false;
    this.#wait(queued);
    return true;
  }

  #wait(queued: Queued): void {
    this.#waiting.set(queued.pod.metadata.uid, queued);
    for (const plugin of pluginsOf(queued)) {
      const pods = this.#waitingFor.get(plugin) ?? new Set<Queued>();
      pods.add(queued);
      this.#waitingFor.set(plugin, pods);
    }
  }

  #unwait(queued: Queued): void {
    this.#waiting.delete(queued.pod.metadata.uid);
    for (const plugin of pluginsOf(queued)) this.#waitingFor.get(plugin)?.delete(queued);
  }

  /** Of the failure, not of the move: cut to seconds, so that Pods leave together. */
  #expiry({ since, errors, unschedulable }: Queued): number {
    const { backoff = defaultBackoff } = this.#options;
    return secondOf(since + backoffOf(errors > 0 ? errors : unschedulable, backoff));
  }

  #isBackingOff(queued: Queued, now: number): boolean {
    if (queued.errors === 0 && queued.unschedulable === 0) return false;
    return this.#expiry(queued) >= secondOf(now);
  }
}

const nobody: ReadonlySet<string> = new Set();

/** Who has to know of a change for it to be of interest: who gates the Pod, or turned it away. */
const pluginsOf = ({ gatedBy, rejectedBy }: Queued): Iterable<string> =>
  gatedBy === undefined ? rejectedBy : [gatedBy];

const tied = (a: Queued, b: Queued): boolean => a.priority === b.priority && a.since === b.since;

const entriesOf = (events: readonly ClusterEvent[]): readonly number[] => [
  ...new Set(events.map(({ n }) => n).filter((n) => n > 0)),
];
