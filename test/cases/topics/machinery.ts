/** Shared machinery: rounding, hashes, queues, slow start. */
import { resolveIntOrPercent } from '../../../src/api/intstr.ts';
import { podTemplateHash, revisionHash } from '../../../src/controllers/hash.ts';
import { slowStart } from '../../../src/controllers/replicaset/slowstart.ts';
import { ExponentialBackoff } from '../../../src/sim/ratelimiter.ts';
import { Workqueue } from '../../../src/sim/workqueue.ts';
import type { Topics } from '../topic.ts';

export const machinery: Topics = {
  intstr_rounding: ({ value, total, roundUp }) => ({
    result: resolveIntOrPercent(value, total, roundUp) ?? 'error',
  }),
  hash_encoding: ({ kind, data, collisionCount }) => ({
    hash: (kind === 'revision' ? revisionHash : podTemplateHash)(data, collisionCount),
  }),
  slow_start({ count, failFrom }) {
    // biome-ignore lint/correctness/useYield: a call that fails at once asks for nothing.
    const started = slowStart(count, function* (index) {
      return failFrom !== null && index + 1 >= failFrom ? 'failed' : undefined;
    }).next().value as { batches: readonly number[]; successes: number; calls: number };
    const { batches, successes, calls } = started;
    return { batches, successes, calls, skipped: count - calls };
  },
  workqueue_backoff({ requeuesBefore }) {
    const backoff = new ExponentialBackoff();
    for (let i = 0; i < requeuesBefore; i++) backoff.when('key');
    return { delaySeconds: backoff.when('key') / 1000 };
  },
  workqueue_semantics({ ops }) {
    const queue = new Workqueue();
    const gets: string[] = [];
    for (const op of ops as readonly string[]) {
      const [verb, key = ''] = op.split(' ');
      if (verb === 'add') queue.add(key);
      else if (verb === 'done') queue.done(key);
      else {
        const got = queue.get();
        if (got !== undefined) gets.push(got);
      }
    }
    return { gets, pending: queue.pending, processing: [...queue.processing].sort() };
  },
};
