/** Searches the lists of numbers for one that breaks a rule, and makes it as small as it can. */
import * as fc from 'fast-check';
import { numberMax } from './actions/act.ts';
import { type Broken, Trial, type TrialBase } from './trial.ts';

export interface SearchOptions {
  readonly runs: number;
  readonly seed: number;
  readonly lengthMax?: number;
  /** Called after each run. */
  readonly onRun?: (runs: number) => void;
}

export interface Found {
  readonly broken: Broken;
  readonly numbers: readonly number[];
  readonly trial: Trial;
  readonly runs: number;
  readonly shrunkFrom: number;
}

/** `bases` are the worlds to try: the first number of a run chooses one. */
export function search(
  bases: readonly TrialBase[],
  { runs, seed, lengthMax = 24, onRun }: SearchOptions,
): Found | undefined {
  const list = fc.array(fc.nat({ max: numberMax - 1 }), { maxLength: lengthMax });
  let done = 0;
  let rule: string | undefined;
  let first: readonly number[] = [];
  const property = fc.property(fc.nat({ max: bases.length - 1 }), list, (world, numbers) => {
    const broken = new Trial(bases[world]!).run(numbers);
    if (rule === undefined) {
      done += 1;
      onRun?.(done);
    }
    // A smaller story must be the same story: another rule does not count.
    const same = broken !== undefined && (rule === undefined || rule === broken.id);
    if (!same) return true;
    if (rule === undefined) first = numbers;
    rule = broken.id;
    return false;
  });
  const details = fc.check(property, { numRuns: runs, seed, endOnFailure: false });
  if (!details.failed || details.counterexample === null) return undefined;
  // No rule was broken: the trial itself failed.
  if (rule === undefined) throw details.errorInstance;
  const [world, numbers] = details.counterexample;
  const smallest = minimal(bases[world]!, numbers, rule);
  const trial = new Trial({ ...bases[world]!, decisions: true });
  const broken = trial.run(smallest);
  return { broken: broken!, numbers: smallest, trial, runs: done, shrunkFrom: first.length };
}

/** Leaves out one number after the other as long as the same rule breaks. */
function minimal(base: TrialBase, numbers: readonly number[], rule: string): readonly number[] {
  let current = numbers;
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = current.length - 1; i >= 0; i--) {
      const without = current.filter((_, j) => j !== i);
      if (new Trial(base).run(without)?.id !== rule) continue;
      current = without;
      changed = true;
    }
  }
  return current;
}
