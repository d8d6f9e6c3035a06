/** Which lifecycle events follow from a change of an object. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Deployment } from '../../src/api/deployment.ts';
import { deploymentLifecycle } from '../../src/api/lifecycle/deployment.ts';
import { nodeLifecycle } from '../../src/api/lifecycle/node.ts';
import { podLifecycle } from '../../src/api/lifecycle/pod.ts';
import { replicaSetLifecycle } from '../../src/api/lifecycle/replicaset.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { ReplicaSet } from '../../src/api/replicaset.ts';

const test = suite('lifecycle events');

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);

const mark = { deletionTimestamp: '2026-01-01T00:00:30Z' };

const pod = (spec: object, status: object, metadata: object = {}) =>
  ({ kind: 'Pod', metadata, spec: { containers: [], ...spec }, status }) as unknown as Pod;

const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }] });
const n1 = { nodeName: 'n1' };

const unbound = pod({}, { phase: 'Pending' });
const bound = pod(n1, { phase: 'Pending' });
const running = pod(n1, { phase: 'Running', ...ready('False') });
const readyPod = pod(n1, { phase: 'Running', ...ready('True') });
const succeeded = pod(n1, { phase: 'Succeeded', ...ready('False') });

test('a Pod step by step', () => {
  assert.equal(types(podLifecycle(undefined, unbound)), []);
  assert.equal(types(podLifecycle(unbound, bound)), ['pod.bound']);
  assert.equal(types(podLifecycle(bound, running)), ['pod.started']);
  assert.equal(types(podLifecycle(running, readyPod)), ['pod.becameReady']);
  assert.equal(types(podLifecycle(readyPod, succeeded)), ['pod.becameUnready', 'pod.succeeded']);
  assert.equal(types(podLifecycle(succeeded, undefined)), ['pod.removed']);
});

test('a Pod met in the middle of its life', () => {
  const terminating = pod(n1, readyPod.status, mark);
  assert.equal(types(podLifecycle(undefined, terminating)), [
    'pod.bound',
    'pod.started',
    'pod.becameReady',
    'pod.deletionRequested',
  ]);
  assert.equal(types(podLifecycle(undefined, succeeded)), ['pod.bound', 'pod.succeeded']);
});

test('what did not change says nothing, and costs no array', () => {
  const labelled = { ...readyPod, metadata: { ...readyPod.metadata, labels: { a: 'b' } } };
  assert.is(podLifecycle(readyPod, labelled), podLifecycle(unbound, unbound));
});

test('a failed Pod is not ready, whatever its condition says', () => {
  const failed = pod(n1, { phase: 'Failed', ...ready('True') });
  const corrected = pod(n1, { phase: 'Failed', ...ready('False') });
  assert.equal(types(podLifecycle(readyPod, failed)), ['pod.becameUnready', 'pod.failed']);
  assert.equal(types(podLifecycle(failed, corrected)), []);
});

test('what must not happen has a name too', () => {
  const elsewhere = pod({ nodeName: 'n2' }, readyPod.status);
  assert.equal(types(podLifecycle(readyPod, elsewhere)), ['pod.bound']);
  assert.equal(types(podLifecycle(bound, unbound)), ['pod.unbound']);
  assert.equal(types(podLifecycle(succeeded, running)), ['pod.started']);
  const terminating = pod(n1, readyPod.status, mark);
  assert.equal(types(podLifecycle(terminating, readyPod)), ['pod.deletionWithdrawn']);
});

const deployment = (generation: number, spec: object, observedGeneration: number, ...c: string[]) =>
  ({
    kind: 'Deployment',
    metadata: { generation },
    spec,
    status: {
      ...(observedGeneration > 0 && { observedGeneration }),
      conditions: c.map((text) => {
        const [type, status, reason] = text.split('/');
        return { type, status, reason };
      }),
    },
  }) as unknown as Deployment;

test('a Deployment by its conditions and generations', () => {
  const fresh = deployment(1, {}, 0);
  const created = deployment(1, {}, 1, 'Progressing/True/NewReplicaSetCreated');
  const updated = deployment(1, {}, 1, 'Progressing/True/ReplicaSetUpdated', 'Available/False');
  const done = deployment(1, {}, 1, 'Progressing/True/NewReplicaSetAvailable', 'Available/True');
  const changed = { ...done, metadata: { ...done.metadata, generation: 2 } };
  const late = deployment(2, {}, 2, 'Progressing/False/ProgressDeadlineExceeded');
  assert.equal(types(deploymentLifecycle(undefined, fresh)), []);
  assert.equal(types(deploymentLifecycle(fresh, created)), [
    'deployment.observed',
    'deployment.progressed',
  ]);
  assert.equal(types(deploymentLifecycle(created, updated)), []);
  assert.equal(types(deploymentLifecycle(updated, done)), [
    'deployment.completed',
    'deployment.becameAvailable',
  ]);
  assert.equal(types(deploymentLifecycle(done, changed)), ['deployment.changed']);
  assert.equal(types(deploymentLifecycle(changed, late)), [
    'deployment.observed',
    'deployment.deadlineExceeded',
    'deployment.becameUnavailable',
  ]);
});

test('a Deployment is paused by its owner first and by its controller then', () => {
  const active = deployment(1, {}, 1, 'Progressing/True/NewReplicaSetAvailable');
  const paused = deployment(2, { paused: true }, 1, 'Progressing/True/NewReplicaSetAvailable');
  const known = deployment(2, { paused: true }, 1, 'Progressing/Unknown/DeploymentPaused');
  const resumed = deployment(3, {}, 2, 'Progressing/Unknown/DeploymentResumed');
  assert.equal(types(deploymentLifecycle(active, paused)), [
    'deployment.paused',
    'deployment.changed',
  ]);
  assert.equal(types(deploymentLifecycle(paused, known)), ['deployment.pauseReported']);
  assert.equal(types(deploymentLifecycle(known, resumed)), [
    'deployment.resumed',
    'deployment.resumeReported',
  ]);
});

test('without a deadline nothing is said of its progress', () => {
  const before = deployment(1, {}, 1, 'Progressing/True/ReplicaSetUpdated');
  assert.equal(types(deploymentLifecycle(before, deployment(1, {}, 1))), [
    'deployment.progressDropped',
  ]);
});

const replicaSet = (replicas: number, status: object, metadata: object = {}) =>
  ({ kind: 'ReplicaSet', metadata, spec: { replicas }, status }) as unknown as ReplicaSet;

test('a ReplicaSet grows, shrinks and lacks', () => {
  const empty = replicaSet(0, { replicas: 0 });
  const wanted = replicaSet(3, { replicas: 0 });
  const full = replicaSet(3, { replicas: 3, availableReplicas: 3 });
  const one = replicaSet(3, { replicas: 2, availableReplicas: 2 });
  const over = replicaSet(1, { replicas: 2, availableReplicas: 2 });
  const failure = { conditions: [{ type: 'ReplicaFailure', status: 'True' }] };
  const failing = replicaSet(3, { replicas: 0, ...failure });
  const events = (a: ReplicaSet, b: ReplicaSet) => types(replicaSetLifecycle(a, b));
  assert.equal(events(empty, wanted), ['replicaset.fellShort']);
  assert.equal(events(wanted, full), ['replicaset.sizeReached', 'replicaset.becameAvailable']);
  assert.equal(events(full, one), ['replicaset.fellShort', 'replicaset.becameUnavailable']);
  assert.equal(events(one, over), ['replicaset.grewOver', 'replicaset.becameAvailable']);
  assert.equal(events(wanted, failing), ['replicaset.replicaFailed']);
  assert.equal(events(failing, wanted), ['replicaset.replicaRecovered']);
});

const node = (status: string | undefined, unschedulable?: true) =>
  ({
    kind: 'Node',
    metadata: {},
    spec: { ...(unschedulable && { unschedulable }) },
    status: { conditions: status === undefined ? [] : [{ type: 'Ready', status }] },
  }) as unknown as Node;

test('a Node is ready, lost, back, cordoned', () => {
  const events = (a: Node | undefined, b: Node) => types(nodeLifecycle(a, b));
  assert.equal(events(undefined, node(undefined)), []);
  assert.equal(events(node(undefined), node('True')), ['node.becameReady']);
  assert.equal(events(node('True'), node('Unknown')), ['node.becameUnknown']);
  assert.equal(events(node('Unknown'), node('False')), ['node.becameNotReady']);
  assert.equal(events(node('True'), node('True', true)), ['node.cordoned']);
  assert.equal(events(node('True', true), node('True')), ['node.uncordoned']);
  assert.equal(events(node('True'), node(undefined)), ['node.forgotten']);
});

test.run();
