/**
 * The simulated control plane: one log, one store, one API server, and processes that move only
 * when they are told to.
 *
 * `moves()` lists what could happen next in a stable order and `step(move)` makes one of them
 * happen. `calm()` makes the first of them happen without building the list. A run is a pure
 * function of what it began with and of the moves that were chosen. The file is long because this is
 * the one place where anything happens, and whoever reads it should see all of it.
 */
import { indexesOf } from '../api/index.ts';
import { ApiServer } from '../apiserver/apiserver.ts';
import type { Request, Response } from '../apiserver/request.ts';
import { invariant } from '../errors.ts';
import type { Actor, Entry, Finding, NewEntry, PassResult, RuntimeEntry } from '../log/entry.ts';
import { Log } from '../log/log.ts';
import { Store } from '../store/store.ts';
import { chance } from './chance.ts';
import { enabledMoves } from './enabled.ts';
import { isHeartbeat } from './heartbeat.ts';
import { Line } from './line.ts';
import { Metrics } from './metrics.ts';
import type { Faults, Move, RequestFault } from './move.ts';
import {
  type Delivery,
  type Host,
  type InFlight,
  Process,
  type ProcessSpec,
  type Slot,
} from './process.ts';
import { conflicted, noReply } from './requestfault.ts';
import { noScript, type Script } from './script.ts';
import { type Cancel, Timers } from './timers.ts';

export interface SimulationOptions {
  readonly seed?: number;
  readonly processes?: readonly ProcessSpec[];
  /** Whether components record Events; without them a search is faster. */
  readonly events?: boolean;
  /** Where its clock begins, in milliseconds after the epoch of the API's times (0). */
  readonly startMs?: number;
}

export class Simulation implements Host {
  readonly seed: number;
  readonly records: boolean;
  /** Transitions that the machines of components refused. */
  readonly findings: Finding[] = [];
  /** The pass whose request is being performed: whoever judges a write asks what its author saw. */
  acting: InFlight | undefined;
  readonly log = new Log();
  readonly store = new Store(indexesOf);
  readonly api: ApiServer;
  readonly timers = new Timers();
  readonly metrics = new Metrics(this);
  script: Script = noScript;
  /** Called with each process that starts, before anything reaches it. */
  onStart: ((process: Process) => void) | undefined;
  /** Called with each answer to a component, before it decides on it. */
  onAnswer: ((flight: InFlight, response: Response) => void) | undefined;
  #now: number;
  /** When something other than a heartbeat was last written, or what is measured changed. */
  #lastActivity = 0;
  readonly #processes = new Map<string, Process>();
  // What could move, each in the order in which it became able to.
  readonly #pending = { eager: new Line<Delivery>(), others: new Line<Delivery>() };
  readonly #ready = { eager: new Line<Slot>(), others: new Line<Slot>() };
  readonly #emitting = new Line<Slot>();
  readonly #inFlight = new Line<InFlight>();

  constructor({ seed = 1, processes = [], events = true, startMs = 0 }: SimulationOptions = {}) {
    this.seed = seed;
    this.#now = startMs;
    this.records = events;
    this.log.observe((entry) => {
      if (entry.type !== 'write') return;
      this.store.apply(entry);
      if (!isHeartbeat(entry)) this.#lastActivity = this.#now;
    });
    this.api = new ApiServer(this.store, this.log, this);
    this.metrics.onChange = () => {
      this.#lastActivity = this.#now;
      for (const { slots } of this.processes) {
        for (const { component } of slots) component.metricsChanged?.();
      }
    };
    for (const spec of processes) this.start(spec);
  }

  /** Simulated milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  get lastActivity(): number {
    return this.#lastActivity;
  }

  get processes(): readonly Process[] {
    return [...this.#processes.values()];
  }

  get inFlight(): readonly InFlight[] {
    return [...this.#inFlight];
  }

  process(name: string): Process | undefined {
    return this.#processes.get(name);
  }

  start(spec: ProcessSpec): Process {
    invariant(!this.#processes.has(spec.name), `${spec.name} already runs`);
    const process = new Process(spec, this);
    this.#processes.set(spec.name, process);
    this.onStart?.(process);
    for (const delivery of process.deliveries) this.pending(delivery);
    return process;
  }

  /** Ends a process for good, as when its machine dies. Its open passes are lost. */
  stop(name: string): void {
    const process = this.#processes.get(name);
    if (process === undefined) return;
    process.stop();
    this.#processes.delete(name);
    for (const flight of this.#inFlight) {
      if (flight.slot.process === process) this.#end(flight, { type: 'lost' });
    }
    const rank = rankOf(process);
    for (const slot of process.slots) {
      this.#ready[rank].delete(slot);
      this.#emitting.delete(slot);
    }
    for (const delivery of process.deliveries) this.#pending[rank].delete(delivery);
  }

