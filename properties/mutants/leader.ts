/** Published bugs of leader election. */
import type { Mutant } from './mutant.ts';

const election = 'src/sim/leaderelection.ts';

export const leaderMutants: readonly Mutant[] = [
  {
    id: 'L1',
    family: 'leader',
    source: 'k/k#125761',
    about: 'a Lease is taken for over by what its holder wrote about the time',
    patches: [
      {
        file: election,
        text: 'const endsAt = this.#observedAt + leaseDurationSeconds * 1000;',
        replacement:
          "const endsAt = parseTimestamp(lease.spec.renewTime ?? '') + leaseDurationSeconds * 1000;",
      },
      {
        file: election,
        text: '!isOwn && endsAt > this.#localNow',
        replacement: '!isOwn && endsAt > this.#env.wallClock',
      },
      {
        file: election,
        text: "import { microTimestamp } from '../api/time.ts';",
        replacement: "import { microTimestamp, parseTimestamp } from '../api/time.ts';",
      },
    ],
    killedBy: ['L-S1', 'L-S2'],
  },
  {
    id: 'L2',
    family: 'leader',
    source: 'client-go RenewDeadline',
    about: 'a leader that cannot renew goes on',
    patches: [
      {
        file: election,
        text: "if (tag === 'deadline') this.#env.exit();",
        replacement: "if (tag === 'deadline') return;",
      },
    ],
    killedBy: ['L-S1', 'L-S2'],
  },
];
