/** Texts of completion indexes: `1,3-5,7`, strictly ascending, below the number of completions. */

interface Problem {
  readonly error: string;
}

interface Interval {
  readonly first: number;
  readonly last: number;
}

/** How many indexes the text names, or what is wrong with it. */
export function indexesIn(text: string, completions: number): number | Problem {
  if (text === '') return 0;
  let total = 0;
  let previous: number | undefined;
  for (const part of text.split(',')) {
    const interval = intervalOf(part, completions);
    if ('error' in interval) return interval;
    const { first, last } = interval;
    if (previous !== undefined && previous >= first) return disordered(previous, first);
    total += last - first + 1;
    previous = last;
  }
  return total;
}

/** The first index that both name, as far as they can be read. */
export function overlapOf(a: string, b: string, completions: number): number | undefined {
  const readable = (text: string) =>
    text.split(',').flatMap((part) => {
      const interval = intervalOf(part, completions);
      return 'error' in interval ? [] : [interval];
    });
  const others = readable(b);
  for (const { first, last } of readable(a)) {
    const common = others.find((other) => first <= other.last && other.first <= last);
    if (common !== undefined) return Math.max(first, common.first);
  }
  return undefined;
}

function intervalOf(part: string, completions: number): Interval | Problem {
  const limits = part.split('-');
  if (limits.length > 2) {
    const fragment = `the fragment ${JSON.stringify(part)} violates the requirement`;
    return {
      error: `${fragment} that an index interval can have at most two parts separated by '-'`,
    };
  }
  const values: number[] = [];
  for (const limit of limits) {
    const shown = JSON.stringify(limit);
    if (!/^[+-]?\d+$/.test(limit)) {
      return { error: `cannot convert string to integer for index: ${shown}` };
    }
    if (Number(limit) >= completions) return { error: `too large index: ${shown}` };
    values.push(Number(limit));
  }
  const [first, last] = [values[0]!, values.at(-1)!];
  return values.length > 1 && first >= last ? disordered(first, last) : { first, last };
}

const disordered = (previous: number, current: number): Problem => ({
  error: `non-increasing order, previous: ${previous}, current: ${current}`,
});
