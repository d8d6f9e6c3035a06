/** Slow start (ctl-01 §5): 1, 2, 4, 8 … calls, and no further batch after a failure. */
import type { Requests } from '../../sim/component.ts';

export interface Started {
  readonly calls: number;
  readonly successes: number;
  readonly batches: readonly number[];
  /** The first failure. */
  readonly error?: string;
}

/** Makes up to `count` calls; `create` returns an error or undefined. */
export function* slowStart(
  count: number,
  create: (index: number) => Requests<string | undefined>,
  initialBatch = 1,
  batchMax = Number.POSITIVE_INFINITY,
): Requests<Started> {
  const batches: number[] = [];
  let calls = 0;
  let successes = 0;
  let error: string | undefined;
  for (let batch = Math.min(count, initialBatch); batch > 0; ) {
    batches.push(batch);
    for (let i = 0; i < batch; i++) {
      const failure = yield* create(calls);
      calls += 1;
      if (failure === undefined) successes += 1;
      else error ??= failure;
    }
    if (error !== undefined) break;
    batch = Math.min(2 * batch, count - successes, batchMax);
  }
  return { calls, successes, batches, ...(error === undefined ? {} : { error }) };
}
