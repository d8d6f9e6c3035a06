/** What CEL does with texts (cel-go's strings extension, and Kubernetes' regex library). */
import { CelError } from './error.ts';
import { number, text } from './values.ts';

const patterns = new Map<string, RegExp>();
const rememberMax = 1_000;

/** A pattern of Go (RE2) as one of JavaScript. */
export function patternOf(source: string): RegExp {
  let found = patterns.get(source);
  if (found === undefined) {
    const [, flags = ''] = /^\(\?([ims]+)\)/.exec(source) ?? [];
    const body = flags === '' ? source : source.slice(flags.length + 3);
    const own = body
      .replace(/\(\?P</g, '(?<')
      .replace(/\\A/g, '^')
      .replace(/\\z/g, '$')
      .replace(/\[:alnum:\]/g, 'A-Za-z0-9')
      .replace(/\[:alpha:\]/g, 'A-Za-z')
      .replace(/\[:digit:\]/g, '0-9')
      .replace(/\[:space:\]/g, '\\s')
      .replace(/\[:lower:\]/g, 'a-z')
      .replace(/\[:upper:\]/g, 'A-Z');
    found = compiled(own, flags, source);
    if (patterns.size >= rememberMax) patterns.clear();
    patterns.set(source, found);
  }
  return found;
}

function compiled(body: string, flags: string, source: string): RegExp {
  for (const more of ['u', '']) {
    try {
      return new RegExp(body, `${flags}${more}`);
    } catch {
      // Escapes that mean nothing are errors with `u`, and no errors in Go.
    }
  }
  throw new CelError(`error parsing regexp: ${JSON.stringify(source)}`);
}

const points = (value: unknown): readonly string[] => [...text(value)];

function within(index: unknown, length: number): number {
  const at = number(index);
  if (at < 0 || at > length) throw new CelError(`index out of range: ${at}`);
  return at;
}

type Method = (value: unknown, ...args: unknown[]) => unknown;

export const textMethods: Readonly<Record<string, Method>> = {
  startsWith: (value, start) => text(value).startsWith(text(start)),
  endsWith: (value, end) => text(value).endsWith(text(end)),
  contains: (value, part) => text(value).includes(text(part)),
  matches: (value, pattern) => patternOf(text(pattern)).test(text(value)),
  find: (value, pattern) => patternOf(text(pattern)).exec(text(value))?.[0] ?? '',
  findAll(value, pattern, most = -1) {
    const { source, flags } = patternOf(text(pattern));
    const all = [...text(value).matchAll(new RegExp(source, `${flags}g`))].map(([found]) => found);
    return number(most) < 0 ? all : all.slice(0, number(most));
  },
  charAt(value, index) {
    const all = points(value);
    return all[within(index, all.length)] ?? '';
  },
  split(value, by, most = -1) {
    const max = number(most);
    if (max === 0) return [];
    const all = by === '' ? [...points(value)] : text(value).split(text(by));
    return max < 0 || all.length <= max
      ? all
      : [...all.slice(0, max - 1), all.slice(max - 1).join(text(by))];
  },
  replace(value, from, to, most = -1) {
    const max = number(most);
    let left = max < 0 ? Number.POSITIVE_INFINITY : max;
    return text(value).replaceAll(text(from), (found) => {
      left -= 1;
      return left < 0 ? found : text(to);
    });
  },
  lowerAscii: (value) => text(value).replace(/[A-Z]/g, (one) => one.toLowerCase()),
  upperAscii: (value) => text(value).replace(/[a-z]/g, (one) => one.toUpperCase()),
  trim: (value) => text(value).trim(),
  reverse: (value) => points(value).toReversed().join(''),
  substring(value, from, to) {
    const all = points(value);
    const end = within(to ?? all.length, all.length);
    const start = within(from, all.length);
    if (start > end) {
      throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
    }
    return all.slice(start, end).join('');
  },
};

/** Where in `all` the other one begins, from `from` on. */
export function placeOf(value: string, part: string, from: unknown, isLast: boolean): number {
  const [all, wanted] = [[...value], [...part]];
  const start = within(from ?? (isLast ? all.length : 0), all.length);
  const isAt = (at: number): boolean => wanted.every((one, i) => all[at + i] === one);
  if (isLast) {
    for (let at = Math.min(start, all.length - wanted.length); at >= 0; at--)
      if (isAt(at)) return at;
  } else {
    for (let at = start; at + wanted.length <= all.length; at++) if (isAt(at)) return at;
  }
  return -1;
}
