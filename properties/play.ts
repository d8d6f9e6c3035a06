/**
 * Plays the runs of a search, or those of them that are asked for.
 *
 * What run k plays depends on the seed and on k alone, so runs can be divided over threads and machines
 * in any way, and what came of them joined again: the outcome is that of playing them one after the other.
 */
import * as fc from 'fast-check';
import { numberMax } from './actions/act.ts';
import { type Broken, Trial, type TrialBase } from './trial.ts';

export interface PlayOptions {
  readonly runs: number;
  readonly seed: number;
  /** Of a run's list of numbers (24). */
  readonly lengthMax?: number;
  /** Whether a run is to be played, and not left to others. Runs count from 1. */
  readonly isMine?: (run: number) => boolean;
  /** Whether all that is left can be left out. */
  readonly isOver?: (run: number) => boolean;
  /** Called after each run. */
  readonly onRun?: (played: number) => void;
}

export interface Played {
  /** The lowest run that broke a rule, or that failed itself with an error. Later ones do not count. */
  readonly broke?: { readonly run: number; readonly error?: unknown };
  /** Known defects of Kubernetes, and the runs that met them. */
  readonly known: Readonly<Record<string, readonly number[]>>;
  /** `sometimes` rules, and the first run that witnessed each. */
  readonly witnessed: Readonly<Record<string, number>>;
}

/** What a run is made of: which world, and which numbers. */
export const runsOf = (bases: readonly TrialBase[], lengthMax = 24) =>
  [
    fc.nat({ max: bases.length - 1 }),
    fc.array(fc.nat({ max: numberMax - 1 }), { maxLength: lengthMax }),
  ] as const;

export function play(bases: readonly TrialBase[], options: PlayOptions): Played {
  const { runs, seed, lengthMax, isMine, isOver, onRun } = options;
  const known = new Map<string, number[]>();
  const witnessed = new Map<string, number>();
  let broke: Played['broke'];
  let run = 0;
  let played = 0;
  const property = fc.property(...runsOf(bases, lengthMax), (world, numbers) => {
    run += 1;
    if (isOver?.(run) === true) return false;
    if (isMine?.(run) === false) return true;
    const base = bases[world]!;
    const seen = new Set<string>();
    const met = new Set<string>();
    let broken: Broken | undefined;
    try {
      broken = new Trial(watched(base, seen, met, witnessed)).run(numbers);
    } catch (error) {
      broke = { run, error };
    }
    for (const id of seen) {
      witnessed.set(id, run);
      base.witnessed?.add(id);
    }
    for (const defect of met) {
      const runsOfDefect = known.get(defect);
      if (runsOfDefect === undefined) known.set(defect, [run]);
      else runsOfDefect.push(run);
    }
    if (broken !== undefined) broke = { run };
    onRun?.(++played);
    return broke === undefined;
  });
  fc.check(property, { numRuns: runs, seed, endOnFailure: true });
  return {
    ...(broke === undefined ? {} : { broke }),
    known: Object.fromEntries(known),
    witnessed: Object.fromEntries(witnessed),
  };
}

/** Notes what this run meets, and looks only for what none has witnessed yet. */
function watched(
  base: TrialBase,
  seen: Set<string>,
  met: Set<string>,
  witnessed: ReadonlyMap<string, number>,
): TrialBase {
  const { sometimes = [], onKnown } = base;
  const noting = (defect: string) => {
    met.add(defect);
    onKnown?.(defect);
  };
  if (base.witnessed === undefined) return { ...base, onKnown: noting };
  const missing = sometimes.filter(({ id }) => !witnessed.has(id));
  return { ...base, sometimes: missing, witnessed: seen, onKnown: noting };
}

/** What came of all, as if one had played them: nothing counts that came after the first finding. */
export function joined(parts: readonly Played[]): Played {
  let broke: Played['broke'];
  for (const part of parts) {
    if (part.broke !== undefined && part.broke.run < (broke?.run ?? Number.POSITIVE_INFINITY))
      broke = part.broke;
  }
  const last = broke?.run ?? Number.POSITIVE_INFINITY;
  const known = new Map<string, number[]>();
  const witnessed = new Map<string, number>();
  for (const part of parts) {
    for (const [defect, runs] of Object.entries(part.known)) {
      const counted = runs.filter((run) => run <= last);
      if (counted.length > 0) known.set(defect, [...(known.get(defect) ?? []), ...counted]);
    }
    for (const [id, run] of Object.entries(part.witnessed)) {
      if (run <= last) witnessed.set(id, Math.min(run, witnessed.get(id) ?? run));
    }
  }
  return {
    ...(broke === undefined ? {} : { broke }),
    known: sorted(known, (runs) => runs.sort((a, b) => a - b)),
    witnessed: sorted(witnessed, (run) => run),
  };
}

const sorted = <T>(of: ReadonlyMap<string, T>, value: (one: T) => T): Record<string, T> =>
  Object.fromEntries(
    [...of].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, value(one)]),
  );
