/** Flags by which a cluster differs from an ordinary one, for every command that makes one. */
import type { Staleness } from '../sim/consistency.ts';
import { parseFirstList, parseStaleness } from '../sim/scenario/parse.ts';
import type { FirstList } from '../sim/scenario/types.ts';
import type { Arguments, Flag } from './command.ts';
import { schedulerConfig, schedulerConfigFlag } from './schedulerconfig.ts';

export const clusterFlags = {
  staleness: {
    type: 'string',
    value: 'HOW',
    about: 'how controllers know old caches: consistency (1.36), or expectations (before)',
  },
  'first-list': {
    type: 'string',
    value: 'HOW',
    about: 'what a kubelet makes of its first list: confirmed, or believed (k/k#59848)',
  },
  ...schedulerConfigFlag,
} as const satisfies Readonly<Record<string, Flag>>;

/** What the flags say, as plans and campaigns keep it. */
export interface ClusterWishes {
  readonly staleness?: Staleness;
  readonly firstList?: FirstList;
  readonly schedulerConfig?: unknown;
}

/** Throws a UsageError for what cannot be meant. */
export function clusterWishes(args: Arguments): ClusterWishes {
  const staleness = parseStaleness(args.text('staleness'), '--staleness');
  const firstList = parseFirstList(args.text('first-list'), '--first-list');
  const config = schedulerConfig(args);
  return {
    ...(staleness === undefined ? {} : { staleness }),
    ...(firstList === undefined ? {} : { firstList }),
    ...(config === undefined ? {} : { schedulerConfig: config.document }),
  };
}
