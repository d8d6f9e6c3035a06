/**
 * Runs the cluster until it rests: nothing is enabled but timers beyond the horizon. A livelock is
 * proved by a state that comes back with writes in between, not by a time-out.
 */
import type { Simulation } from './simulation.ts';
import { stateHash } from './statehash.ts';
import { calmStep } from './strategy.ts';

export interface SettleOptions {
  /** Timers later than this after the last write do not count as something left to do. */
  readonly horizonMs?: number;
  /** The horizon is counted from here at least, however long ago the last write is. */
  readonly since?: number;
  /** Gives up after so many moves. */
  readonly movesMax?: number;
  /** Moves in one instant after which states are remembered, to prove a livelock. */
  readonly suspectAfterMoves?: number;
}

export type Settled =
  | { readonly type: 'rest' }
  /** The state after entry `from` came back after entry `to`, and was written to in between. */
  | { readonly type: 'livelock'; readonly from: number; readonly to: number; readonly hash: string }
  | { readonly type: 'limit'; readonly moves: number };

/** Instants without rest after which states are remembered: most runs rest long before. */
const instantsMax = 2_000;

/** For so many moves, then again after as many as before. */
const movesWatched = 2_000;

export function settle(simulation: Simulation, options: SettleOptions = {}): Settled {
  const { horizonMs = 60_000, movesMax = 5_000_000, suspectAfterMoves = 200_000 } = options;
  const { since = 0 } = options;
  const seen = new Map<string, { readonly n: number; readonly revision: number }>();
  let instants = 0;
  for (let moves = 0, inInstant = 0; moves < movesMax; moves++) {
    const calm = !simulation.calm();
    if (calm && rests(simulation, horizonMs, since)) return { type: 'rest' };
    inInstant = calm ? 0 : inInstant + 1;
    if (calm) instants++;
    const endless = inInstant > suspectAfterMoves && inInstant % suspectAfterMoves < movesWatched;
    if (endless || (calm && instants > instantsMax)) {
      const hash = stateHash(simulation);
      const before = seen.get(hash);
      const { revision } = simulation.store;
      const to = simulation.log.length;
      if (before !== undefined && before.revision < revision) {
        return { type: 'livelock', from: before.n, to, hash };
      }
      seen.set(hash, { n: to, revision });
    }
    if (calm) calmStep(simulation);
  }
  return { type: 'limit', moves: movesMax };
}

/** Nothing left to do before the horizon, given that calm has nothing to do now. */
function rests(simulation: Simulation, horizonMs: number, since: number): boolean {
  if (simulation.script.waits !== undefined) return false;
  const next = simulation.timers.nextForeground;
  return next === undefined || next > Math.max(simulation.lastActivity, since) + horizonMs;
}
