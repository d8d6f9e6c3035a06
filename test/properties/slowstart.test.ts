/** [R-S5] Passes that the real controller does not make: it stops at the first batch that fails. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { slowStart } from '../../properties/replicaset/slowstart.ts';
import type { Any } from './judged.ts';

const test = suite('slow start of ReplicaSets');

const request = { verb: 'create', kind: 'Pod' };
const created = { type: 'write', ...request };
const refused = { type: 'rejected', ...request, message: 'exceeded quota' };
const going = { ...refused, message: 'in namespace n because it is being terminated' };
const conflict = { type: 'fault', fault: 'conflict' };

/** What is said of a pass that gets these answers, one after the other. */
function judged(answers: readonly object[], actor = 'replicaset-controller'): readonly unknown[] {
  const judge = slowStart.begin();
  const acting = { pass: { key: 'default/web' }, slot: { component: { actor } }, request };
  return answers
    .map((entry) => judge(entry as Any, { acting } as Any))
    .filter((problem) => problem !== undefined);
}

const problem = 'default/web tries a Pod more after one was refused in the batch before';

test('after a batch in which one was refused, nothing more is tried', () => {
  assert.equal(judged([refused, created]), [problem]);
  assert.equal(judged([created, created, conflict, created]), [problem]);
  assert.equal(judged([created, refused, created, refused]), [problem]);
});

test('the batch itself is tried to its end, and what succeeds goes on', () => {
  assert.equal(judged([created, refused, created]), []);
  assert.equal(judged(Array(12).fill(created)), []);
  assert.equal(judged([refused]), []);
});

test('a namespace that goes refuses all of them, which is no failure', () => {
  assert.equal(judged([going, going, created]), []);
});

test('others may do as they like', () => {
  assert.equal(judged([refused, created], 'job-controller'), []);
});

test.run();
