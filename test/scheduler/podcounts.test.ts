/** Pods that are counted as they come and go, against counting them anew. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Labels } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { Domains } from '../../src/scheduler/domains.ts';
import { PodCounts, pairOf, type Sort } from '../../src/scheduler/podcounts.ts';
import { chance } from '../../src/sim/chance.ts';

const test = suite('pod counts');

const podOf = (uid: string, labels: Labels) =>
  ({ metadata: { uid, name: uid, namespace: 'default', labels } }) as unknown as Pod;

const appIs = (app: string, calls = { count: 0 }): Sort => ({
  id: `app ${app}`,
  counts: ({ metadata }) => {
    calls.count += 1;
    return metadata.labels?.['app'] === app;
  },
  pairs: [pairOf('app', app)],
});

const everyone: Sort = { id: 'everyone', counts: () => true };

const without = (counts: ReadonlyMap<string, number>) =>
  Object.fromEntries([...counts].filter(([, count]) => count > 0).sort());

const byZone = (counts: PodCounts, sort: Sort, domains: Domains) => {
  const { totals } = counts.tally(sort, domains);
  return without(new Map(domains.values.map((value, i) => [value ?? '', totals[i]!])));
};

test('after twenty thousand changes the counts are those of who is there', () => {
  const zones = new Map(Array.from({ length: 60 }, (_, i) => [`n${i}`, { zone: `z${i % 3}` }]));
  const there = new Map<string, { readonly pod: Pod; readonly node: string }>();
  const placeOf = (node: string) => {
    const labels = zones.get(node);
    return labels && { labels, index: Number(node.slice(1)) };
  };
  const places = () => [...zones.keys()].map((node) => placeOf(node)!);
  const counts = new PodCounts(placeOf);
  const any = (below: number, ...what: readonly number[]) =>
    Math.floor(chance(7, what.map(String)) * below);
  for (let i = 0; i < 20_000; i++) {
    const uid = `p${any(200, i, 0)}`;
    if (i % 1_000 === 999) {
      // A node moves to another zone, or goes, or comes.
      const node = `n${any(60, i, 1)}`;
      if (any(2, i, 5) === 0) zones.delete(node);
      else zones.set(node, { zone: `z${any(3, i, 2)}` });
      counts.nodesChanged();
    } else if (there.has(uid)) {
      counts.drop(uid);
      there.delete(uid);
    } else {
      const placed = {
        pod: podOf(uid, { app: `a${any(4, i, 3)}`, same: 'yes' }),
        node: `n${any(62, i, 4)}`,
      };
      counts.put(placed.pod, placed.node);
      there.set(uid, placed);
    }
    if (i % 97 !== 0) continue;
    const domains = new Domains(places(), 'zone');
    const sorts = [everyone, ...['a0', 'a1', 'a2', 'a3'].map((app) => appIs(app))];
    for (const sort of sorts) {
      const perNode: Record<string, number> = {};
      const perZone: Record<string, number> = {};
      for (const { pod, node } of there.values()) {
        if (!sort.counts(pod)) continue;
        perNode[node] = (perNode[node] ?? 0) + 1;
        const zone = zones.get(node)?.zone;
        if (zone !== undefined) perZone[zone] = (perZone[zone] ?? 0) + 1;
      }
      assert.equal(without(counts.perNode(sort)), perNode);
      assert.equal(byZone(counts, sort, domains), perZone);
      const count = counts.reader(sort, 60);
      for (const node of zones.keys()) {
        assert.is(count({ ...placeOf(node)!, name: node }), perNode[node] ?? 0);
      }
    }
  }
});

test('a small workload is not asked about the Pods of others', () => {
  const counts = new PodCounts(() => ({ labels: {}, index: 0 }));
  for (let i = 0; i < 1_000; i++) counts.put(podOf(`other-${i}`, { app: 'other' }), 'n1');
  const calls = { count: 0 };
  const sort = appIs('mine', calls);
  assert.is(counts.perNode(sort).size, 0);
  for (let i = 0; i < 1_000; i++) counts.put(podOf(`more-${i}`, { app: 'other' }), 'n1');
  counts.put(podOf('mine', { app: 'mine' }), 'n2');
  assert.equal([...counts.perNode(sort)], [['n2', 1]]);
  assert.is(calls.count, 1);
});

test('nodes without the label are one domain', () => {
  const places = new Map(
    ['n1', 'n2', 'n3'].map((node, index) => [
      node,
      { labels: (node === 'n1' ? { zone: 'a' } : {}) as Labels, index },
    ]),
  );
  const counts = new PodCounts((node) => places.get(node));
  for (const node of places.keys()) counts.put(podOf(node, {}), node);
  const domains = new Domains([...places.values()], 'zone');
  assert.equal(byZone(counts, everyone, domains), { '': 2, a: 1 });
});

test.run();
