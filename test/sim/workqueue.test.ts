/** Workqueue, rate limiters, timers and expectations (ctl-01 §1, §3). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Expectations, expectationsTtlMs } from '../../src/sim/expectations.ts';
import { ExponentialBackoff, TokenBucket } from '../../src/sim/ratelimiter.ts';
import { Timers } from '../../src/sim/timers.ts';
import { Workqueue } from '../../src/sim/workqueue.ts';

const test = suite('queues and clocks');

test('a key that is added while it is processed is queued once more', () => {
  const queue = new Workqueue();
  queue.add('a');
  queue.add('a');
  assert.is(queue.get(), 'a');
  queue.add('a');
  queue.add('a');
  assert.is(queue.length, 0, 'never processed twice at a time');
  queue.done('a');
  assert.is(queue.get(), 'a');
  queue.done('a');
  assert.is(queue.get(), undefined);
});

test('keys come out in the order in which they were first added', () => {
  const queue = new Workqueue();
  for (const key of ['b', 'a', 'b', 'c']) queue.add(key);
  assert.equal([queue.get(), queue.get(), queue.get()], ['b', 'a', 'c']);
});

test('failures back off 5 ms × 2ⁿ up to 1000 s, and are forgotten', () => {
  const backoff = new ExponentialBackoff();
  assert.equal([backoff.when('k'), backoff.when('k'), backoff.when('k')], [5, 10, 20]);
  assert.is(backoff.requeues('k'), 3);
  backoff.forget('k');
  assert.is(backoff.when('k'), 5);
  for (let i = 0; i < 60; i++) backoff.when('k');
  assert.is(backoff.when('k'), 1_000_000);
});

test('beyond the burst each reservation waits its turn', () => {
  const bucket = new TokenBucket(10, 2);
  assert.equal([bucket.when(0), bucket.when(0), bucket.when(0), bucket.when(0)], [0, 0, 100, 200]);
});

test('timers come in order of time, then of age; a cancelled one never', () => {
  const timers = new Timers();
  const add = (tag: string, at: number, background = false) =>
    timers.add({ owner: 'o', tag, at, background, fire: () => {} });
  add('late', 30);
  const cancel = add('gone', 10);
  add('first', 20);
  add('second', 20);
  add('heartbeat', 5, true);
  cancel();
  assert.is(timers.next, 5);
  assert.is(timers.nextForeground, 20);
  assert.equal(
    [timers.take(100), timers.take(100), timers.take(100), timers.take(25)].map((t) => t?.tag),
    ['heartbeat', 'first', 'second', undefined],
  );
});

test('expectations hold until seen, written and shown, or five minutes old', () => {
  let now = 0;
  const expectations = new Expectations(() => now);
  assert.ok(expectations.satisfied('rs', 0));
  expectations.expectCreations('rs', 2);
  assert.not.ok(expectations.satisfied('rs', 0));
  expectations.creationObserved('rs');
  expectations.creationsDropped('rs', 1);
  assert.ok(expectations.satisfied('rs', 0), 'one was seen, one will never come');

  expectations.expectCreations('rs', 1);
  expectations.creationWritten('rs', '7');
  assert.not.ok(expectations.satisfied('rs', 6));
  assert.ok(expectations.satisfied('rs', 7), 'the cache shows it, though no event said so');

  expectations.expectDeletions('rs', ['ns/a']);
  expectations.deletionObserved('rs', 'ns/b');
  assert.not.ok(expectations.satisfied('rs', 9));
  now = expectationsTtlMs + 1;
  assert.ok(expectations.satisfied('rs', 9), 'expired (k/k#129795)');
});

test.run();
