/** Follows what every watch delivers, and says where it differs from what was written. */
import type { Process } from '../src/sim/process.ts';
import type { Reflector } from '../src/sim/reflector.ts';
import type { Simulation } from '../src/sim/simulation.ts';

interface Followed {
  readonly process: Process;
  readonly reflector: Reflector;
  /** Revisions that the watch delivered, lists apart. */
  readonly delivered: number[];
}

export class WatchAudit {
  readonly #simulation: Simulation;
  #followed: Followed[] = [];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    for (const process of simulation.processes) this.#follow(process);
    simulation.onStart = (process) => this.#follow(process);
  }

  /** Undefined: every watch delivered each change after its list once, and in order. */
  problem(): string | undefined {
    for (const { process, reflector, delivered: all } of this.#followed) {
      if (process.stopped || reflector.needsList || reflector.lag > 0) continue;
      const { kind, by } = reflector.watch;
      const listed = reflector.listedAt;
      const delivered = all.filter((revision) => revision > listed);
      const written = this.#simulation.store
        .channel(kind, by)
        .entries.filter(({ revision }) => revision > listed)
        .map(({ revision }) => revision);
      const at = written.findIndex((revision, i) => delivered[i] !== revision);
      if (at >= 0) return `${process.name} did not see ${kind} revision ${written[at]} in its turn`;
      const more = delivered[written.length];
      if (more !== undefined) return `${process.name} saw ${kind} revision ${more} once too often`;
    }
    return undefined;
  }

  #follow(process: Process): void {
    this.#followed = this.#followed.filter((one) => !one.process.stopped);
    for (const reflector of process.reflectors) this.#listen(process, reflector);
    process.onReflector = (reflector) => this.#listen(process, reflector);
  }

  #listen(process: Process, reflector: Reflector): void {
    const delivered: number[] = [];
    this.#followed.push({ process, reflector, delivered });
    reflector.subscribe(({ n, listed }) => {
      if (listed !== undefined) return;
      const entry = this.#simulation.log.at(n);
      if (entry?.type === 'write') delivered.push(entry.revision);
    });
  }
}
