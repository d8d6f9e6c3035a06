/** Pods that the garbage collector removes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { garbageOf, surplusTerminated } from '../../src/controllers/podgc/decide.ts';
import { lastWords } from '../../src/controllers/podgc/remove.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Any, clusterOf, pod, podOf, secondsOf, submit, taint, until } from './machines.ts';

const test = suite('pod garbage collector');

const by = 'pod-garbage-collector';
const isCollection = (entry: WriteEntry): boolean => entry.by === by && entry.verb === 'delete';
const remove = (cluster: Any, name: string): void =>
  submit(cluster, { verb: 'delete', kind: 'Pod', namespace: 'default', name });

test('[ctl-07 C.3, PG-S1] a Pod of a node that is gone goes after the quarantine, failed', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }], [pod('web', 'n1'), pod('app', 'n2')]);
  cluster.deleteNode('n1');
  until(cluster, 49);
  assert.ok(podOf(cluster, 'web'));
  until(cluster, 100);
  assert.is(podOf(cluster, 'web'), undefined);
  assert.ok(podOf(cluster, 'app'));
  const [at] = secondsOf(cluster, isCollection);
  assert.is(at, 60, 'found missing at 20 s, and forty seconds later');
  const failed = cluster.simulation.log.entries.find(
    (entry): entry is WriteEntry => entry.type === 'write' && entry.by === by,
  )!.after as Pod;
  const why = failed.status.conditions!.find(({ type }) => type === 'DisruptionTarget')!;
  assert.equal([failed.status.phase, why.reason], ['Failed', 'DeletionByPodGC']);
});

test('[ctl-07 C.3] a node that comes back in time keeps its Pods', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }], [pod('web', 'n1')]);
  cluster.deleteNode('n1');
  until(cluster, 50);
  cluster.addNode({ name: 'n1' });
  until(cluster, 120);
  assert.equal(secondsOf(cluster, isCollection), []);
});

test('[ctl-07 C.2] who is being deleted on a node that is out of service goes at once', () => {
  const cluster = clusterOf([{ name: 'n1' }, { name: 'n2' }], [pod('web', 'n1'), pod('app', 'n1')]);
  cluster.crashNode('n1');
  until(cluster, 100);
  remove(cluster, 'web');
  until(cluster, 150);
  assert.ok(podOf(cluster, 'web'), 'nobody says that nothing of it runs');
  const tolerations = 'node.kubernetes.io/out-of-service';
  taint(cluster, 'n1', [{ key: tolerations, effect: 'NoSchedule' }]);
  until(cluster, 180);
  assert.is(podOf(cluster, 'web'), undefined);
  assert.ok(podOf(cluster, 'app'), 'it is not being deleted');
});

test('[ctl-07 C.1] of too many finished Pods the evicted go first, then the oldest', () => {
  const finished = (name: string, second: number, status: Any): Any => ({
    metadata: { name, creationTimestamp: `2026-01-01T00:00:0${second}Z` },
    spec: {},
    status,
  });
  const pods = [
    finished('old', 1, { phase: 'Succeeded' }),
    finished('new', 3, { phase: 'Failed' }),
    finished('evicted', 4, { phase: 'Failed', reason: 'Evicted' }),
    finished('running', 0, { phase: 'Running' }),
  ];
  const names = (threshold: number) =>
    surplusTerminated(pods, threshold).map(({ metadata }) => metadata.name);
  assert.equal(names(1), ['evicted', 'old']);
  assert.equal(names(3), []);
  assert.equal(names(0), []);
});

test('[ctl-07 C] what is garbage, and what is written of it', () => {
  const of = (metadata: Any, spec: Any, phase = 'Running'): Pod =>
    ({ metadata, spec, status: { phase } }) as Pod;
  const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };
  const away = (missingMs: number) => ({ node: undefined, missingMs });
  const there = { node: { spec: {}, status: {} } as Node, missingMs: 0 };
  assert.is(garbageOf(of({}, { nodeName: 'n1' }), away(39_999)), undefined);
  assert.is(garbageOf(of({}, { nodeName: 'n1' }), away(40_000)), 'orphaned');
  assert.is(garbageOf(of(deleting, {}), away(0)), 'unscheduled');
  assert.is(garbageOf(of({}, {}), away(0)), undefined);
  assert.is(garbageOf(of(deleting, { nodeName: 'n1' }), there), undefined);
  assert.equal(lastWords(of({}, {}), 'orphaned'), {
    setFailed: true,
    condition: 'DeletionByPodGC',
  });
  assert.equal(lastWords(of({}, {}, 'Succeeded'), 'orphaned'), {
    setFailed: false,
    condition: null,
  });
});

test.run();
