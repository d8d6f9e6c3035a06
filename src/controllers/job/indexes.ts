/** Sets of completion indexes, as ordered intervals that do not touch (ctl-04 §A.7). */

export interface Interval {
  readonly first: number;
  readonly last: number;
}

export type Intervals = readonly Interval[];

export const noIndexes: Intervals = [];

/** The text of a status; what cannot be read in it is skipped, what is out of range is cut off. */
export function parseIndexes(text: string | undefined, completions: number): Intervals {
  if (text === undefined || text === '') return noIndexes;
  const result: Interval[] = [];
  for (const part of text.split(',')) {
    const [low = '', high] = part.split('-');
    const first = numberOf(low);
    if (first === undefined) continue;
    if (first >= completions) break;
    const end = high === undefined ? first : numberOf(high);
    if (end === undefined) continue;
    const last = Math.min(end, completions - 1);
    const before = result.at(-1);
    if (before?.last === first - 1) result[result.length - 1] = { first: before.first, last };
    else result.push({ first, last });
  }
  return result;
}

const numberOf = (text: string): number | undefined =>
  /^[+-]?\d+$/.test(text) ? Number(text) : undefined;

/** `0-2,5,6`: runs of three and more are shortened. */
export const indexesText = (intervals: Intervals): string =>
  intervals
    .map(({ first, last }) => {
      if (first === last) return String(first);
      return `${first}${last === first + 1 ? ',' : '-'}${last}`;
    })
    .join(',');

export const intervalsOf = (indexes: Iterable<number>): Intervals =>
  union(
    noIndexes,
    [...indexes].sort((a, b) => a - b).map((index) => ({ first: index, last: index })),
  );

export function union(a: Intervals, b: Intervals): Intervals {
  const result: Interval[] = [];
  for (const next of [...a, ...b].sort((one, other) => one.first - other.first)) {
    const before = result.at(-1);
    if (before === undefined || next.first > before.last + 1) result.push(next);
    else if (next.last > before.last) {
      result[result.length - 1] = { first: before.first, last: next.last };
    }
  }
  return result;
}

export const totalOf = (intervals: Intervals): number =>
  intervals.reduce((total, { first, last }) => total + last - first + 1, 0);

export const hasIndex = (intervals: Intervals, index: number): boolean =>
  intervals.some(({ first, last }) => first <= index && index <= last);

/** The lowest `count` indexes that are not taken. */
export function firstPending(
  taken: Intervals,
  count: number,
  completions: number,
): readonly number[] {
  const result: number[] = [];
  let candidate = 0;
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    for (; candidate < Math.min(first, completions) && result.length < count; candidate++) {
      result.push(candidate);
    }
    candidate = Math.max(candidate, last + 1);
  }
  return result;
}
