/** The schedule and time: calm for a while, any move at all, or so many seconds. */
import type { Cluster } from '../../src/sim/cluster.ts';
import { letPass } from '../../src/sim/passing.ts';
import type { Acts } from './act.ts';
import { annotate } from './annotate.ts';

/** Moves of calm, but time stands still. */
function calm(cluster: Cluster, moves: number): undefined {
  for (let i = 0; i < moves; i++) if (!cluster.simulation.calm()) return;
}

function choose({ simulation }: Cluster, how: number): string | undefined {
  const moves = simulation.moves();
  const move = moves[how % moves.length];
  if (move === undefined) return undefined;
  simulation.step(move);
  return undefined;
}

/** Everything runs its course for so many seconds. */
export function wait(cluster: Cluster, seconds: number): string {
  letPass(cluster.simulation, seconds * 1000, 3_000);
  return `wait ${seconds} s`;
}

/** Long enough for expectations to expire; then something wakes whoever slept. */
function waitAndTouch(cluster: Cluster, how: number): string {
  const waited = wait(cluster, 301);
  const touched = annotate(cluster, how);
  if (touched === undefined) return waited;
  calm(cluster, 40);
  return `${waited}, then ${touched}`;
}

export const schedule: Acts = [
  ['calm', (cluster, how) => calm(cluster, 1 + (how % 12))],
  ['calm to the end', (cluster) => calm(cluster, 400)],
  ['choose', choose],
  ['choose', choose],
  ['choose', choose],
  ['wait', (cluster, how) => wait(cluster, [1, 3, 11, 30][how % 4]!)],
  ['wait and touch', waitAndTouch],
  ['wait and touch', waitAndTouch],
];
