/** `--history`: how much of the past stays in memory. Old entries are forgotten, a quarter of it at a time. */
import { UsageError } from '../errors.ts';
import { encodeEntry } from '../log/codec.ts';
import type { Entry } from '../log/entry.ts';
import type { Simulation } from '../sim/simulation.ts';

export interface Budget {
  readonly of: 'entries' | 'bytes';
  readonly most: number;
}

const units: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** What is kept unless somebody says: some 0.8 GB, and hours of a small cluster. */
const entriesMax = 1_000_000;

/** Undefined: everything is kept. */
export function parseBudget(text = String(entriesMax)): Budget | undefined {
  if (text === 'all') return undefined;
  const [, count, unit] = /^(\d+)(KB|MB|GB)?$/.exec(text) ?? [];
  if (count === undefined || Number(count) === 0) {
    throw new UsageError(
      `--history ${text}: expected a number of entries, a size as 512MB, or all`,
    );
  }
  if (unit === undefined) return { of: 'entries', most: Number(count) };
  return { of: 'bytes', most: Number(count) * units[unit]! };
}

/** What an entry takes besides its text, which is kept as objects of about twice its length. */
const overheadBytes = 400;

/** About what an entry and the version that it made take in memory. */
const bytesOf = (entry: Entry): number => overheadBytes + 2 * encodeEntry(entry).length;

/** Entries in a portion: how exactly it is known where bytes are. */
const portionEntries = 256;

/** Follows a log, and says up to where it has to be forgotten to stay within a budget. */
export class HistoryBudget {
  readonly #budget: Budget;
  /** The last entry of each portion, and what they take. */
  #portions: { last: number; cost: number }[] = [];
  #total = 0;
  #open = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** What is remembered takes. */
  get total(): number {
    return this.#total;
  }

  add(entry: Entry): void {
    const cost = this.#budget.of === 'entries' ? 1 : bytesOf(entry);
    this.#total += cost;
    const portion = this.#portions.at(-1);
    if (portion === undefined || this.#open === portionEntries) {
      this.#portions.push({ last: entry.n, cost });
      this.#open = 1;
    } else {
      portion.last = entry.n;
      portion.cost += cost;
      this.#open += 1;
    }
  }

  /** The newest entry that is to be forgotten, once there is more than the budget allows. */
  get excess(): number | undefined {
    const { most } = this.#budget;
    if (this.#total <= most) return undefined;
    let left = this.#total;
    let last: number | undefined;
    for (const portion of this.#portions) {
      if (left <= most * 0.75) break;
      left -= portion.cost;
      last = portion.last;
    }
    return last;
  }

  /** Everything before this entry is forgotten. */
  forgotten(first: number): void {
    const kept = this.#portions.filter(({ last }) => last >= first);
    this.#total = kept.reduce((sum, { cost }) => sum + cost, 0);
    this.#portions = kept;
  }
}

/** How often it is looked whether there is too much. */
const everyMs = 200;

/** Keeps what a cluster remembers within a budget, until it is ended. */
export function keepWithin(budget: Budget, simulation: Simulation): { end(): void } {
  const { log } = simulation;
  const kept = new HistoryBudget(budget);
  for (const entry of log.entries) kept.add(entry);
  const unobserve = log.observe((entry) => kept.add(entry));
  const timer = setInterval(() => {
    const excess = kept.excess;
    if (excess === undefined) return;
    simulation.forget(excess);
    kept.forgotten(log.first);
  }, everyMs);
  timer.unref();
  return {
    end() {
      unobserve();
      clearInterval(timer);
    },
  };
}
