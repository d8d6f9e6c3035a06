/** What a kubelet says of containers and of their Pod: rows that the worked examples do not have (kubelet-02). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContainerStatus } from '../../src/api/pod/pod.ts';
import type { Container, PodSpec } from '../../src/api/pod/podspec.ts';
import type { ContainerRecord } from '../../src/kubelet/runtime/cri.ts';
import { allRestarting, podInitialized } from '../../src/kubelet/status/conditions.ts';
import { containerStatuses, type StatusesInput } from '../../src/kubelet/status/containerstatus.ts';
import { phaseOf } from '../../src/kubelet/status/phase.ts';

const test = suite('kubelet: statuses');

const web: Container = { name: 'web', image: 'web:1' };
const sidecar: Container = { name: 'side', image: 'side:1', restartPolicy: 'Always' };
const init: Container = { name: 'init', image: 'init:1' };

const reported = (name: string, of: Partial<ContainerStatus>): ContainerStatus =>
  ({ name, ready: false, restartCount: 0, image: '', imageID: '', ...of }) as ContainerStatus;

const record = (name: string, of: Partial<ContainerRecord>): ContainerRecord => ({
  name,
  id: `sim://${name}`,
  state: 'running',
  ...of,
});

/** The one status of a container, and what of it the rules speak of. */
function shown(container: Container, of: Partial<StatusesInput>) {
  const [status] = containerStatuses({
    containers: [container],
    kind: 'regular',
    hasInitContainers: false,
    records: [],
    before: [],
    restartPolicy: 'Always',
    isDeleting: false,
    isRestartingAll: false,
    isInitialized: false,
    startError: () => undefined,
    judge: () => ({ ready: false, started: false }),
    ...of,
  });
  const { state = {}, lastState = {}, restartCount, ready } = status!;
  return { state, lastState, restartCount, ready };
}

test('[kubelet-02] a container of unknown state that ran has ended, and is counted', () => {
  const told = shown(web, {
    records: [record('web', { state: 'unknown', restartCount: 2 })],
    before: [reported('web', { state: { running: {} }, restartCount: 2 })],
  });
  assert.equal(told.state, {
    terminated: {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
    },
  });
  assert.is(told.restartCount, 3);
});

test('[kubelet-02] restartCount never decreases, whatever the runtime remembers', () => {
  const before = [reported('web', { state: { running: {} }, restartCount: 5 })];
  const records = [record('web', { restartCount: 3 })];
  assert.is(shown(web, { records, before }).restartCount, 5);
});

test('[kubelet-02] an instance that ended between two looks is the last state of the next, whatever became of that', () => {
  const ended = { exitCode: 1, containerID: 'sim://old' };
  const before = [reported('web', { state: { terminated: ended }, containerID: 'sim://old' })];
  const records = [record('web', { state: 'exited', exitCode: 2, restartCount: 1 })];
  assert.equal(shown(web, { records, before }).lastState, { terminated: ended });
});

test('[kubelet-02] an init container whose record is gone has completed, and is ready', () => {
  const told = shown(init, { kind: 'init', hasInitContainers: true, isInitialized: true });
  assert.is(told.state.terminated?.reason, 'Completed');
  assert.is(told.ready, true);
});

test('[kubelet-02] a start error of long ago does not come back with a record that is gone', () => {
  const startError = () => ({ reason: 'ErrImagePull', message: 'no' });
  const told = shown(init, { kind: 'init', isInitialized: true, startError });
  assert.is(told.state.waiting, undefined);
});

test('[kubelet-02] a sidecar that ended with 0 shows its end while it backs off, another exit the back-off', () => {
  const startError = () => ({ reason: 'CrashLoopBackOff', message: 'back-off' });
  const after = (exitCode: number) =>
    shown(sidecar, {
      kind: 'init',
      records: [record('side', { state: 'exited', exitCode })],
      startError,
    });
  assert.is(after(0).state.terminated?.exitCode, 0);
  assert.is(after(1).state.waiting?.reason, 'CrashLoopBackOff');
  assert.is(after(1).lastState.terminated?.exitCode, 1);
});

test('[kubelet-02] containers that are removed to be restarted say so once, and wait as at first then', () => {
  const removed = shown(web, {
    before: [reported('web', { state: { running: {} } })],
    isRestartingAll: true,
  });
  assert.is(removed.state.waiting?.reason, 'RestartingAllContainers');
  assert.is(removed.restartCount, 1);
  const { state, lastState, restartCount } = removed;
  const later = shown(web, {
    before: [reported('web', { state, lastState, restartCount })],
    isRestartingAll: true,
  });
  assert.equal(later.state, { waiting: { reason: 'ContainerCreating' } });
  assert.is(later.lastState.terminated?.reason, 'RestartingAllContainers');
  assert.is(later.restartCount, 1);
});

const removed = { exitCode: 137, reason: 'RestartingAllContainers' };
const waits = (reason: string) => ({
  state: { waiting: { reason } },
  lastState: { terminated: removed },
});

test('[kubelet-02] a Pod whose containers were all removed to be restarted still runs', () => {
  const spec: PodSpec = { restartPolicy: 'Never', initContainers: [init], containers: [web] };
  const statuses = [
    reported('init', waits('PodInitializing')),
    reported('web', waits('PodInitializing')),
  ];
  const phase = phaseOf({ spec, statuses, isTerminal: false, hasInitialized: false });
  assert.is(phase, 'Running');
});

test('[kubelet-02] a Pod that was initialized stays so while its init containers run again', () => {
  const spec: PodSpec = { initContainers: [init], containers: [web] };
  const statuses = [reported('init', { state: { running: {} } }), reported('web', {})];
  const input = { spec, conditions: [], statuses, phase: 'Pending' as const };
  assert.is(podInitialized(input).status, 'False');
  assert.equal(podInitialized({ ...input, wasInitialized: true }), { status: 'True' });
});

test('[kubelet-02] AllContainersRestarting ends with its Pod', () => {
  assert.equal(allRestarting(true, 'Failed'), { status: 'False', reason: 'PodFailed' });
  assert.equal(allRestarting(false, 'Succeeded'), { status: 'False', reason: 'PodCompleted' });
  assert.is(allRestarting(true, 'Pending').reason, 'RestartAllContainersStarted');
  assert.equal(allRestarting(false, 'Running'), { status: 'False' });
});

test.run();
