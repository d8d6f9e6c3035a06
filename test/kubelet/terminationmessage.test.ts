/** What a container leaves behind for its status (kubelet-00, kubelet-02). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContainerStatus } from '../../src/api/pod/pod.ts';
import {
  terminationMessage,
  withShortMessages,
} from '../../src/kubelet/status/terminationmessage.ts';

const test = suite('termination messages');

const left = { message: undefined, logs: ['one', 'two'], exitCode: 1, fallsBack: true };

test('logs stand for it where it failed, the policy says so, and nothing else was left', () => {
  assert.is(terminationMessage(left), 'one\ntwo\n');
  assert.is(terminationMessage({ ...left, message: 'own' }), 'own');
  assert.is(terminationMessage({ ...left, exitCode: 0 }), undefined);
  assert.is(terminationMessage({ ...left, fallsBack: false }), undefined);
});

test('80 lines and 2048 bytes of logs, 4096 bytes of the file: the end of each', () => {
  const logs = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  const lines = terminationMessage({ ...left, logs })!
    .trimEnd()
    .split('\n');
  assert.equal([lines.length, lines[0], lines.at(-1)], [80, 'line 20', 'line 99']);
  const long = terminationMessage({ ...left, logs: ['x'.repeat(5_000)] })!;
  assert.equal([long.length, long.endsWith('x\n')], [2_048, true]);
  const file = terminationMessage({ ...left, message: `start${'y'.repeat(5_000)}` })!;
  assert.equal([file.length, file.includes('start')], [4_096, false]);
});

test('12288 bytes of one Pod, shared equally: the beginning of each', () => {
  const message = `start${'z'.repeat(4_000)}`;
  const state = { terminated: { exitCode: 1, message } };
  const status = { name: 'c', state, lastState: {}, ready: false, restartCount: 0 };
  const [cut] = withShortMessages([status as unknown as ContainerStatus], 4);
  assert.is(cut!.state!.terminated!.message!.length, 3_072);
  assert.ok(cut!.state!.terminated!.message!.startsWith('start'));
  const [whole] = withShortMessages([status as unknown as ContainerStatus], 3);
  assert.is(whole!.state!.terminated!.message, message);
});

test.run();
