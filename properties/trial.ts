/**
 * One trial: a cluster, a list of small numbers that says what happens to it, and the rules.
 *
 * First an unfair time: users act, faults strike, moves are chosen. Then all of that stops, what was
 * held back is released, and a fair schedule runs until the cluster rests. Safety is judged at
 * every entry of both, liveness only at the end.
 */
import { kindNameOf } from '../src/api/index.ts';
import type { Draft } from '../src/api/meta.ts';
import type { PodDisruptionBudget } from '../src/api/poddisruptionbudget.ts';
import { UsageError } from '../src/errors.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import type { Decision } from '../src/scheduler/cycle.ts';
import type { Scheduler } from '../src/scheduler/scheduler.ts';
import { Cluster, type ClusterOptions } from '../src/sim/cluster.ts';
import type { Pass } from '../src/sim/component.ts';
import type { Controller } from '../src/sim/controller.ts';
import type { Scenario } from '../src/sim/scenario/types.ts';
import { settle } from '../src/sim/settle.ts';
import type { Simulation } from '../src/sim/simulation.ts';
import { type Action, type Acts, decode, perform } from './actions/act.ts';
import { everything } from './actions/index.ts';
import type { Decided } from './decided.ts';
import { deepFreeze, isFrozenWrite } from './freeze.ts';
import { type Look, lookOf } from './horizontalpodautoscaler/look.ts';
import { Judges } from './judges.ts';
import { Thrown } from './operators/thrown.ts';
import type { Always, Eventually, Restless, Sometimes, World } from './rule.ts';
import type { WatchRule } from './watch/validators.ts';
import { WatchAudit } from './watchaudit.ts';

export interface Broken {
  readonly id: string;
  readonly claim: string;
  /** What is wrong. */
  readonly problem: string;
  /** Of the object that it is about, if it is about one. */
  readonly kind?: string;
  /** The entry at which it first was; the last one, for liveness. */
  readonly n: number;
}

export interface TrialBase {
  readonly scenario: Scenario;
  /** What may happen; everything that is known, if nothing is said. */
  readonly acts?: Acts;
  readonly seed?: number;
  /** Instead of the built-in controllers: a user's own, or one that is known to be wrong. */
  readonly controllers?: readonly (() => Controller)[];
  /** Whether the log keeps scheduling decisions, for somebody to read (false). */
  readonly decisions?: boolean;
  /** How the cluster differs from an ordinary one. */
  readonly cluster?: Partial<ClusterOptions>;
  readonly always: readonly Always[];
  readonly eventually: readonly Eventually[];
  readonly sometimes?: readonly Sometimes[];
  readonly restless?: readonly Restless[];
  /** Ids of `sometimes` rules that some trial witnessed. */
  readonly witnessed?: Set<string>;
  /** Called when a trial ends in a known defect of Kubernetes. */
  readonly onKnown?: (defect: string) => void;
}

/** Long enough for every back-off and deadline to come and go. */
const horizonMs = 20 * 60_000;
const movesMax = 20_000;

const namedMax = 4;

/** The first of many, and how many more. */
function listOf(names: readonly string[]): string {
  const more = names.length - namedMax;
  const named = more > 1 ? names.slice(0, namedMax) : names;
  return named.join(', ') + (more > 1 ? ` and ${more} more` : '');
}

/** What happened in a trial, a line for each thing. */
export interface Happening {
  readonly t: number;
  readonly text: string;
  readonly n: number;
}

export class Trial {
  readonly cluster: Cluster;
  readonly happenings: Happening[] = [];
  broken: Broken | undefined;
  readonly #base: TrialBase;
  readonly #acts: Acts;
  readonly #judges: Judges;
  readonly #world: TrialWorld;

