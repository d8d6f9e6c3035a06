/** Which entries make the story of a run, and how many were left out. */
import type { Entry } from '../log/entry.ts';
import { seconds, sentence } from './sentence.ts';

export interface Line {
  readonly n: number;
  readonly text: string;
}

export interface Story {
  readonly lines: readonly Line[];
  readonly hidden: number;
}

/** What moves the story on. Reads, deliveries, heartbeats and passes that did nothing do not. */
export function isTold(entry: Entry): boolean {
  switch (entry.type) {
    case 'write':
      return entry.kind !== 'Lease' && entry.kind !== 'Namespace' && !isHeartbeat(entry);
    case 'rejected':
      return entry.verb !== 'get' && entry.verb !== 'list';
    case 'runtime':
      return entry.event !== 'sandbox removed';
    case 'fault':
      return true;
    case 'clock':
      return entry.t - entry.from >= 1_000;
    default:
      return false;
  }
}

const isHeartbeat = ({ kind, before, after }: Extract<Entry, { type: 'write' }>): boolean =>
  kind === 'Node' && before !== undefined && after !== undefined && before.spec === after.spec;

export function story(entries: readonly Entry[]): Story {
  const told = entries.filter(isTold);
  const since = beginningOf(entries);
  return { lines: told.map((entry) => lineOf(entry, since)), hidden: entries.length - told.length };
}

/** Times are told from here: a cluster that serves real clients begins at the present. */
export const beginningOf = (entries: readonly Entry[]): number => entries[0]?.t ?? 0;

/** `#42  0.15 s  replicaset-controller created Pod … (because of #33)`. */
export function lineOf(entry: Entry, since: number): Line {
  const causes = entry.causes.length === 0 ? '' : `  ← ${causesOf(entry.causes)}`;
  const number = `#${entry.n}`.padStart(5);
  const time = seconds(entry.t - since).padStart(9);
  return { n: entry.n, text: `${number} ${time}  ${sentence(entry)}${causes}` };
}

const causesMax = 3;

function causesOf(causes: readonly number[]): string {
  const shown = causes.slice(0, causesMax).map((n) => `#${n}`);
  const more = causes.length - shown.length;
  return shown.join(' ') + (more > 0 ? ` and ${more} more` : '');
}
