/** Follows what every watch delivers, and judges it by what was written. */
import type { Process } from '../src/sim/process.ts';
import type { Reflector } from '../src/sim/reflector.ts';
import type { Simulation } from '../src/sim/simulation.ts';
import { clientsOf } from './watch/client.ts';
import type { Told, Trace } from './watch/trace.ts';
import { judge, type WatchRule } from './watch/validators.ts';

/** What a reflector was told since its last list. */
interface Followed {
  readonly process: Process;
  readonly reflector: Reflector;
  since: number;
  told: Told[];
}

export class WatchAudit {
  readonly #simulation: Simulation;
  readonly #ended: Trace[] = [];
  #followed: Followed[] = [];
  #judged: { readonly at: number; readonly problems: ReadonlyMap<WatchRule, string> } | undefined;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    for (const process of simulation.processes) this.#follow(process);
    simulation.onStart = (process) => this.#follow(process);
  }

  /** How a watch broke the rule, if one did. */
  problem(rule: WatchRule): string | undefined {
    for (const client of clientsOf(this.#simulation)) client.catchUp();
    const at = this.#simulation.log.length;
    if (this.#judged?.at !== at) this.#judged = { at, problems: this.#problems() };
    return this.#judged.problems.get(rule);
  }

  #problems(): ReadonlyMap<WatchRule, string> {
    const problems = new Map<WatchRule, string>();
    const { store } = this.#simulation;
    for (const trace of this.#traces()) {
      for (const [rule, problem] of judge(trace, store.channel(trace.kind).entries)) {
        if (!problems.has(rule)) problems.set(rule, problem);
      }
    }
    return problems;
  }

  *#traces(): Generator<Trace> {
    yield* this.#ended;
    for (const one of this.#followed) {
      const { process, reflector } = one;
      const upToDate = !process.stopped && !reflector.needsList && reflector.lag === 0;
      const current =
        one.since === reflector.listedAt ? one : { ...one, since: reflector.listedAt, told: [] };
      yield this.#traceOf(current, upToDate);
    }
    for (const { traces } of clientsOf(this.#simulation)) yield* traces;
  }

  #traceOf({ process, reflector, since, told }: Followed, complete: boolean): Trace {
    const { kind, by } = reflector.watch;
    const index = by === undefined ? undefined : this.#simulation.store.table(kind).index(by.index);
    return {
      who: process.name,
      kind,
      since,
      compacted: 0,
      ...(index === undefined ? {} : { matches: (object) => index.has(object, by!.value) }),
      told,
      complete,
      tellsOld: true,
    };
  }

  #follow(process: Process): void {
    this.#followed = this.#followed.filter((one) => !one.process.stopped);
    for (const reflector of process.reflectors) this.#listen(process, reflector);
    process.onReflector = (reflector) => this.#listen(process, reflector);
  }

  #listen(process: Process, reflector: Reflector): void {
    const followed: Followed = { process, reflector, since: reflector.listedAt, told: [] };
    this.#followed.push(followed);
    reflector.subscribe(({ type, key, object, old, listed }) => {
      if (followed.since !== reflector.listedAt) this.#relisted(followed);
      if (listed !== undefined) return;
      const revision = Number(object.metadata.resourceVersion);
      followed.told.push({ type, key, revision, object, old });
    });
  }

  /** A new list ends what is judged as one watch. */
  #relisted(followed: Followed): void {
    if (followed.told.length > 0) this.#ended.push(this.#traceOf({ ...followed }, false));
    followed.since = followed.reflector.listedAt;
    followed.told = [];
  }
}