  constructor(base: TrialBase) {
    this.#base = base;
    this.#acts = base.acts ?? everything;
    const { scenario, seed = 1 } = base;
    const { staleness, firstList, stages } = scenario;
    this.cluster = new Cluster({
      seed,
      nodes: scenario.nodes,
      behaviour: [...scenario.behaviour, { image: 'broken', ready: 'never' }],
      kubelet: 'typical',
      events: false,
      ...(staleness === undefined ? {} : { staleness }),
      ...(firstList === undefined ? {} : { firstList }),
      ...(stages === undefined ? {} : { stages }),
      ...base.cluster,
      scheduler: {
        decisions: base.decisions ?? false,
        // What helps a Pod has to wake it: time alone must not.
        flushes: false,
        onDecision: (decision) => this.#world.note(decision),
        ...base.cluster?.scheduler,
      },
      ...(base.controllers === undefined ? {} : { controllers: base.controllers }),
    });
    this.#judges = new Judges(base.always);
    this.#world = new TrialWorld(this.simulation, new WatchAudit(this.simulation));
    this.simulation.log.observe((entry) => this.#judge(entry));
  }

  get simulation(): Simulation {
    return this.cluster.simulation;
  }

  /** Plays the numbers, heals, settles. Returns the first rule that broke. */
  run(numbers: readonly number[]): Broken | undefined {
    try {
      this.#begin();
      for (const action of decode(numbers, this.#acts)) {
        if (this.broken !== undefined) return this.broken;
        this.#act(action);
      }
      if (this.broken === undefined) this.#heal();
    } catch (error) {
      this.#caught(error);
    }
    return this.broken;
  }

  #begin(): void {
    this.#settle();
    for (const step of this.#base.scenario.steps) {
      if (step.type === 'settle') this.#settle();
      if (step.type !== 'apply' && step.type !== 'create') continue;
      for (const object of step.objects) this.#create(object);
      this.#note(
        `create ${listOf(step.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`))}`,
      );
    }
  }

  /** What is there already is changed, as whoever applies it would do. */
  #create(object: Draft): void {
    const { name, namespace = 'default' } = object.metadata;
    const kind = kindNameOf(object);
    const created = this.simulation.submit({ verb: 'create', kind, namespace, object }, 'user');
    if (created.ok) return;
    const { reason, message } = created.status;
    if (reason !== 'AlreadyExists' || name === undefined) throw new UsageError(message);
    const patch = {
      verb: 'patch',
      kind,
      namespace,
      name,
      patchType: 'merge',
      patch: object,
    } as const;
    const changed = this.simulation.submit(patch, 'user');
    if (!changed.ok) throw new UsageError(changed.status.message);
  }

  #act(action: Action): void {
    const text = perform(action, this.#acts, this.cluster);
    if (text !== undefined) this.#note(text);
  }

  #note(text: string): void {
    this.happenings.push({ t: this.simulation.now, text, n: this.simulation.log.length });
  }

  /** Faults are over: what was held is let go, everyone is fair again, and machines come back. */
  #heal(): void {
    for (const process of this.simulation.processes) {
      for (const reflector of process.reflectors) reflector.held = false;
    }
    const { down } = this.cluster;
    if (down.length > 0) this.#rest(({ beforeRecovery }) => beforeRecovery === true);
    if (this.broken !== undefined) return;
    for (const name of down) this.cluster.recoverNode(name);
    this.#rest(({ beforeRecovery }) => beforeRecovery !== true);
  }

  /** Comes to rest, where these rules are judged. */
  #rest(isJudged: (rule: Eventually) => boolean): void {
    const settled = this.#settle();
    if (this.broken !== undefined) return;
    const n = this.simulation.log.length;
    if (settled.type !== 'rest') {
      const defect = this.#whyRestless();
      if (defect !== undefined) {
        this.#base.onKnown?.(defect);
        return;
      }
      const problem =
        settled.type === 'livelock'
          ? `the state after @${settled.from} came back after @${settled.to}`
          : `still moving after ${settled.moves} moves`;
      this.broken = { id: 'G13', claim: 'left alone, the cluster comes to rest', problem, n };
      return;
    }
    const world = this.#world;
    for (const { id, claim, holds, known } of this.#base.eventually.filter(isJudged)) {
      const problem = holds(world);
      if (problem === undefined) continue;
      const defect = known?.(world);
      if (defect !== undefined) {
        this.#base.onKnown?.(defect);
        continue;
      }
      this.broken = { id, claim, problem, n };
      return;
    }
  }

  #whyRestless(): string | undefined {
    for (const why of this.#base.restless ?? []) {
      const defect = why(this.#world);
      if (defect !== undefined) return defect;
    }
    return undefined;
  }

  #settle() {
    const since = this.simulation.now;
    return settle(this.simulation, { horizonMs, since, movesMax, suspectAfterMoves: 5_000 });
  }

  #judge(entry: Entry): void {
    if (this.broken !== undefined) return;
    const world = this.#world;
    if (entry.type === 'write') deepFreeze(entry.after, entry.before);
    const judges = this.#judges;
    for (const place of judges.of(entry)) {
      const problem = judges.judge(place, entry, world);
      if (problem === undefined) continue;
      const kind = 'kind' in entry ? { kind: entry.kind } : {};
      const { id, claim } = judges.rules[place]!;
      this.broken = { id, claim, problem, ...kind, n: entry.n };
      return;
    }
    const { sometimes = [], witnessed } = this.#base;
    if (witnessed === undefined) return;
    for (const { id, seen } of sometimes) {
      if (!witnessed.has(id) && seen(entry, world)) witnessed.add(id);
    }
  }

  /** Two errors are findings: an operator's own, and a write to what it shares with everyone. */
  #caught(error: unknown): void {
    const n = this.simulation.log.length;
    if (error instanceof Thrown) {
      const claim = 'an operator never throws';
      this.broken = { id: 'U-C1', claim, problem: error.message, n };
      return;
    }
    if (!isFrozenWrite(error)) throw error;
    const claim = 'cached objects are never changed in place';
    this.broken = { id: 'W-frozen', claim, problem: error.message, n };
  }
}

class TrialWorld implements World {
  readonly simulation: Simulation;
  readonly #audit: WatchAudit;
  readonly #decided = new WeakMap<Pass, Decided>();
  readonly #looked = new WeakMap<Pass, Look>();

  constructor(simulation: Simulation, audit: WatchAudit) {
    this.simulation = simulation;
    this.#audit = audit;
    simulation.onAnswer = (flight, response) => {
      const look = lookOf(simulation, flight, response);
      if (look !== undefined) this.#looked.set(flight.pass, look);
    };
  }

  /** A scheduler decides: what it sees is gone a moment later. */
  note({ pod }: Decision): void {
    const { acting, now: t } = this.simulation;
    const { component, process } = acting!.slot;
    const picture = (component as Scheduler).picture();
    const budgets = process.view.list<PodDisruptionBudget>('PodDisruptionBudget');
    this.#decided.set(acting!.pass, { pod, t, picture, budgets });
  }

  decided = (pass: Pass): Decided | undefined => this.#decided.get(pass);

  looked = (pass: Pass): Look | undefined => this.#looked.get(pass);

  get now() {
    return this.simulation.store.view();
  }

  get acting() {
    return this.simulation.acting;
  }

  get seen() {
    return this.acting?.pass.view ?? this.now;
  }

  get ownWrites(): readonly WriteEntry[] {
    return (this.acting?.writes ?? []).map((n) => this.simulation.log.at(n) as WriteEntry);
  }

  watchProblem(rule: WatchRule): string | undefined {
    return this.#audit.problem(rule);
  }
}
