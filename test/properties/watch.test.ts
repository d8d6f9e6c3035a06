/** The rules about watches, on what a watch should tell and on what is wrong with it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { World } from '../../properties/rule.ts';
import { WatchClient } from '../../properties/watch/client.ts';
import { expectedOf, type Told, type Trace } from '../../properties/watch/trace.ts';
import { judge } from '../../properties/watch/validators.ts';
import { watch } from '../../properties/watch.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Entry } from '../../src/log/entry.ts';
import { createCluster } from '../../src/sim/cluster.ts';

const test = suite('rules about watches');

const { simulation } = createCluster({ nodes: [], events: false });
const named = { kind: 'ConfigMap', namespace: 'default' };

function create(name: string, tier: string): void {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { tier } } };
  assert.ok(simulation.submit({ verb: 'create', ...named, object }, 'user').ok);
}

function move(name: string, tier: string): void {
  const patch = { metadata: { labels: { tier } } };
  const request = { verb: 'patch', ...named, name, patchType: 'merge', patch } as const;
  assert.ok(simulation.submit(request, 'user').ok);
}

const before = simulation.store.revision;
create('one', 'a');
create('other', 'b');
move('one', 'b');
move('one', 'a');
simulation.submit({ verb: 'delete', ...named, name: 'one' }, 'user');
create('one', 'a');

const history = simulation.store.channel('ConfigMap').entries;
const isOfTierA = ({ metadata }: KubeObject) => metadata.labels?.tier === 'a';

/** What a watch should tell. */
function good(matches?: Trace['matches']): Trace {
  const empty = {
    who: 'somebody',
    kind: 'ConfigMap',
    since: before,
    compacted: 0,
    ...(matches === undefined ? {} : { matches }),
    complete: true,
    tellsOld: true,
  };
  const told = expectedOf({ ...empty, told: [] }, history).map(
    ({ entry: { key, revision, before: was, after }, type }): Told => {
      const metadata = { ...was?.metadata, resourceVersion: String(revision) };
      const object = after ?? ({ ...was, metadata } as KubeObject);
      return { type, key, revision, object, old: type === 'ADDED' ? undefined : was };
    },
  );
  return { ...empty, told };
}

const broken = (trace: Trace): readonly string[] => judge(trace, history).map(([id]) => id);

/** The same watch, but what it told is made of what it should have told. */
const telling = (change: (told: readonly Told[]) => readonly Told[], trace = good()): Trace => ({
  ...trace,
  told: change(trace.told),
});

const bookmark = (revision: number): Told => ({ type: 'BOOKMARK', key: '', revision });

test('what is told as it should be breaks no rule, selected or not, with bookmarks', () => {
  assert.equal(broken(good()), []);
  assert.equal(broken(good(isOfTierA)), []);
  const last = history.at(-1)!.revision;
  assert.equal(
    broken(
      telling(([first, ...rest]) => [first!, bookmark(first!.revision), ...rest, bookmark(last)]),
    ),
    [],
  );
  assert.equal(broken({ ...telling((told) => told.slice(0, 2)), complete: false }), []);
});

test('[W-Ordered] two changes the wrong way round', () => {
  const found = broken(telling(([a, b, c, ...rest]) => [a!, c!, b!, ...rest]));
  assert.ok(found.includes('W-Ordered'));
});

test('[W-Ordered] a deletion with the revision of the object that is gone (W2)', () => {
  const found = broken(
    telling((told) =>
      told.map((one) => (one.type === 'DELETED' ? { ...one, revision: one.revision - 2 } : one)),
    ),
  );
  assert.ok(found.includes('W-Ordered'));
});

test('[W-Unique] a change that comes again', () => {
  assert.equal(broken(telling(([a, ...rest]) => [a!, a!, ...rest])), ['W-Unique']);
});

test('[W-Atomic] one revision in two parts', () => {
  const found = broken(telling(([a, b, ...rest]) => [a!, b!, a!, ...rest]));
  assert.ok(found.includes('W-Atomic'));
});

