/** What the container runtime of one machine has of the simulation: time, chance and the log. */
import type { RuntimeHost } from '../kubelet/runtime/runtime.ts';
import type { Simulation } from './simulation.ts';
import type { Cancel } from './timers.ts';

export class MachineHost implements RuntimeHost {
  readonly #simulation: Simulation;
  readonly #node: string;

  constructor(simulation: Simulation, node: string) {
    this.#simulation = simulation;
    this.#node = node;
  }

  get now(): number {
    return this.#simulation.now;
  }

  timer(tag: string, at: number, fire: () => void): Cancel {
    return this.#simulation.timer(`runtime/${this.#node}`, tag, at, false, fire);
  }

  chance(about: readonly string[]): number {
    return this.#simulation.chance(about);
  }

  log(...[entry, causes]: Parameters<RuntimeHost['log']>): number {
    return this.#simulation.runtimeEvent(this.#node, entry, causes);
  }
}
