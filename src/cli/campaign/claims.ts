/** Who plays which runs: threads take them in small portions, whoever is free, in their order. */

const nextPortion = 0;
const lowestBroken = 1;
const playedRuns = 2;

/** Runs in a portion. */
export const portionRuns = 8;

/** The largest number of runs of a campaign. */
export const runsMax = 2 ** 31 - 1;

/** The same in all threads: a few counters in shared memory. */
export class Claims {
  readonly shared: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(shared?: SharedArrayBuffer) {
    this.shared = shared ?? new SharedArrayBuffer(12);
    this.#cells = new Int32Array(this.shared);
    if (shared === undefined) this.#cells[lowestBroken] = runsMax;
  }

  /** A portion for whoever asks, from 0. */
  take(): number {
    return Atomics.add(this.#cells, nextPortion, 1);
  }

  /** A run broke a rule: later ones need not be played. */
  broke(run: number): void {
    let lowest = this.lowest;
    while (run < lowest) {
      lowest = Atomics.compareExchange(this.#cells, lowestBroken, lowest, run);
    }
  }

  /** The lowest run that broke a rule so far. */
  get lowest(): number {
    return Atomics.load(this.#cells, lowestBroken);
  }

  /** Runs that are over, in all threads. */
  get played(): number {
    return Atomics.load(this.#cells, playedRuns);
  }

  count(): void {
    Atomics.add(this.#cells, playedRuns, 1);
  }
}
