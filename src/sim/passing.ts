/** Time that passes while everything runs its course, fairly and without a fault. */
import type { Simulation } from './simulation.ts';
import { calmStep } from './strategy.ts';

/** Plays what happens by an instant (simulated ms), in so many moves at most; the clock stands at the last of it. */
export function playUntil(
  simulation: Simulation,
  instant: number,
  movesMax = Number.POSITIVE_INFINITY,
): void {
  for (let moves = 0; moves < movesMax; moves++) {
    if (simulation.calm()) continue;
    const next = simulation.nextInstant;
    if (next === undefined || next > instant) return;
    calmStep(simulation);
  }
}

/** The same for so many ms from now on; then so much time has passed. */
export function letPass(simulation: Simulation, ms: number, movesMax?: number): void {
  const instant = simulation.now + ms;
  playUntil(simulation, instant, movesMax);
  if (simulation.now < instant) simulation.advance(instant);
}
