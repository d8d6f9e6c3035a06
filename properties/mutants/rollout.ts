/** What rollouts get wrong when they are resized, or do not go on: none of it is published. */
import type { Mutant } from './mutant.ts';

const family = 'rollout';
const source = 'unpublished';
const folder = 'src/controllers/deployment';

export const rolloutMutants: readonly Mutant[] = [
  {
    id: 'D16',
    family,
    source,
    about: 'what is left of a difference that is shared goes to nobody',
    patches: [
      {
        file: `${folder}/proportional.ts`,
        text: 'if (sizes.length > 0 && toAdd !== 0) sizes[0]',
        replacement: 'if (sizes.length < 0 && toAdd !== 0) sizes[0]',
      },
    ],
    killedBy: ['D-S12'],
  },
  {
    id: 'D17',
    family,
    source,
    about: 'nobody looks again when the deadline of a rollout is over',
    patches: [
      {
        file: `${folder}/status.ts`,
        text: '    requeueIfStuck(deployment, status, context);\n    return undefined;',
        replacement: '    return undefined;',
      },
    ],
    killedBy: ['D-S11'],
  },
  {
    id: 'D18',
    family,
    source,
    about: 'the deadline counts from the beginning of the rollout, whatever progress it makes',
    patches: [
      {
        file: `${folder}/progress.ts`,
        text: "parseTimestamp(condition.lastUpdateTime ?? '')",
        replacement: "parseTimestamp(condition.lastTransitionTime ?? '')",
      },
    ],
    killedBy: ['D-S11b'],
  },
];
