/** How a scheduler is set up. */
import { type BackoffLimits, defaultBackoff } from './backoff.ts';
import { bestOf } from './best.ts';
import type { Decision } from './cycle.ts';
import { type Profile, type ProfileOptions, profileOf } from './profile.ts';
import { Verdicts } from './verdicts.ts';

/**
 * Who wins among nodes with equal totals: `heap`, the one that 1.36 comes upon, which is the same
 * each time; or `seeded`, any of them, by the seed.
 */
export type Ties = 'heap' | 'seeded';

export interface SchedulerOptions {
  /** One per `schedulerName`; the default profile. */
  readonly profiles?: readonly ProfileOptions[];
  readonly backoff?: BackoffLimits;
  readonly ties?: Ties;
  /** Pods that waited for five minutes are tried again, whatever happened (true). */
  readonly flushes?: boolean;
  /** Whether the log keeps what each cycle found out (true). */
  readonly decisions?: boolean;
  readonly onDecision?: (decision: Decision) => void;
}

export interface Setup {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly backoff: BackoffLimits;
  readonly ties: Ties;
  readonly flushes: boolean;
  readonly decisions: boolean;
  readonly onDecision: ((decision: Decision) => void) | undefined;
  /** What plugins of these profiles said of nodes. */
  readonly verdicts: Verdicts;
}

export function setupOf(options: SchedulerOptions = {}): Setup {
  const { profiles = [{}], backoff = defaultBackoff, ties = 'heap', flushes = true } = options;
  const made = profiles.map(profileOf);
  return {
    profiles: new Map(made.map((profile) => [profile.schedulerName, profile])),
    backoff,
    ties,
    flushes,
    decisions: options.decisions ?? true,
    onDecision: options.onDecision,
    verdicts: new Verdicts(),
  };
}

/** Which of the best, given something like chance. */
export function choosing(ties: Ties, chance: () => number): (totals: readonly number[]) => number {
  if (ties === 'heap') return bestOf;
  return (totals) => {
    const best = Math.max(...totals);
    const tied = totals.flatMap((total, i) => (total === best ? [i] : []));
    return tied.length === 1 ? tied[0]! : tied[Math.floor(chance() * tied.length)]!;
  };
}
