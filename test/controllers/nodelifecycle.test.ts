/** What becomes of nodes that are not heard of. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WriteEntry } from '../../src/log/entry.ts';
import {
  type Any,
  clusterOf,
  conditionOf,
  inZone,
  nodeOf,
  pod,
  podOf,
  secondsOf,
  submit,
  taint,
  taintsOf,
  until,
} from './machines.ts';

const test = suite('node lifecycle');

const becomesUnknown = ({ kind, after }: WriteEntry): boolean =>
  kind === 'Node' && conditionOf(after, 'Ready')?.status === 'Unknown';

const isGivenUp = ({ kind, after }: WriteEntry): boolean =>
  kind === 'Node' && after !== undefined && taintsOf(after).includes('unreachable:NoExecute');

test('[ctl-07 A.1, N-S2] a silent node is Unknown at the first look after the grace period', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }], [pod('web', 'n1')]);
  until(cluster, 25);
  cluster.crashNode('n1');
  until(cluster, 65);
  assert.is(conditionOf(nodeOf(cluster, 'n1'), 'Ready').status, 'True');
  until(cluster, 90);
  const [at] = secondsOf(cluster, becomesUnknown);
  assert.ok(at! > 70 && at! <= 80, `${at}`);
  assert.is(at! % 5, 0);
  for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const { status, reason } = conditionOf(nodeOf(cluster, 'n1'), type);
    assert.equal([status, reason], ['Unknown', 'NodeStatusUnknown']);
  }
  assert.is(conditionOf(podOf(cluster, 'web'), 'Ready').status, 'False');
});

test('[ctl-07 A.2] NoSchedule follows at once, NoExecute with the tainting worker', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }]);
  cluster.crashNode('n1');
  until(cluster, 120);
  assert.equal(taintsOf(nodeOf(cluster, 'n1')), [
    'unreachable:NoExecute',
    'unreachable:NoSchedule',
  ]);
  const [unknownAt] = secondsOf(cluster, becomesUnknown);
  const [givenUpAt] = secondsOf(cluster, isGivenUp);
  assert.ok(givenUpAt! >= unknownAt! && givenUpAt! <= unknownAt! + 5.1, `${givenUpAt}`);
  cluster.recoverNode('n1');
  until(cluster, 140);
  assert.equal(taintsOf(nodeOf(cluster, 'n1')), []);
});

test('[ctl-07 A.2, N-S4] conditions and cordons are taints, and those of others stay', () => {
  const cluster = clusterOf([{ name: 'n1' }]);
  taint(cluster, 'n1', [{ key: 'special', effect: 'NoSchedule' }]);
  const cordon = (unschedulable: boolean): void =>
    submit(cluster, {
      verb: 'patch',
      kind: 'Node',
      name: 'n1',
      patchType: 'merge',
      patch: { spec: { unschedulable } },
    });
  cordon(true);
  until(cluster, 11);
  assert.equal(taintsOf(nodeOf(cluster, 'n1')), ['special:NoSchedule', 'unschedulable:NoSchedule']);
  cordon(false);
  until(cluster, 12);
  assert.equal(taintsOf(nodeOf(cluster, 'n1')), ['special:NoSchedule']);
});

test('[ctl-07 A.2] a node without conditions loses the taint that it was created with', () => {
  const cluster = clusterOf([{ name: 'n1' }]);
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'bare' } };
  submit(cluster, { verb: 'create', kind: 'Node', object });
  assert.equal(taintsOf(nodeOf(cluster, 'bare')), ['not-ready:NoSchedule']);
  until(cluster, 12);
  assert.equal(taintsOf(nodeOf(cluster, 'bare')), []);
});

test('[ctl-07 A.3, N-S3] nodes of a zone are given up ten seconds apart', () => {
  const cluster = clusterOf(inZone('a', 'n1', 'n2', 'n3', 'n4', 'n5'));
  cluster.crashNode('n1');
  cluster.crashNode('n2');
  until(cluster, 150);
  const [first, second] = secondsOf(cluster, isGivenUp);
  assert.ok(second! - first! >= 9.9 && second! - first! <= 10.2, `${first}, ${second}`);
});

test('[ctl-07 A.3] of a small zone that is mostly lost nothing is given up', () => {
  const cluster = clusterOf(inZone('a', 'n1', 'n2', 'n3', 'n4'));
  for (const name of ['n1', 'n2', 'n3']) cluster.crashNode(name);
  until(cluster, 200);
  assert.is(secondsOf(cluster, becomesUnknown).length, 3);
  assert.equal(secondsOf(cluster, isGivenUp), []);
});

test('[ctl-07 A.3] a zone that is lost as a whole is given up while another is well', () => {
  const cluster = clusterOf([...inZone('a', 'n1', 'n2'), ...inZone('b', 'n3')]);
  cluster.crashNode('n1');
  cluster.crashNode('n2');
  until(cluster, 150);
  assert.is(secondsOf(cluster, isGivenUp).length, 2);
});

test('[ctl-07 A.3, N-S3] when all nodes are lost none is given up, and those that were are taken back', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }]);
  cluster.crashNode('n1');
  until(cluster, 100);
  assert.is(secondsOf(cluster, isGivenUp).length, 1);
  cluster.crashNode('n2');
  until(cluster, 200);
  for (const name of ['n1', 'n2']) {
    assert.equal(taintsOf(nodeOf(cluster, name)), ['unreachable:NoSchedule']);
  }
});

test('[ctl-07 A.3] the first node that is heard of again makes the others be given up', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }]);
  for (const name of ['n1', 'n2']) cluster.crashNode(name);
  until(cluster, 150);
  assert.equal(secondsOf(cluster, isGivenUp), []);
  cluster.recoverNode('n2');
  until(cluster, 170);
  assert.ok(taintsOf(nodeOf(cluster, 'n1')).includes('unreachable:NoExecute'));
});

test('[ctl-07 A] a node that vanishes is forgotten, and says so', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }]);
  cluster.deleteNode('n1');
  until(cluster, 20);
  const events: readonly Any[] = cluster.simulation.store.view().list('Event');
  const about = events.filter(({ involvedObject }) => involvedObject.name === 'n1');
  const reasons = about.map(({ reason }) => reason);
  assert.ok(reasons.includes('RegisteredNode') && reasons.includes('RemovingNode'), `${reasons}`);
});

test('[ctl-07 A] a controller that begins anew takes the taint off a lost node, and puts it on again', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }]);
  cluster.crashNode('n1');
  until(cluster, 100);
  assert.ok(taintsOf(nodeOf(cluster, 'n1')).includes('unreachable:NoExecute'));
  const { simulation } = cluster;
  const { length } = simulation.log.entries;
  simulation.step({ type: 'crash', process: 'kube-controller-manager' });
  until(cluster, 110);
  const written = simulation.log.entries
    .slice(length)
    .filter((entry): entry is WriteEntry => entry.type === 'write' && entry.key === 'n1')
    .filter(({ kind, subresource }) => kind === 'Node' && subresource === undefined)
    .map(({ after }) => taintsOf(after).join());
  assert.equal(written, ['unreachable:NoSchedule', 'unreachable:NoExecute,unreachable:NoSchedule']);
});

test('[ctl-07 A.3] a zone that stays partly lost keeps its rate when it becomes small', () => {
  const names = Array.from({ length: 51 }, (_, i) => `n${i}`);
  const cluster = clusterOf(names.map((name) => ({ name })));
  for (const name of names.slice(0, 30)) cluster.crashNode(name);
  until(cluster, 90);
  const givenUp = secondsOf(cluster, isGivenUp).length;
  for (const name of names.slice(49)) cluster.deleteNode(name);
  until(cluster, 400);
  assert.ok(givenUp < 30 && secondsOf(cluster, isGivenUp).length >= givenUp + 2);
});

test.run();
