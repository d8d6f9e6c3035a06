/** [J-S2] Counters of Jobs, on histories written by hand. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { job as rules } from '../../properties/job.ts';
import type { Any } from './judged.ts';

const test = suite('counters of Jobs');

const by = 'job-controller';
const job = (failed: number, ...uncounted: readonly string[]): Any => ({
  kind: 'Job',
  metadata: { name: 'task', namespace: 'default', uid: 'j' },
  spec: { parallelism: 1 },
  status: { failed, uncountedTerminatedPods: { failed: uncounted } },
});
const pod: Any = { kind: 'Pod', metadata: { name: 'task-a', namespace: 'default', uid: 'a' } };

/** A Pod is noted, let go, counted, and noted again. `fault` struck when it was let go. */
function twice(fault?: string): unknown {
  const judge = rules.always!.find(({ id }) => id === 'J-S2')!.begin();
  const before = { type: 'fault', fault };
  const simulation = { log: { at: (n: number) => (n === 3 && fault ? before : undefined) } };
  const tell = (n: number, kind: string, was: Any, is: Any) =>
    judge({ type: 'write', n, by, kind, before: was, after: is } as Any, { simulation } as Any);
  assert.is(tell(1, 'Job', job(0), job(0, 'a')), undefined);
  assert.is(tell(4, 'Pod', pod, pod), undefined);
  assert.is(tell(5, 'Job', job(0, 'a'), job(1)), undefined);
  return tell(6, 'Job', job(1), job(1, 'a'));
}

test('[J-S2] a Pod is counted once', () => {
  assert.is(twice(), 'default/task counts the Pod a twice');
});

test('[J-S2] but for one that was let go without a reply: it is not waited for', () => {
  assert.is(twice('reply lost'), undefined);
});

test.run();
