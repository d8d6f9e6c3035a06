/** How often something took how long, in seconds of simulated time: a count below each of some bounds. */

/** Bounds from `first` on, each the last one times `factor`, as client_golang makes them. */
export function bounds(first: number, factor: number, count: number): readonly number[] {
  const all = [first];
  for (let i = 1; i < count; i++) all.push(all[i - 1]! * factor);
  return all;
}

export class Histogram {
  readonly bounds: readonly number[];
  /** Of values up to each bound, and above the one before; the last is of all that are above every bound. */
  readonly counts: number[];
  sum = 0;

  constructor(limits: readonly number[]) {
    this.bounds = limits;
    this.counts = new Array<number>(limits.length + 1).fill(0);
  }

  observe(seconds: number): void {
    let at = 0;
    while (at < this.bounds.length && seconds > this.bounds[at]!) at += 1;
    this.counts[at]! += 1;
    this.sum += seconds;
  }
}
