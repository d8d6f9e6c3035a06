/** What each machine refuses. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  containerTable,
  deploymentTable,
  jobTable,
  nodeTable,
  podTable,
  refused,
  replicaSetTable,
  type Table,
} from '../../machines/index.ts';

const test = suite('what machines refuse');

/** The state after events, written without the kind; `refused` where one is not accepted. */
function after(table: Table<never, never>, names: string, input?: unknown): number {
  const any = table as unknown as Table<{ type: string }, unknown>;
  let state = any.initial(input);
  for (const name of names.split(' ')) {
    if (state === refused) return refused;
    const [type, exitCode] = name.split('=');
    const event = { type: `${any.machine.id}.${type}`, ...(exitCode && { exitCode: +exitCode }) };
    state = any.next(state, event);
  }
  return state;
}

const text = (table: Table<never, never>, names: string, input?: unknown) => {
  const state = after(table, names, input);
  return state === refused ? 'refused' : table.text(state);
};

const pod = podTable as unknown as Table<never, never>;
const container = containerTable as unknown as Table<never, never>;
const deployment = deploymentTable as unknown as Table<never, never>;
const replicaSet = replicaSetTable as unknown as Table<never, never>;
const node = nodeTable as unknown as Table<never, never>;
const job = jobTable as unknown as Table<never, never>;

test('a Pod is bound once', () => {
  assert.is(text(pod, 'bound'), 'phase: bound, deletion: none');
  assert.is(text(pod, 'bound bound'), 'refused');
});

test('a Pod runs only on a node, and is ready only when it runs', () => {
  assert.is(text(pod, 'started'), 'refused');
  assert.is(text(pod, 'bound becameReady'), 'refused');
  assert.is(text(pod, 'bound started becameReady'), 'phase: running.ready, deletion: none');
});

test('Succeeded and Failed are for ever', () => {
  for (const end of ['succeeded', 'failed']) {
    for (const event of ['started', 'becameReady', 'becamePending', 'succeeded', 'failed']) {
      assert.is(text(pod, `bound started ${end} ${event}`), 'refused', `${event} after ${end}`);
    }
  }
});

test('a Job ends once, and what it is bound for is what it becomes', () => {
  assert.is(text(job, 'started boundToFail completed'), 'refused');
  assert.is(text(job, 'started boundToSucceed failed'), 'refused');
  assert.is(text(job, 'started failed started'), 'refused');
  assert.is(
    text(job, 'suspended resumed boundToFail failed'),
    'phase: failed, pods: idle, deletion: none',
  );
});

test('a Pod whose node was rebooted waits once more', () => {
  assert.is(text(pod, 'bound started becamePending'), 'phase: bound, deletion: none');
});

test('a terminating Pod keeps its phase and goes on', () => {
  const events = 'bound started becameReady deletionRequested';
  assert.is(text(pod, events), 'phase: running.ready, deletion: terminating');
  assert.is(text(pod, `${events} becameUnready failed removed`), 'gone');
});

test('a deletion mark is put on once and never taken off', () => {
  for (const table of [pod, deployment, replicaSet, node]) {
    assert.is(text(table, 'deletionRequested deletionRequested'), 'refused');
    assert.is(text(table, 'deletionRequested deletionWithdrawn'), 'refused');
    assert.is(text(table, 'deletionRequested removed'), 'gone');
    assert.is(text(table, 'removed'), 'gone', 'by force, or without a grace period');
  }
});

test('a complete rollout is never late, and a late one is not called paused', () => {
  assert.is(text(deployment, 'progressed completed deadlineExceeded'), 'refused');
  assert.is(text(deployment, 'progressed deadlineExceeded pauseReported'), 'refused');
  assert.is(text(deployment, 'deadlineExceeded'), 'refused');
});

test('a paused rollout first says that it was resumed', () => {
  assert.is(text(deployment, 'progressed pauseReported progressed'), 'refused');
  assert.is(
    text(deployment, 'progressed pauseReported resumeReported deadlineExceeded'),
    'control: active, observation: outdated, rollout: stalled, availability: unavailable, ' +
      'deletion: none',
  );
});

test('what its owner wants and what its controller says of it are two things', () => {
  assert.is(
    text(deployment, 'observed progressed completed becameAvailable paused changed'),
    'control: paused, observation: outdated, rollout: complete, availability: available, ' +
      'deletion: none',
  );
});

test('a controller does not forget what it has observed', () => {
  assert.is(text(deployment, 'observed forgotten'), 'refused');
  assert.is(text(replicaSet, 'observed forgotten'), 'refused');
});

test('a ReplicaSet moves towards its size from either side', () => {
  const rest = 'availability: unavailable, replicas: sound, deletion: none';
  const sizes = { fellShort: 'scalingUp', 'fellShort grewOver': 'scalingDown', observed: 'atSize' };
  for (const [events, size] of Object.entries(sizes)) {
    const observation = events === 'observed' ? 'observed' : 'outdated';
    assert.is(text(replicaSet, events), `observation: ${observation}, size: ${size}, ${rest}`);
  }
});

test('a Node that was heard of is never again one of which nothing is known', () => {
  assert.is(text(node, 'becameReady forgotten'), 'refused');
  const lost = 'readiness: unknown, scheduling: cordoned, deletion: none';
  assert.is(text(node, 'becameReady cordoned becameUnknown'), lost);
});

test('the restart policy decides what an exit means', () => {
  const run = 'imagePresent started becameReady exited';
  const outcome = (exitCode: number, restartPolicy: string) =>
    text(container, `${run}=${exitCode}`, { restartPolicy });
  assert.is(outcome(0, 'Always'), 'crashLoopBackOff');
  assert.is(outcome(1, 'Always'), 'crashLoopBackOff');
  assert.is(outcome(0, 'OnFailure'), 'terminated');
  assert.is(outcome(137, 'OnFailure'), 'crashLoopBackOff');
  assert.is(outcome(0, 'Never'), 'terminated');
  assert.is(outcome(1, 'Never'), 'terminated');
});

test('a container that has come to its end does not start again', () => {
  const restartPolicy = 'Never';
  assert.is(text(container, 'imagePresent started exited=1 started', { restartPolicy }), 'refused');
});

test.run();
