/** Plays a plan again and compares every entry with what is written down. */

import { deepEqual } from '../api/equal.ts';
import type { Entry } from '../log/entry.ts';
import { type Plan, Run } from '../sim/run.ts';

export type Verdict =
  /** `more`: entries that the run has and the log does not, which was saved on its way. */
  | { readonly same: true; readonly entries: number; readonly more: number }
  | {
      readonly same: false;
      /** The first entry that differs. */
      readonly n: number;
      readonly recorded: Entry | undefined;
      readonly played: Entry | undefined;
    };

export function reexecute(plan: Plan, recorded: readonly Entry[]): Verdict {
  const run = new Run(plan);
  run.finish();
  const played = run.simulation.log.entries;
  for (let i = 0; i < recorded.length; i++) {
    const [was, is] = [recorded[i], played[i]];
    if (deepEqual(was, is)) continue;
    return { same: false, n: i + 1, recorded: was, played: is };
  }
  return { same: true, entries: recorded.length, more: played.length - recorded.length };
}

/**
 * Plays a plan up to the choice after which the log is at least `n` long, and leaves the run there:
 * from then on it may go another way. What is past stays as it is.
 */
export function forkAt(plan: Plan, n: number): Run {
  const run = new Run(plan);
  while (run.simulation.log.length < n) if (!run.step()) break;
  return run;
}
