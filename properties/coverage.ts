/**
 * What the faults of a search meet: a crash that never comes between two writes finds no bug that needs
 * one. Counts each fault by what its process was doing, so that a search that grows tame is noticed.
 */
import type { FaultEntry } from '../src/log/entry.ts';
import type { Simulation } from '../src/sim/simulation.ts';

/** `crash × between two writes`, and how often it happened. */
export type Coverage = Map<string, number>;

/** Counts the faults of a simulation from now on. */
export function cover(simulation: Simulation, coverage: Coverage): void {
  simulation.log.observe((entry) => {
    if (entry.type !== 'fault') return;
    const cell = `${nameOf(entry)} × ${stepOf(entry, simulation)}`;
    coverage.set(cell, (coverage.get(cell) ?? 0) + 1);
  });
}

const nameOf = ({ fault }: FaultEntry): string =>
  fault.replace(/, attached to @\d+/, ' into the past');

/** The fault is noted before it strikes. */
function stepOf(entry: FaultEntry, simulation: Simulation): string {
  const { acting, inFlight } = simulation;
  if (acting !== undefined) return acting.request.verb;
  const [name = '', kind] = entry.target.split(' ');
  if (kind !== undefined) {
    const reflector = simulation.process(name)?.reflectors.find(({ watch }) => watch.kind === kind);
    return (reflector?.lag ?? 0) > 0 ? 'changes pending' : 'nothing pending';
  }
  const passes = inFlight.filter(({ slot }) => slot.process.name === name);
  if (passes.length === 0) return 'between passes';
  return passes.some(({ writes }) => writes.length > 0)
    ? 'between two writes'
    : 'before the first write';
}
