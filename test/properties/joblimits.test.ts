/** [J-S4] When the Pods of a Job are replaced, on histories written by hand. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../properties/joblimits.ts';
import { timestamp } from '../../src/api/time.ts';
import type { Any } from './judged.ts';

const test = suite('how soon Pods of a Job are replaced');

const by = 'job-controller';
const controlled = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: 'task',
  uid: 'j',
  controller: true,
};

/** Nothing ran of it: it ended when it was deleted. */
const failed = (uid: string, second: number): Any => ({
  kind: 'Pod',
  metadata: {
    name: uid,
    namespace: 'default',
    uid,
    ownerReferences: [controlled],
    finalizers: ['batch.kubernetes.io/job-tracking'],
    creationTimestamp: timestamp(0),
    deletionTimestamp: timestamp(second * 1000),
  },
  spec: { containers: [{ name: 'c' }] },
  status: { phase: 'Failed' },
});

const job = (noted: readonly string[]): Any => ({
  kind: 'Job',
  metadata: { name: 'task', namespace: 'default', uid: 'j' },
  spec: { backoffLimit: 6, template: { spec: { restartPolicy: 'Never' } } },
  status: { uncountedTerminatedPods: { failed: noted } },
});

/** What is said when a Pod is made at a second, after `noted` was, while `found` are seen to have failed. */
function judged(second: number, noted: Any, found: readonly Any[]): string | undefined {
  const judge = limits.begin();
  const now: Any = { by: () => [noted] };
  const update = { type: 'write', kind: 'Job', by, n: 5 };
  const uid = noted.metadata.uid;
  judge({ ...update, before: job([]), after: job([uid]) } as Any, { now } as Any);
  const seen = { get: () => job([uid]), by: () => found };
  const acting = { pass: { key: 'default/task' } };
  const simulation = { now: second * 1000 };
  const made = { metadata: { name: 'next', ownerReferences: [controlled] } };
  const create = { type: 'write', kind: 'Pod', by, n: 6, after: made };
  return judge(create as Any, { now, seen, acting, simulation } as Any);
}

test('[J-S4] ten seconds after the first failure, twenty after the second', () => {
  const first = failed('a', 33);
  assert.is(
    judged(41, first, []),
    'default/task replaces a Pod 8000 ms after failure 1, 10000 ms is the gap',
  );
  assert.is(judged(43, first, []), undefined);
  assert.is(
    judged(54, first, [failed('b', 35)]),
    'default/task replaces a Pod 19000 ms after failure 2, 20000 ms is the gap',
  );
});

test('[J-S4] the time is counted from the failures that were found last, though they are older', () => {
  assert.is(judged(41, failed('a', 33), [failed('b', 0)]), undefined);
});

test.run();
