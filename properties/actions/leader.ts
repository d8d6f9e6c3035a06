/** What happens to candidates for a Lease: they crash, are cut off, and their clocks are wrong. */
import type { Cluster } from '../../src/sim/cluster.ts';
import { LeaderElector } from '../../src/sim/leaderelection.ts';
import { describeMove } from '../../src/sim/move.ts';
import type { Process } from '../../src/sim/process.ts';
import { calmStep } from '../../src/sim/strategy.ts';
import { type Acts, pick } from './act.ts';

const candidates = ({ simulation }: Cluster): readonly Process[] =>
  simulation.processes.filter(({ spec }) => spec.clocked === true);

const isLeading = ({ slots }: Process): boolean => {
  const component = slots[0]?.component;
  return component instanceof LeaderElector && component.acting;
};

function skew(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const move = pick(
    simulation.moves({ skew: true }).filter(({ type }) => type === 'skew'),
    how,
  );
  if (move === undefined) return undefined;
  simulation.step(move);
  return describeMove(move);
}

function crash(cluster: Cluster, how: number): string | undefined {
  const process = pick(candidates(cluster), how);
  if (process === undefined) return undefined;
  cluster.simulation.step({ type: 'crash', process: process.name });
  return `crash ${process.name}`;
}

/** The leader's requests are lost for so many seconds; everyone else goes on. */
function cutOff(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const leader = candidates(cluster).find(isLeading);
  if (leader === undefined) return undefined;
  const seconds = [5, 13, 25][how % 3]!;
  const until = simulation.now + seconds * 1000;
  for (let moves = 0; moves < 3_000; moves++) {
    const lost = simulation
      .moves({ ambiguous: true })
      .find(
        (move) =>
          move.type === 'request' && move.process === leader.name && move.fault === 'request lost',
      );
    if (lost !== undefined) simulation.step(lost);
    // A request that only reads is not lost but hangs: the leader waits.
    else if (simulation.inFlight.some(({ slot }) => slot.process === leader)) {
      if (!goOn(cluster, leader, until)) break;
    } else if (!simulation.calm()) {
      const next = simulation.nextInstant;
      if (next === undefined || next > until) break;
      calmStep(simulation);
    }
  }
  if (simulation.now < until) simulation.advance(until);
  return `${leader.name} is cut off for ${seconds} s`;
}

/** Lets the others move, or time pass. */
function goOn({ simulation }: Cluster, leader: Process, until: number): boolean {
  for (const move of simulation.moves()) {
    if (!('process' in move) || move.process === leader.name) continue;
    simulation.step(move);
    return true;
  }
  const next = simulation.nextInstant;
  if (next === undefined || next > until) return false;
  simulation.advance(next);
  return true;
}

export const leaders: Acts = [
  ['skew', skew],
  ['skew', skew],
  ['crash candidate', crash],
  ['cut off', cutOff],
  ['cut off', cutOff],
];
