/**
 * Real time at the edge: lets the simulation follow the wall clock, at some speed, in small slices.
 *
 * The core knows no clock. Here one is read, and what it says becomes moves: time passes, timers
 * fire, and whatever is enabled happens. With `max` nothing waits: after each request everything runs
 * until it rests, so the same requests give the same log.
 */
import type { Simulation } from '../sim/simulation.ts';
import { calmStep } from '../sim/strategy.ts';

/** Simulated milliseconds per real one; `max`: as fast as it can. */
export type Speed = number | 'max';

/** With `max`, timers later than this after the last write are not waited for. */
const horizonMs = 60_000;

/** Moves between two looks at the sockets. */
const movesPerSlice = 2_000;

export class RealTime {
  readonly #simulation: Simulation;
  readonly #speed: Speed;
  /** Where both clocks were when they were last set equal. */
  #origin: { readonly wall: number; readonly simulated: number };
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #paused = false;
  #stopped = false;

  constructor(simulation: Simulation, speed: Speed) {
    this.#simulation = simulation;
    this.#speed = speed;
    this.#origin = { wall: performance.now(), simulated: simulation.now };
  }

  get paused(): boolean {
    return this.#paused;
  }

  get speed(): Speed {
    return this.#speed;
  }

  pause(): void {
    this.catchUp();
    this.#paused = true;
    this.#cancel();
  }

  resume(): void {
    this.#paused = false;
    this.#origin = { wall: performance.now(), simulated: this.#simulation.now };
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Brings simulated time to the present, without making anything else happen. */
  catchUp(): void {
    if (this.#paused || this.#speed === 'max') return;
    const now = this.#target();
    if (now <= this.#simulation.now) return;
    const next = this.#simulation.nextInstant;
    if (next === undefined || next > now) this.#simulation.advance(now);
  }

  /** Something was asked for: goes on as soon as the sockets have had their turn. */
  wake(): void {
    if (this.#paused || this.#stopped) return;
    if (this.#speed === 'max') {
      this.#rest();
      return;
    }
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      this.#slice();
    });
  }

  /** In whole milliseconds: what durations are told in. */
  #target(): number {
    const { wall, simulated } = this.#origin;
    return Math.floor(simulated + (performance.now() - wall) * (this.#speed as number));
  }

  /** Runs what is due by now, and comes back when the next timer is. */
  #slice(): void {
    const simulation = this.#simulation;
    for (let moves = 0; moves < movesPerSlice; moves++) {
      if (simulation.calm()) continue;
      if (simulation.userMayGo()) {
        simulation.script.perform();
        continue;
      }
      const next = simulation.nextInstant;
      if (next === undefined || next > this.#target()) return this.#sleep();
      simulation.advance(next);
    }
    this.wake();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    const next = this.#simulation.nextInstant;
    if (next === undefined) return;
    const inMs = (next - this.#target()) / (this.#speed as number);
    const delay = Math.min(Math.max(inMs, 1), 60_000);
    this.#timer = setTimeout(() => this.wake(), delay);
  }

  #rest(): void {
    const simulation = this.#simulation;
    for (;;) {
      if (simulation.calm()) continue;
      const { nextForeground } = simulation.timers;
      const last = simulation.lastActivity + horizonMs;
      const isQuiet = nextForeground === undefined || nextForeground > last;
      if (isQuiet && simulation.script.waits === undefined) return;
      if (!calmStep(simulation)) return;
    }
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#soon = undefined;
  }
}
