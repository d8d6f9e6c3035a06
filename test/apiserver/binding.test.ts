/** Binding a Pod to a node: once, and only while it waits (api-02 §10). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { binding, pod, podSpec, TestCluster } from './cluster.ts';

const test = suite('binding');

const toN1 = { target: { kind: 'Node', name: 'n1' } };

const withPod = (spec: object = podSpec) => {
  const cluster = new TestCluster();
  return { cluster, p: cluster.create('Pod', pod('p', spec)) };
};

test('sets the node and the condition, and is no new generation', () => {
  const { cluster, p } = withPod();
  cluster.now = 2000;
  const length = cluster.log.length;
  const bound = cluster.bind('p');
  assert.equal(cluster.writesSince(length), ['create Pod/binding default/p']);
  assert.is(bound.spec.nodeName, 'n1');
  assert.is(bound.spec.containers, p.spec.containers);
  assert.is(bound.metadata.generation, 1);
  assert.equal(bound.status, {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: '2026-01-01T00:00:02Z',
      },
    ],
    qosClass: 'BestEffort',
  });
});

test('takes the place of the condition that said why not, and of the nomination', () => {
  const { cluster } = withPod();
  const conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', observedGeneration: 1 },
    { type: 'DisruptionTarget', status: 'True' },
  ];
  cluster.merge('Pod', 'p', { status: { conditions, nominatedNodeName: 'n2' } }, 'status');
  const { status } = cluster.bind('p');
  assert.equal(
    status.conditions.map(({ type, status: s }: never) => [type, s]),
    [
      ['PodScheduled', 'True'],
      ['DisruptionTarget', 'True'],
    ],
  );
  assert.not('reason' in status.conditions[0]);
  assert.not('nominatedNodeName' in status);
});

test('happens once', () => {
  const { cluster } = withPod();
  cluster.bind('p');
  const status = cluster.refused(binding('p', toN1));
  assert.is(
    status.message,
    'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
  );
  assert.equal(status.details, { name: 'p', kind: 'pods/binding' });
  assert.is(status.code, 409);
});

test('does not happen to a gated Pod, or to one that is going', () => {
  const { cluster } = withPod({ ...podSpec, schedulingGates: [{ name: 'a.b/c' }] });
  assert.is(
    cluster.refused(binding('p', toN1)).message,
    'Operation cannot be fulfilled on pods/binding "p": pod p has non-empty .spec.schedulingGates',
  );
  cluster.delete('Pod', 'p', { propagationPolicy: 'Foreground' });
  assert.is(
    cluster.refused(binding('p', toN1)).message,
    'Operation cannot be fulfilled on pods/binding "p": pod p is being deleted, cannot be assigned to a host',
  );
});

test('is for the Pod that the scheduler saw', () => {
  const { cluster, p } = withPod();
  const { uid } = p.metadata;
  assert.is(
    cluster.refused(binding('p', { ...toN1, metadata: { name: 'p', uid: 'zz' } })).message,
    `Operation cannot be fulfilled on pods "p": StorageError: invalid object, Code: 4, Key: /registry/pods/default/p, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: zz, UID in object meta: ${uid}`,
  );
  assert.is(cluster.refused(binding('x', toN1)).message, 'pods "x" not found');
  cluster.ok(binding('p', { ...toN1, metadata: { name: 'p', uid } }));
});

test('must say where to', () => {
  const { cluster } = withPod();
  const nowhere = cluster.refused(binding('p', { target: { kind: 'Node' } }));
  assert.is(nowhere.message, 'target.name: Required value');
  assert.is(nowhere.code, 500);
  assert.is(
    cluster.refused(binding('p', { target: { kind: 'Foo', name: 'n1' } })).message,
    'target.kind: Unsupported value: "Foo": supported values: "Node", "<empty>"',
  );
  assert.is(
    cluster.refused(binding('p', { ...toN1, metadata: { name: 'q' } })).message,
    'name in URL does not match name in Binding object',
  );
});

test('brings annotations, which win, and labels, which do not', () => {
  const cluster = new TestCluster();
  const mine = { labels: { a: 'mine' }, annotations: { a: 'mine' } };
  cluster.create('Pod', pod('p', podSpec, mine));
  const theirs = { labels: { a: 'b', zone: 'z' }, annotations: { a: 'b', c: 'd' } };
  const { metadata } = cluster.ok(binding('p', { ...toN1, metadata: theirs }));
  assert.equal(metadata.labels, { a: 'mine', zone: 'z' });
  assert.equal(metadata.annotations, { a: 'b', c: 'd' });
});

test.run();
