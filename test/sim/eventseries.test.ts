/** [ctl-01 §9] The events.k8s.io recorder: what is repeated becomes a series, and is written seldom. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event } from '../../src/api/event.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { letPass } from '../../src/sim/passing.ts';
import { settle } from '../../src/sim/settle.ts';

const test = suite('event series');

/** A Pod in a cluster without nodes: the scheduler says so again and again. */
function waiting(): Cluster {
  const cluster = createCluster({ nodes: [] });
  const spec = { containers: [{ name: 'c', image: 'web:1' }] };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
  cluster.simulation.submit({ verb: 'create', kind: 'Pod', namespace: 'default', object });
  return cluster;
}

const until = ({ simulation }: Cluster, seconds: number): void =>
  letPass(simulation, seconds * 1000 - simulation.now);

const failures = ({ simulation }: Cluster) =>
  simulation.store
    .view()
    .list<Event>('Event')
    .filter(({ reason }) => reason === 'FailedScheduling');

const writes = ({ simulation }: Cluster): readonly string[] =>
  simulation.log.entries
    .filter((entry): entry is WriteEntry => entry.type === 'write' && entry.kind === 'Event')
    .map(({ t, verb, after }) => `${t / 1000} ${verb} ${(after as Event).series?.count ?? 1}`);

test('the first is an Event, the second makes a series, further ones are only counted', () => {
  const cluster = waiting();
  until(cluster, 300);
  const [first, ...others] = failures(cluster) as [Event, ...Event[]];
  assert.equal(others.map(({ metadata }) => metadata.resourceVersion).length, 1);
  assert.is(first.message, 'no nodes available to schedule pods');
  // The condition that the first failure wrote makes a new version of the Pod, and a new series.
  const [told] = others as [Event];
  assert.is(told.series!.count, 2);
  assert.is(writes(cluster).length, 3);
});

test('the count is written every half hour, and a cluster in which nothing else happens rests', () => {
  const cluster = waiting();
  until(cluster, 1_830);
  const last = writes(cluster).at(-1)!;
  assert.match(last, /^1800 patch \d{3}$/);
  assert.is(settle(cluster.simulation, { horizonMs: 60_000 }).type, 'rest');
});

test('six minutes after the last one the series ends; what comes then is a new Event', () => {
  const cluster = waiting();
  until(cluster, 60);
  cluster.addNode({ name: 'n1' });
  until(cluster, 780);
  const [ended] = writes(cluster)
    .filter((line) => line.includes('patch'))
    .slice(-1) as [string];
  assert.match(ended, /^(720|480) patch [5-9]$/);
});

test('a series whose Event is gone is told as a new Event', () => {
  const cluster = waiting();
  until(cluster, 60);
  cluster.addNode({ name: 'n1' });
  for (const { metadata } of failures(cluster)) {
    const named = { kind: 'Event', namespace: 'default', name: metadata.name };
    cluster.simulation.submit({ verb: 'delete', ...named });
  }
  until(cluster, 780);
  const [again] = failures(cluster) as [Event];
  assert.ok(again.series!.count > 2);
});

test.run();