test('[W-Reliable] a change in the middle, or at the end, that never comes', () => {
  assert.equal(broken(telling(([a, _b, ...rest]) => [a!, ...rest])), ['W-Reliable']);
  assert.equal(broken(telling((told) => told.slice(0, -1))), ['W-Reliable']);
});

test('[W-Resumable] a watch that begins too late', () => {
  assert.equal(broken(telling(([_a, ...rest]) => rest)), ['W-Resumable']);
});

test('[W-Filterable] leaving the selection that is told as a change', () => {
  const changed = (told: readonly Told[]) =>
    told.map((one, i) => (i === 1 ? { ...one, type: 'MODIFIED' as const } : one));
  assert.equal(broken(telling(changed, good(isOfTierA))), ['W-Filterable']);
});

test('[W-Filterable] an object that is not selected', () => {
  const all = good().told;
  assert.ok(broken({ ...good(isOfTierA), told: all }).includes('W-Filterable'));
});

test('[W-Bookmarkable] a bookmark ahead of what was told, behind it, and before an older change', () => {
  const [first, second] = history.map(({ revision }) => revision);
  assert.equal(broken(telling(([a, ...rest]) => [a!, bookmark(second!), ...rest])), [
    'W-Bookmarkable',
  ]);
  assert.equal(broken(telling(([a, b, ...rest]) => [a!, b!, bookmark(first!), ...rest])), [
    'W-Bookmarkable',
  ]);
});

test('[W-PrevKV] another object than the one that was there', () => {
  const old = { ...history[0]!.after!, kind: 'Secret' };
  const found = broken(
    telling((told) => told.map((one) => (one.type === 'MODIFIED' ? { ...one, old } : one))),
  );
  assert.equal(found, ['W-PrevKV']);
});

test('[W-IsCreate] a new object that is told as a change', () => {
  const changed = (told: readonly Told[]) =>
    told.map((one, i) => (i === 1 ? { ...one, type: 'MODIFIED' as const } : one));
  assert.equal(broken(telling(changed)), ['W-IsCreate']);
});

test('[W-410] a watch from what is forgotten', () => {
  assert.equal(broken({ ...good(), compacted: before + 1 }), ['W-410']);
});

test('[W-410] a client whose revision is forgotten lists anew, and misses nothing', () => {
  const client = new WatchClient(simulation, 'user/late', 'ConfigMap');
  client.read(1);
  client.disconnect();
  create('late', 'a');
  create('later', 'a');
  simulation.store.compact(simulation.store.revision);
  client.catchUp();
  assert.equal([...client.cache.keys()].sort(), [
    'default/late',
    'default/later',
    'default/one',
    'default/other',
  ]);
  assert.is(client.traces.length, 2);
});

const rule = (id: string) => watch.always!.find((one) => one.id === id)!;

test('[W-monotone] a cache that goes back', () => {
  const judged = rule('W-monotone').begin();
  const process = { reflectors: [{ watch: { kind: 'Pod' } }] };
  const world = { simulation: { process: () => process } } as unknown as World;
  const delivered = (revision: number) =>
    ({ type: 'delivered', process: 'p', kind: 'Pod', revision }) as Entry;
  assert.is(judged(delivered(7), world), undefined);
  assert.is(judged(delivered(7), world), undefined);
  assert.match(judged(delivered(5), world)!, 'the Pod cache of p went from 7 back to 5');
});

test('[W-sync] a write before every list is there', () => {
  const reflectors = [{ synced: true }, { synced: false, watch: { kind: 'Node' } }];
  const world = { acting: { slot: { process: { reflectors } } } } as unknown as World;
  const problem = rule('W-sync').begin()({ ...history[0]!, by: 'p' }, world);
  assert.is(problem, 'p wrote ConfigMap default/one before it had a list of Node');
});

test.run();
