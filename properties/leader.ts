/** What leader election promises (properties §7, L). */
import { LeaderElector } from '../src/sim/leaderelection.ts';
import type { Process } from '../src/sim/process.ts';
import type { Always, Properties } from './rule.ts';

const electorOf = (process: Process | undefined): LeaderElector | undefined => {
  const component = process?.slots[0]?.component;
  return component instanceof LeaderElector ? component : undefined;
};

/** Clocks that run apart faster than this break the assumption, and then two may lead. */
const isWithinBound = ({ rate, election }: LeaderElector): boolean => {
  const { leaseDurationMs, renewDeadlineMs } = election.timings;
  return Math.abs(rate - 1) <= (leaseDurationMs - renewDeadlineMs) / leaseDurationMs;
};

const one: Always = {
  id: 'L-S1',
  claim: 'of the candidates for one Lease at most one acts, while their clocks run about the same',
  types: ['reconciled'],
  begin:
    () =>
    (entry, { simulation }) => {
      if (entry.type !== 'reconciled' || !entry.by.endsWith('/leader-election')) return undefined;
      const election = electorOf(simulation.process(entry.process))?.election;
      if (election === undefined) return undefined;
      const candidates = [...election.candidates];
      const acting = candidates.filter((candidate) => candidate.acting);
      if (acting.length < 2 || !candidates.every(isWithinBound)) return undefined;
      return `${acting.map(({ identity }) => identity).join(' and ')} both lead`;
    },
};

const inTime: Always = {
  id: 'L-S2',
  claim: 'nobody writes who could not renew for so long that another may lead',
  types: ['write'],
  begin:
    () =>
    (entry, { acting, simulation }) => {
      const elector = electorOf(acting?.slot.process);
      if (elector === undefined || elector === acting?.slot.component) return undefined;
      if (elector.acting && elector.deadline >= simulation.now) return undefined;
      return `${entry.by} in ${acting?.slot.process.name} wrote after its renew deadline`;
    },
};

export const leader: Properties = {
  always: [one, inTime],
  sometimes: [
    {
      id: 'L-W1',
      claim: 'another candidate takes the lead',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.kind === 'Lease' &&
        entry.by.endsWith('/leader-election') &&
        (entry.after?.spec as { leaseTransitions?: number } | undefined)?.leaseTransitions === 1,
    },
  ],
};