  /** Takes over the log of another run as the past of this one. Nothing may have happened yet. */
  restore(past: readonly Entry[]): void {
    invariant(this.log.length === 0, 'something has happened already');
    for (const { n: _n, ...entry } of past) {
      this.#now = Math.max(this.#now, entry.t);
      this.log.append(entry as NewEntry);
    }
  }

  /**
   * Forgets entries up to `@n`, and what objects were before then: it cannot be looked at, watched or played
   * from any more. What a cache still shows is kept, and nothing is forgotten while a pass is under way.
   */
  forget(n: number): void {
    if (this.#inFlight.size > 0) return;
    let shown = this.store.revision;
    for (const { reflectors } of this.#processes.values()) {
      for (const { revision, staleAt, synced } of reflectors) {
        if (synced) shown = Math.min(shown, revision);
        shown = Math.min(shown, staleAt ?? shown);
      }
    }
    let last = this.log.first - 1;
    let revision = 0;
    while (last < Math.min(n, this.log.length)) {
      const entry = this.log.at(last + 1)!;
      if (entry.type === 'write') {
        if (entry.revision > shown) break;
        revision = entry.revision;
      }
      last += 1;
    }
    this.store.forget(revision);
    this.log.forget(last);
  }

  /** A request by someone who is not simulated: it happens at once. */
  submit(request: Request, by: Actor = 'user/kubectl'): Response {
    return this.api.handle(request, by, []);
  }

  // What the processes ask for.

  chance(about: readonly string[]): number {
    return chance(this.seed, about);
  }

  timer(owner: string, tag: string, at: number, background: boolean, fire: () => void): Cancel {
    return this.timers.add({ owner, tag, at: Math.max(at, this.#now), background, fire });
  }

  /** Logs what a container runtime did. Returns the entry's number. */
  runtimeEvent(
    node: string,
    entry: Omit<RuntimeEntry, 'n' | 't' | 'by' | 'causes' | 'type' | 'node'>,
    causes: readonly number[],
  ): number {
    const by = `runtime/${node}`;
    return this.log.append({ type: 'runtime', t: this.#now, by, causes, node, ...entry, n: 0 }).n;
  }

  finding(found: Omit<Finding, 'n'>): void {
    this.findings.push({ n: this.log.length, ...found });
  }

  pending(delivery: Delivery): void {
    this.#pending[rankOf(delivery.process)].add(delivery);
  }

  wake(slot: Slot): void {
    if (!slot.process.stopped) this.#ready[rankOf(slot.process)].add(slot);
  }

  emitting(slot: Slot): void {
    if (!slot.process.stopped) this.#emitting.add(slot);
  }

  /** Ends by itself and starts again: what it knew is lost. */
  exit(process: Process): void {
    if (process.stopped) return;
    this.#logFault('exit', process.name);
    this.#restart(process);
  }

  // What could happen.

  /** Everything that could happen now, in a stable order: what calm would do comes first. */
  moves(faults: Faults = {}): readonly Move[] {
    const beginnable = ranks.flatMap((rank) => this.#allBeginnable(rank));
    const pending = ranks.flatMap((rank) => [...this.#pending[rank]]);
    return enabledMoves(
      {
        inFlight: this.#inFlight,
        emitting: this.#emitting,
        pending,
        beginnable,
        processes: this.#processes.values(),
        user: this.#userMayGo(),
        clock: this.timers.next !== undefined,
      },
      faults,
    );
  }

  /** Makes one move happen. */
  step(move: Move): void {
    switch (move.type) {
      case 'request':
        return this.#perform(this.#flightOf(move), move.fault);
      case 'record':
        return this.#record(this.#slotOf(this.#emitting, move));
      case 'deliver':
        return this.#deliver(this.#deliveryOf(move.process, move.reflector), false);
      case 'begin':
        return this.#begin(this.#readySlot(move));
      case 'user':
        return this.script.perform();
      case 'clock':
        return this.#tick();
      case 'crash':
        return this.#crash(move.process, move.staleAt);
      case 'skew':
        return this.#skew(move.process);
      case 'drop':
      case 'hold':
      case 'release':
        return this.#disturb(move);
    }
  }

  /**
   * Makes the most orderly of the moves happen: no lag, no faults, one pass after the other. Time
   * does not pass. Returns false when nothing is left but the user and the clock.
   */
  calm(): boolean {
    if (this.#goOn(false)) return true;
    const emitting = this.#emitting.head;
    if (emitting !== undefined) {
      this.#record(emitting.item);
      return true;
    }
    for (const rank of ranks) {
      for (let place = this.#pending[rank].head; place !== undefined; place = place.next) {
        if (place.item.reflector.held) continue;
        this.#deliver(place.item, true);
        return true;
      }
      const slot = this.#firstBeginnable(rank);
      if (slot === undefined) continue;
      this.#begin(slot);
      return true;
    }
    return this.#goOn(true);
  }

  /** Performs the next request of a pass: of those that leave time to others, or of those that do not. */
  #goOn(patient: boolean): boolean {
    for (let place = this.#inFlight.head; place !== undefined; place = place.next) {
      if ((place.item.slot.component.patient === true) !== patient) continue;
      this.#perform(place.item);
      return true;
    }
    return false;
  }

  /** Whether the user's next step may happen now, given that nothing else is left to do. */
  userMayGo(): boolean {
    return this.#userMayGo();
  }

  /** The next instant at which something could change: a timer, or what the user waits for. */
  get nextInstant(): number | undefined {
    const timer = this.timers.next;
    const waits = this.script.waits;
    const user =
      waits?.for === 'time'
        ? waits.until
        : waits?.for === 'rest'
          ? this.#quietSince(waits) + waits.quietMs
          : undefined;
    if (user === undefined) return timer;
    return timer === undefined ? user : Math.min(timer, user);
  }

  /** Lets time pass to `to`, and fires the timers that are due. */
  advance(to: number): void {
    if (to > this.#now) {
      const from = this.#now;
      this.#now = to;
      this.log.append({ type: 'clock', t: to, by: 'clock', causes: [], from });
    }
    for (;;) {
      const timer = this.timers.take(this.#now);
      if (timer === undefined) return;
      timer.fire();
    }
  }

  // How it happens.

  #tick(): void {
    const next = this.nextInstant;
    if (next !== undefined) this.advance(next);
  }

  #userMayGo(): boolean {
    const waits = this.script.waits;
    if (waits === undefined) return false;
    if (waits.for === 'time') return this.#now >= waits.until;
    if (waits.for === 'rest') return this.#now >= this.#quietSince(waits) + waits.quietMs;
    return true;
  }

  #quietSince({ since = 0 }: { readonly since?: number }): number {
    return Math.max(this.#lastActivity, since);
  }

  /** Who is met on the way and is not ready any more is struck off. */
  #firstBeginnable(rank: Rank): Slot | undefined {
    const ready = this.#ready[rank];
    for (let place = ready.head; place !== undefined; place = place.next) {
      const slot = place.item;
      if (!slot.component.ready) ready.delete(slot);
      else if (hasLists(slot)) return slot;
    }
    return undefined;
  }

  #allBeginnable(rank: Rank): readonly Slot[] {
    const ready = this.#ready[rank];
    for (const slot of ready) if (!slot.component.ready) ready.delete(slot);
    return [...ready].filter(hasLists);
  }

  #begin(slot: Slot): void {
    this.#ready[rankOf(slot.process)].delete(slot);
    const pass = slot.component.begin();
    const began = this.store.revision;
    const flight: InFlight = {
      slot,
      pass,
      began,
      request: undefined as never,
      writes: [],
      reads: [],
    };
    this.#resume(flight, undefined);
    if (slot.component.ready) this.wake(slot);
  }

  /** Lets a pass decide on its next request, given the answer to the last. */
  #resume(flight: InFlight, response: Response | undefined): void {
    const { slot, pass } = flight;
    this.acting = flight;
    slot.causes = pass.triggers;
    const next = pass.requests.next(response as Response);
    slot.causes = [];
    if (next.done === true) this.#end(flight, next.value);
    else {
      if (response === undefined) this.#inFlight.add(flight);
      flight.request = next.value;
    }
    this.acting = undefined;
  }

  #end(flight: InFlight, result: PassResult): void {
    const { slot, pass, writes } = flight;
    this.#inFlight.delete(flight);
    this.log.append({
      type: 'reconciled',
      t: this.#now,
      by: slot.component.actor,
      causes: pass.triggers,
      process: slot.process.name,
      key: pass.key,
      revision: pass.revision,
      result,
      // As long as what is in it: `push` leaves room for sixteen more.
      writes: writes.length === 0 ? none : writes.slice(),
      n: 0,
    });
    if (!slot.process.stopped && slot.component.ready) this.wake(slot);
  }

  #perform(flight: InFlight, fault?: RequestFault): void {
    const { slot, pass, request, writes, reads } = flight;
    const { actor, author = actor } = slot.component;
    this.acting = flight;
    const response = this.#answer(request, author, pass.triggers, writes, fault);
    if (response.ok && (request.verb === 'get' || request.verb === 'list')) reads.push(request);
    this.onAnswer?.(flight, response);
    this.#resume(flight, response);
  }

  #answer(
    request: Request,
    actor: Actor,
    causes: readonly number[],
    writes: number[],
    fault: RequestFault | undefined,
  ): Response {
    if (fault !== undefined) this.#logFault(fault, actor);
    if (fault === 'conflict') return conflicted(request, this.store.view());
    if (fault === 'request lost') return noReply;
    const before = this.log.length;
    const response = this.api.handle(request, actor, causes);
    for (let n = before + 1; n <= this.log.length; n++) {
      if (this.log.at(n)!.type === 'write') writes.push(n);
    }
    return fault === 'reply lost' ? noReply : response;
  }

  #record(slot: Slot): void {
    const event = slot.recorder.take();
    if (event !== undefined) {
      event.answered(this.api.handle(event.request, slot.component.actor, event.causes));
    }
    if (slot.recorder.pending === 0) this.#emitting.delete(slot);
  }

