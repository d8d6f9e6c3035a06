/**
 * Who chooses the next move: calm, chance, or a list of numbers.
 *
 * A schedule is a list of small numbers: 0 is what calm would do, k is the k-th of the other moves
 * (modulo their number, so every list is a schedule). So random search, fast-check, the person at
 * the stepper and a replay file all drive the same simulation, and a schedule that is shortened or
 * made smaller is a schedule again.
 */
import { chance } from './chance.ts';
import type { Faults, Move } from './move.ts';
import type { Simulation } from './simulation.ts';

export type Strategy =
  | { readonly type: 'calm' }
  /** Anything enabled, by chance, for so many moves; then calm. */
  | {
      readonly type: 'random';
      readonly seed: number;
      readonly moves: number;
      readonly faults?: Faults;
    }
  /** These choices, then calm. */
  | { readonly type: 'choices'; readonly list: readonly number[]; readonly faults?: Faults };

export const calm: Strategy = { type: 'calm' };

/** Makes the move that `choice` names; false if nothing can move but calm's clock. */
export function choose(simulation: Simulation, choice: number, faults?: Faults): Move | 'calm' {
  if (choice > 0) {
    const moves = simulation.moves(faults);
    const move = moves[(choice - 1) % moves.length];
    if (move !== undefined) {
      simulation.step(move);
      return move;
    }
  }
  calmStep(simulation);
  return 'calm';
}

/** One move of calm, the user's steps and the clock included. Returns false at the end of it all. */
export function calmStep(simulation: Simulation): boolean {
  if (simulation.calm()) return true;
  if (simulation.userMayGo()) {
    simulation.script.perform();
    return true;
  }
  const next = simulation.nextInstant;
  if (next === undefined) return false;
  simulation.advance(next);
  return true;
}

/** The number that a strategy chooses for its `step`-th move (from 0); undefined: calm from now on. */
export function choiceOf(strategy: Strategy, step: number): number | undefined {
  switch (strategy.type) {
    case 'calm':
      return undefined;
    case 'choices':
      return strategy.list[step];
    case 'random':
      if (step >= strategy.moves) return undefined;
      return 1 + Math.floor(chance(strategy.seed, [String(step)]) * 1_000_000);
  }
}
