/** What happened to the containers of a Pod, told from two versions of it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { containerTable, refused } from '../../machines/index.ts';
import { containerLifecycles } from '../../src/api/lifecycle/container.ts';
import type { ContainerState, Pod } from '../../src/api/pod/pod.ts';

const test = suite('container lifecycle events');

interface Given {
  readonly state: ContainerState;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly last?: number;
  readonly phase?: string;
}

const waiting = (reason: string): ContainerState => ({ waiting: { reason } });
const running: ContainerState = { running: {} };
const exit = (exitCode: number): ContainerState => ({ terminated: { exitCode } });

const pod = (given: Given | undefined, restartPolicy: string): Pod => {
  const { state, ready = false, restartCount = 0, last, phase = 'Running' } = given ?? {};
  const lastState = last === undefined ? {} : { terminated: { exitCode: last } };
  const containerStatuses = [{ name: 'c', state, lastState, ready, restartCount }];
  return {
    spec: { restartPolicy, containers: [{ name: 'c' }] },
    status: given === undefined ? { phase: 'Pending' } : { phase, containerStatuses },
  } as unknown as Pod;
};

/** The events of each step, and the state that the machine has arrived at. */
function follow(policy: string, ...history: readonly Given[]) {
  let before: Pod | undefined = pod(undefined, policy);
  let state = containerTable.initial({ restartPolicy: policy as 'Always' });
  const steps: string[] = [];
  for (const given of history) {
    const after = pod(given, policy);
    const events = containerLifecycles(before, after).flatMap((changed) => changed.events);
    for (const event of events) {
      const next = containerTable.next(state, event);
      assert.is.not(next, refused, `${event.type} in ${containerTable.text(state)}`);
      state = next;
    }
    steps.push(events.map(({ type }) => type.slice('container.'.length)).join(' '));
    before = after;
  }
  return [...steps, `= ${containerTable.text(state)}`];
}

test('started, ready, unready', () => {
  assert.equal(
    follow(
      'Always',
      { state: waiting('ContainerCreating') },
      { state: running },
      { state: running, ready: true },
      { state: running },
    ),
    ['', 'imagePresent started', 'becameReady', 'becameUnready', '= running.unready'],
  );
});

test('an image that cannot be pulled, and then can', () => {
  assert.equal(
    follow(
      'Always',
      { state: waiting('ErrImagePull') },
      { state: waiting('ImagePullBackOff') },
      { state: running, ready: true },
    ),
    [
      'imageWanted imagePullFailed',
      '',
      'backOffElapsed imagePulled started becameReady',
      '= running.ready',
    ],
  );
});

test('a kubelet that restarts forgets that an image could not be pulled', () => {
  const [creating, failing] = [waiting('ContainerCreating'), waiting('ErrImagePull')];
  assert.equal(
    follow(
      'Always',
      { state: failing },
      { state: creating },
      { state: failing },
      { state: creating },
      { state: running },
    ),
    [
      'imageWanted imagePullFailed',
      '',
      'imageWanted imagePullFailed',
      '',
      'imagePresent started',
      '= running.unready',
    ],
  );
});

test('a crash loop', () => {
  assert.equal(
    follow(
      'Always',
      { state: running },
      { state: exit(1) },
      { state: waiting('CrashLoopBackOff'), last: 1 },
      { state: running, restartCount: 1, last: 1 },
      { state: running, restartCount: 3, last: 1 },
      { state: waiting('CrashLoopBackOff'), restartCount: 4, last: 1 },
      { state: waiting('CrashLoopBackOff'), restartCount: 5, last: 1 },
    ),
    [
      'imagePresent started',
      'exited',
      '',
      'backOffElapsed imagePresent started',
      'exited backOffElapsed imagePresent started',
      'exited backOffElapsed imagePresent exited',
      'backOffElapsed imagePresent exited',
      '= crashLoopBackOff',
    ],
  );
});

test('a start that fails again and again', () => {
  const state = waiting('RunContainerError');
  assert.equal(follow('Always', { state, last: 127 }, { state, last: 127, restartCount: 1 }), [
    '',
    'imagePresent exited backOffElapsed',
    '= creating',
  ]);
});

test('a stopped container whose image went away', () => {
  const state = waiting('ErrImagePull');
  assert.equal(follow('Always', { state: running, ready: true }, { state, last: 0 }), [
    'imagePresent started becameReady',
    'exited imageWanted imagePullFailed',
    '= imagePullBackOff',
  ]);
});

test('the policy decides whether an exit is the last', () => {
  const ends = (policy: string, code: number) =>
    follow(policy, { state: running }, { state: exit(code) }).at(-1);
  assert.is(ends('Never', 1), '= terminated');
  assert.is(ends('OnFailure', 0), '= terminated');
  assert.is(ends('OnFailure', 1), '= crashLoopBackOff');
  assert.is(ends('Always', 0), '= crashLoopBackOff');
});

test('containers of a Pod that ends are killed, unless they ended by themselves', () => {
  const phase = 'Failed';
  const last = (policy: string, ...history: Given[]) => follow(policy, ...history).slice(-2);
  assert.equal(last('Always', { state: running, ready: true }, { state: exit(143), phase }), [
    'killRequested exited',
    '= terminated',
  ]);
  assert.equal(last('Never', { state: running }, { state: exit(1), phase }), [
    'exited',
    '= terminated',
  ]);
  assert.equal(last('Always', { state: running }, { state: exit(1) }, { state: exit(1), phase }), [
    'killRequested',
    '= terminated',
  ]);
  assert.equal(last('Always', { state: waiting('ErrImagePull') }, { state: exit(137), phase }), [
    'killRequested',
    '= terminated',
  ]);
});

test('a container met in the middle of its life', () => {
  assert.equal(follow('Always', { state: running, ready: true, restartCount: 7, last: 2 }), [
    'imagePresent exited backOffElapsed imagePresent started becameReady',
    '= running.ready',
  ]);
});

test('a container that must not restart and does is found out', () => {
  const [before, after] = [pod({ state: exit(0) }, 'Never'), pod({ state: running }, 'Never')];
  const events = containerLifecycles(before, after).flatMap((changed) => changed.events);
  assert.equal(events, [{ type: 'container.started' }]);
  const ended = [{ type: 'container.imagePresent' }, { type: 'container.exited', exitCode: 0 }];
  const state = ended.reduce(
    (at, event) => containerTable.next(at, event as never),
    containerTable.initial({ restartPolicy: 'Never' }),
  );
  assert.is(containerTable.next(state, events[0]!), refused);
});

test('containers are told apart by name, and a status that stayed says nothing', () => {
  const status = (name: string, state: ContainerState) => ({ name, state, ready: false });
  const [a, b] = [status('a', running), status('b', waiting('ContainerCreating'))];
  const at = (...containerStatuses: object[]) =>
    ({ spec: { containers: [] }, status: { containerStatuses } }) as unknown as Pod;
  const changed = containerLifecycles(at(b, a), at(a, status('b', running)));
  assert.equal(
    changed.map(({ name, events }) => [name, events.length]),
    [['b', 2]],
  );
});

test.run();
