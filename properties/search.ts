/** Searches the lists of numbers for one that breaks a rule, and makes it as small as it can. */
import * as fc from 'fast-check';
import { invariant } from '../src/errors.ts';
import { type PlayOptions, play, runsOf } from './play.ts';
import { type Broken, Trial, type TrialBase } from './trial.ts';

export type SearchOptions = Pick<PlayOptions, 'runs' | 'seed' | 'lengthMax' | 'onRun'>;

export interface Found {
  readonly broken: Broken;
  readonly numbers: readonly number[];
  readonly trial: Trial;
  readonly runs: number;
  readonly shrunkFrom: number;
}

/** `bases` are the worlds to try: the first number of a run chooses one. */
export function search(bases: readonly TrialBase[], options: SearchOptions): Found | undefined {
  const { broke } = play(bases, options);
  if (broke === undefined) return undefined;
  if ('error' in broke) throw broke.error;
  return shrunk(bases, options, broke.run);
}

/** The smallest story that breaks the rule which the run broke. */
export function shrunk(
  bases: readonly TrialBase[],
  { seed, lengthMax }: Pick<PlayOptions, 'seed' | 'lengthMax'>,
  run: number,
): Found {
  let story: Broken | undefined;
  let first: readonly number[] = [];
  const property = fc.property(...runsOf(bases, lengthMax), (world, numbers) => {
    const broken = new Trial(unwatched(bases[world]!)).run(numbers);
    if (broken === undefined || (story !== undefined && !isSame(broken, story))) return true;
    if (story === undefined) first = numbers;
    story = broken;
    return false;
  });
  const details = fc.check(property, { numRuns: 1, seed, path: String(run - 1) });
  invariant(story !== undefined && details.failed, `run ${run} broke a rule, and now it does not`);
  const [world, numbers] = details.counterexample!;
  const base = unwatched(bases[world]!);
  const smallest = minimal(base, numbers, story);
  const trial = new Trial({ ...base, decisions: true });
  const broken = trial.run(smallest);
  return { broken: broken!, numbers: smallest, trial, runs: run, shrunkFrom: first.length };
}

/** What smaller stories meet does not count. */
function unwatched(base: TrialBase): TrialBase {
  const { witnessed: _witnessed, onKnown: _onKnown, ...rest } = base;
  return rest;
}

/** A smaller story must be the same story: another rule, or another kind of object, does not count. */
const isSame = (one: Broken | undefined, other: Broken): boolean =>
  one?.id === other.id && one.kind === other.kind;

/** Leaves out one number after the other as long as the same rule breaks. */
function minimal(base: TrialBase, numbers: readonly number[], story: Broken): readonly number[] {
  let current = numbers;
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = current.length - 1; i >= 0; i--) {
      const without = current.filter((_, j) => j !== i);
      if (!isSame(new Trial(base).run(without), story)) continue;
      current = without;
      changed = true;
    }
  }
  return current;
}
