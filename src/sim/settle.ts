/**
 * Runs the cluster until it rests: nothing is enabled but timers beyond the horizon. A livelock is
 * proved by a state that comes back with writes in between, not by a time-out.
 *
 * Looking at a whole state costs as much as a cluster is large. So a large one is not suspected before it has
 * made as many more moves as it is larger.
 */
import type { Simulation } from './simulation.ts';
import { isUnbounded, stateHash } from './statehash.ts';
import { calmStep } from './strategy.ts';

export interface SettleOptions {
  /** Timers later than this after the last write do not count as something left to do. */
  readonly horizonMs?: number;
  /** The horizon is counted from here at least, however long ago the last write is. */
  readonly since?: number;
  /** Gives up after so many moves (5 000 000 for each thousand objects). */
  readonly movesMax?: number;
  /**
   * Moves in one instant, for each thousand objects, after which states are remembered, to prove a
   * livelock.
   */
  readonly suspectAfterMoves?: number;
}

export type Settled =
  | { readonly type: 'rest' }
  /** The state after entry `from` came back after entry `to`, and was written to in between. */
  | { readonly type: 'livelock'; readonly from: number; readonly to: number; readonly hash: string }
  | { readonly type: 'limit'; readonly moves: number };

/** Instants without rest after which states are remembered: most runs rest long before. */
const instantsMax = 2_000;

/** Moves between two looks at how large the cluster is. */
const measuredEvery = 4_096;

/** For so many moves, then again after as many as before. */
const movesWatched = 2_000;

export function settle(simulation: Simulation, options: SettleOptions = {}): Settled {
  const { horizonMs = 60_000, suspectAfterMoves = 200_000 } = options;
  const { since = 0 } = options;
  /** The entry after which a state was. */
  const seen = new Map<string, number>();
  let instants = 0;
  let size = sizeOf(simulation);
  let movesMax = options.movesMax ?? 5_000_000 * size;
  let moves = 0;
  for (let inInstant = 0; moves < movesMax; moves++) {
    const calm = !simulation.calm();
    if (calm && rests(simulation, horizonMs, since)) return { type: 'rest' };
    inInstant = calm ? 0 : inInstant + 1;
    if (calm) instants++;
    if (moves % measuredEvery === measuredEvery - 1) {
      size = sizeOf(simulation);
      movesMax = options.movesMax ?? 5_000_000 * size;
    }
    const suspect = suspectAfterMoves * size;
    const endless = inInstant > suspect && inInstant % suspect < movesWatched;
    if (endless || (calm && instants > instantsMax * size)) {
      const hash = stateHash(simulation);
      const before = seen.get(hash);
      const to = simulation.log.length;
      if (before !== undefined && isWritten(simulation, before, to)) {
        return { type: 'livelock', from: before, to, hash };
      }
      seen.set(hash, to);
    }
    if (calm) calmStep(simulation);
  }
  return { type: 'limit', moves };
}

/** In thousands of objects, and 1 at least. */
function sizeOf({ store }: Simulation): number {
  const objects = store.kinds.reduce((sum, kind) => sum + store.table(kind).rows.size, 0);
  return Math.max(1, Math.ceil(objects / 1_000));
}

/** Whether something was written between two entries that a state consists of: Events are not. */
function isWritten({ log }: Simulation, from: number, to: number): boolean {
  for (let n = from + 1; n <= to; n++) {
    const entry = log.at(n);
    if (entry?.type === 'write' && !isUnbounded(entry.kind)) return true;
  }
  return false;
}

/** Nothing left to do before the horizon, given that calm has nothing to do now. */
function rests(simulation: Simulation, horizonMs: number, since: number): boolean {
  if (simulation.script.waits !== undefined) return false;
  const next = simulation.timers.nextForeground;
  return next === undefined || next > Math.max(simulation.lastActivity, since) + horizonMs;
}
