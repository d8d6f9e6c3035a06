/** Plays steps in a cluster that is there already, and lets time pass until the last is over. */
import { UsageError } from '../../errors.ts';
import type { Cluster } from '../cluster.ts';
import type { Script } from '../script.ts';
import type { Simulation } from '../simulation.ts';
import { calmStep } from '../strategy.ts';
import { type Played, ScenarioScript } from './script.ts';
import type { Step } from './types.ts';

/** Moves after which a cluster that finds no rest is left alone. */
const movesMax = 5_000_000;

/**
 * A script that is under way comes first, to its end.
 *
 * @throws UsageError if the cluster finds no rest that a step waits for
 */
export function playSteps(steps: readonly Step[], cluster: Cluster): readonly Played[] {
  const { simulation } = cluster;
  toEnd(simulation.script, simulation);
  const script = new ScenarioScript({ steps }, cluster, { for: 'nothing' });
  simulation.script = script;
  toEnd(script, simulation);
  return script.played;
}

function toEnd(script: Script, simulation: Simulation): void {
  for (let moves = 0; script.waits !== undefined; moves++) {
    if (moves === movesMax) throw new UsageError(`play: no rest after ${movesMax} moves`);
    calmStep(simulation);
  }
}
