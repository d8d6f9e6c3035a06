/** Why something is as it is: the writes that made it so, back to a user or a fault. */
import type { Entry } from '../log/entry.ts';
import type { History } from '../replay/restore.ts';
import { sentence } from './sentence.ts';

export interface Cause {
  readonly entry: Entry;
  readonly causes: readonly Cause[];
  /** Told above already: the same entry led to it more than once. */
  readonly repeated: boolean;
}

export function whyOf(history: History, n: number, depth = 10): Cause | undefined {
  const seen = new Set<number>();
  const trace = (at: number, left: number): Cause | undefined => {
    const entry = history.at(at);
    if (entry === undefined) return undefined;
    const repeated = seen.has(at);
    seen.add(at);
    const causes =
      repeated || left === 0 ? [] : entry.causes.flatMap((c) => trace(c, left - 1) ?? []);
    return { entry, causes, repeated };
  };
  return trace(n, depth);
}

/** The newest write at or before `revision` that made a part of an object what it is. */
export function writeOfPath(
  history: History,
  kind: string,
  key: string,
  path: readonly string[],
  revision: number,
): Entry | undefined {
  for (const write of history.store.history(kind, key)) {
    if (write.revision > revision) continue;
    const [was, is] = [part(write.before, path), part(write.after, path)];
    if (write.before === undefined || JSON.stringify(was) !== JSON.stringify(is)) return write;
  }
  return undefined;
}

/** A part by its path; `[x]` finds the item of a list by its name, type or place. */
export function part(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (Array.isArray(at)) {
      at = at.find(
        (item, i) =>
          String(i) === name ||
          ['name', 'type', 'uid', 'key'].some(
            (k) => (item as Record<string, unknown>)?.[k] === name,
          ),
      );
    } else if (typeof at === 'object' && at !== null) at = (at as Record<string, unknown>)[name];
    else return undefined;
  }
  return at;
}

/** The causes as an indented tree, a line each. */
export function causeLines({ entry, causes, repeated }: Cause): readonly string[] {
  const again = repeated ? ' (told above)' : '';
  const root = entry.causes.length === 0 && !repeated ? rootMark(entry) : '';
  const branches = causes.flatMap((one, i) => {
    const isLast = i === causes.length - 1;
    const [first = '', ...rest] = causeLines(one);
    const below = rest.map((line) => `${isLast ? '   ' : '│  '}${line}`);
    return [`${isLast ? '└─ ' : '├─ '}${first}`, ...below];
  });
  return [`#${entry.n} ${sentence(entry)}${again}${root}`, ...branches];
}

const rootMark = ({ by, type }: Entry): string =>
  by.startsWith('user') ? '  ◀ a user' : type === 'fault' ? '  ◀ a fault' : '';

export function mermaid(cause: Cause): string {
  const lines = new Set<string>(['flowchart LR']);
  const visit = ({ entry, causes }: Cause) => {
    lines.add(`  n${entry.n}["#${entry.n} ${sentence(entry).replaceAll('"', "'")}"]`);
    for (const one of causes) {
      visit(one);
      lines.add(`  n${one.entry.n} --> n${entry.n}`);
    }
  };
  visit(cause);
  return [...lines].join('\n');
}
