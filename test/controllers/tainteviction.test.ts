/** Who has to leave a tainted node, and when. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Any, clusterOf, pod, podOf, secondsOf, submit, taint, until } from './machines.ts';

const test = suite('taint eviction');

const special = { key: 'special', effect: 'NoExecute', value: 'a' };

const tolerating = (tolerationSeconds?: number): Any => ({
  tolerations: [
    {
      key: 'special',
      operator: 'Exists',
      effect: 'NoExecute',
      ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
    },
  ],
});

const isEviction = ({ kind, by, verb }: WriteEntry): boolean =>
  kind === 'Pod' && by === 'node-controller' && verb === 'delete';

const goes = (cluster: Any, name: string): boolean =>
  podOf(cluster, name)?.metadata.deletionTimestamp !== undefined || !podOf(cluster, name);

test('[ctl-07 B, N-S1] who does not tolerate a taint leaves at once, and says why', () => {
  const cluster = clusterOf([{ name: 'n1' }], [pod('web', 'n1')]);
  taint(cluster, 'n1', [special]);
  until(cluster, 10);
  const { metadata, status } = podOf(cluster, 'web');
  assert.ok(metadata.deletionTimestamp);
  const why = status.conditions.find(({ type }: Any) => type === 'DisruptionTarget');
  assert.equal([why.status, why.reason], ['True', 'DeletionByTaintManager']);
});

test('[ctl-07 B] a Pod stays as long as it tolerates the taint, or for ever', () => {
  const cluster = clusterOf(
    [{ name: 'n1' }],
    [pod('brief', 'n1', tolerating(20)), pod('calm', 'n1', tolerating())],
  );
  taint(cluster, 'n1', [special]);
  until(cluster, 29);
  assert.not(goes(cluster, 'brief'));
  until(cluster, 100);
  assert.equal(secondsOf(cluster, isEviction), [30]);
  assert.ok(goes(cluster, 'brief') && !goes(cluster, 'calm'));
});

test('[ctl-07 B] zero seconds and fewer are none', () => {
  const cluster = clusterOf([{ name: 'n1' }], [pod('zero', 'n1', tolerating(-5))]);
  taint(cluster, 'n1', [special]);
  until(cluster, 10);
  assert.ok(goes(cluster, 'zero'));
});

test('[ctl-07 B] of several taints the one that is tolerated shortest counts', () => {
  const { tolerations } = tolerating(30);
  const other = {
    key: 'other',
    operator: 'Equal',
    value: 'b',
    effect: 'NoExecute',
    tolerationSeconds: 12,
  };
  const cluster = clusterOf(
    [{ name: 'n1' }],
    [pod('web', 'n1', { tolerations: [...tolerations, other] })],
  );
  taint(cluster, 'n1', [special, { key: 'other', value: 'b', effect: 'NoExecute' }]);
  until(cluster, 60);
  assert.equal(secondsOf(cluster, isEviction), [22]);
});

test('[ctl-07 B, N-S1] a taint that goes in time cancels what was planned', () => {
  const cluster = clusterOf([{ name: 'n1' }], [pod('brief', 'n1', tolerating(20))]);
  taint(cluster, 'n1', [special]);
  until(cluster, 25);
  taint(cluster, 'n1', null);
  until(cluster, 100);
  assert.not(goes(cluster, 'brief'));
  const events: readonly Any[] = cluster.simulation.store.view().list('Event');
  assert.ok(events.some(({ message }) => message === 'Cancelling deletion of Pod default/brief'));
});

const anything = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 };

test('[ctl-07 B] more taints meanwhile never prolong the wait', () => {
  const cluster = clusterOf([{ name: 'n1' }], [pod('brief', 'n1', { tolerations: [anything] })]);
  taint(cluster, 'n1', [special]);
  until(cluster, 20);
  taint(cluster, 'n1', [special, { key: 'more', effect: 'NoExecute' }]);
  until(cluster, 60);
  assert.equal(secondsOf(cluster, isEviction), [30]);
});

test('[ctl-07 B] nor does a taint that is tolerated for less bring the end forward', () => {
  const more = { key: 'more', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 };
  const { tolerations } = tolerating(20);
  const cluster = clusterOf(
    [{ name: 'n1' }],
    [pod('brief', 'n1', { tolerations: [...tolerations, more] })],
  );
  taint(cluster, 'n1', [special]);
  until(cluster, 20);
  taint(cluster, 'n1', [special, { key: 'more', effect: 'NoExecute' }]);
  until(cluster, 60);
  assert.equal(secondsOf(cluster, isEviction), [30]);
});

test('[ctl-07 B] one that is not tolerated at all does', () => {
  const cluster = clusterOf([{ name: 'n1' }], [pod('brief', 'n1', tolerating(20))]);
  taint(cluster, 'n1', [special]);
  until(cluster, 20);
  taint(cluster, 'n1', [special, { key: 'more', effect: 'NoExecute' }]);
  until(cluster, 60);
  assert.equal(secondsOf(cluster, isEviction), [20]);
});

test('[ctl-07 A.4, N-L1] Pods of a dead node go five minutes after it is given up', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }], [pod('web', 'n1')]);
  cluster.crashNode('n1');
  until(cluster, 355);
  assert.not(goes(cluster, 'web'));
  until(cluster, 400);
  assert.ok(goes(cluster, 'web'));
  assert.ok(podOf(cluster, 'web'), 'it is there until its kubelet is back');
  cluster.recoverNode('n1');
  until(cluster, 450);
  assert.is(podOf(cluster, 'web'), undefined);
});

test('[ctl-07 B] a Pod that is deleted before its time has its eviction cancelled', () => {
  const cluster = clusterOf([{ name: 'n1' }], [pod('brief', 'n1', tolerating(20))]);
  taint(cluster, 'n1', [special]);
  until(cluster, 15);
  const options = { gracePeriodSeconds: 0 };
  submit(cluster, { verb: 'delete', kind: 'Pod', namespace: 'default', name: 'brief', options });
  until(cluster, 20);
  const events: readonly Any[] = cluster.simulation.store.view().list('Event');
  const told = events.filter(({ reason }) => reason === 'TaintManagerEviction');
  assert.equal(
    told.map(({ message }) => message),
    ['Cancelling deletion of Pod default/brief'],
  );
});

test.run();