  /** One delivery; in calm, all that is written by now. */
  #deliver(delivery: Delivery, everything: boolean): void {
    const { process, reflector } = delivery;
    const listing = reflector.needsList;
    const cause = reflector.upcoming?.n;
    this.log.append({
      type: 'delivered',
      t: this.#now,
      by: process.name,
      causes: cause === undefined ? none : [cause],
      process: process.name,
      kind: reflector.watch.kind,
      revision: everything
        ? this.store.revision
        : listing
          ? reflector.nextList
          : reflector.revisionAfterNext,
      ...(listing ? { relisted: true as const } : {}),
      n: 0,
    });
    if (everything) reflector.catchUp();
    else reflector.deliver();
    if (reflector.lag === 0 && !reflector.needsList) {
      this.#pending[rankOf(process)].delete(delivery);
    }
  }

  /** Attached to an API server that is behind, its first lists show what that one knows. */
  #crash(name: string, staleAt?: number): void {
    const process = this.#processes.get(name);
    invariant(process !== undefined, `no process ${name}`);
    this.#logFault(staleAt === undefined ? 'crash' : `crash, attached to @${staleAt}`, name);
    this.#restart(process);
    if (staleAt === undefined) return;
    for (const reflector of this.#processes.get(name)!.reflectors) reflector.staleAt = staleAt;
  }

  /** The clock is the machine's, and stays as it is. */
  #restart({ name, spec, clockOffsetMs }: Process): void {
    this.stop(name);
    this.start(spec).clockOffsetMs = clockOffsetMs;
  }

  /** Sets a wall clock an hour ahead, or right again. */
  #skew(name: string): void {
    const process = this.#processes.get(name);
    invariant(process !== undefined, `no process ${name}`);
    process.clockOffsetMs = process.clockOffsetMs === 0 ? skewMs : 0;
    this.#logFault('skew', name);
  }

  #disturb(move: Extract<Move, { readonly reflector: number }>): void {
    const delivery = this.#deliveryOf(move.process, move.reflector);
    const { reflector } = delivery;
    const past = move.type === 'drop' && move.staleAt !== undefined;
    const fault = past ? `drop, attached to @${move.staleAt}` : move.type;
    this.#logFault(fault, `${move.process} ${move.kind}`);
    if (move.type === 'drop') {
      reflector.drop();
      if (move.staleAt !== undefined) reflector.staleAt = move.staleAt;
      this.pending(delivery);
    } else {
      reflector.held = move.type === 'hold';
    }
  }

  #logFault(fault: string, target: string): void {
    this.log.append({ type: 'fault', t: this.#now, by: 'fault', causes: [], fault, target });
  }

  #flightOf(move: Extract<Move, { readonly type: 'request' }>): InFlight {
    for (const flight of this.#inFlight) {
      if (isOf(flight.slot, move) && flight.pass.key === move.key) return flight;
    }
    invariant(false, `${move.actor} has no pass over ${move.key}`);
  }

  #readySlot(author: Author): Slot {
    return this.#slotOf(
      ranks.flatMap((rank) => [...this.#ready[rank]]),
      author,
    );
  }

  #slotOf(slots: Iterable<Slot>, author: Author): Slot {
    for (const slot of slots) if (isOf(slot, author)) return slot;
    invariant(false, `${author.actor} has nothing to do`);
  }

  #deliveryOf(name: string, index: number): Delivery {
    const delivery = this.#processes.get(name)?.deliveries[index];
    invariant(delivery !== undefined, `no reflector ${index} in ${name}`);
    return delivery;
  }
}

/** A component, by the names that a move has for it: candidates for one lease have the same actor. */
interface Author {
  readonly process: string;
  readonly actor: Actor;
}

const isOf = ({ process, component }: Slot, { process: name, actor }: Author): boolean =>
  component.actor === actor && process.name === name;

/** Before all caches have their first list, nothing begins. */
const hasLists = ({ process }: Slot): boolean => process.synced;

const none: readonly never[] = [];

const skewMs = 3_600_000;

type Rank = 'eager' | 'others';
const ranks: readonly Rank[] = ['eager', 'others'];
const rankOf = ({ eager }: Process): Rank => (eager ? 'eager' : 'others');
