/** A simulation that forgets: what goes on is the same, and what is left can be looked at. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/api/meta.ts';
import { HistoryBudget, parseBudget } from '../../src/cli/historybudget.ts';
import { UsageError } from '../../src/errors.ts';
import { parseCursor } from '../../src/explain/cursor.ts';
import { encodeEntry } from '../../src/log/codec.ts';
import type { Entry } from '../../src/log/entry.ts';
import { History, historyOf } from '../../src/replay/restore.ts';
import { type Cluster, controllerManager, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { stateHash } from '../../src/sim/statehash.ts';

const test = suite('forgetting');

const web: Draft = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 5,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'web:v0' }] },
    },
  },
};

function rollOut(cluster: Cluster, version: number): void {
  const containers = [{ name: 'c', image: `web:v${version}` }];
  const patch = { spec: { template: { spec: { containers } } } };
  const named = { kind: 'Deployment', namespace: 'default', name: 'web' };
  cluster.simulation.submit({ verb: 'patch', ...named, patchType: 'strategic', patch }, 'user');
  settle(cluster.simulation);
}

function begun(): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
  settle(cluster.simulation);
  const request = {
    verb: 'create',
    kind: 'Deployment',
    namespace: 'default',
    object: web,
  } as const;
  cluster.simulation.submit(request, 'user');
  settle(cluster.simulation);
  return cluster;
}

test('what goes on is the same as if nothing had been forgotten', () => {
  const [one, other] = [begun(), begun()];
  const heard: Entry[] = [];
  other.simulation.log.observe((entry) => heard.push(entry));
  const since = other.simulation.log.length;
  for (let version = 1; version <= 6; version++) {
    rollOut(one, version);
    other.simulation.forget(other.simulation.log.length - 50);
    rollOut(other, version);
    if (version === 3) {
      for (const { simulation } of [one, other]) {
        simulation.step({ type: 'crash', process: controllerManager });
        settle(simulation);
      }
    }
  }
  assert.is(stateHash(other.simulation), stateHash(one.simulation));
  // Whose first change a new list is due to may be forgotten.
  const lines = (entries: readonly Entry[]) =>
    entries.map((entry) =>
      encodeEntry(
        entry.type === 'delivered' && entry.relisted === true ? { ...entry, causes: [] } : entry,
      ),
    );
  assert.equal(lines(heard), lines(one.simulation.log.since(since)));
  assert.ok(other.simulation.log.entries.length < one.simulation.log.entries.length / 3);
});

test('what is left can be looked at as before, whatever index is asked for', () => {
  const { simulation } = begun();
  rollOut({ simulation } as Cluster, 1);
  const { log, store } = simulation;
  const whole = new History([...log.entries]);
  const middle = Math.floor(log.length / 2);
  simulation.forget(middle);
  assert.is(log.first, middle + 1);
  const history = historyOf(simulation);
  const names = (of: History, cursor: number) =>
    ['Pod', 'ReplicaSet', 'Deployment', 'Event'].map((kind) => [
      of
        .view(cursor)
        .list(kind)
        .map(({ metadata }) => metadata.name)
        .sort(),
      of.view(cursor).by(kind, 'namespace', 'default').length,
    ]);
  for (let cursor = middle; cursor <= log.length; cursor += 7) {
    assert.equal(names(history, cursor), names(whole, cursor), `@${cursor}`);
    assert.is(history.timeAt(cursor + 1), whole.timeAt(cursor + 1));
  }
  // An index that nobody had asked for, made of what is left.
  const owners = whole
    .view(middle)
    .list('ReplicaSet')
    .map(({ metadata }) => metadata.uid);
  for (const uid of owners) {
    const pods = (of: History) => of.view(middle).by('Pod', 'owner', uid).length;
    assert.is(pods(history), pods(whole));
  }
  assert.is(store.compacted, history.revisionAt(middle));
  assert.throws(
    () => parseCursor(`@${middle - 1}`, history),
    (error: Error) => /is not kept in memory/.test(error.message) && error instanceof UsageError,
  );
});

test('who lags is waited for', () => {
  const cluster = begun();
  const { simulation } = cluster;
  const process = simulation.process(controllerManager)!;
  const reflector = process.reflectors.findIndex(({ watch }) => watch.kind === 'Pod');
  simulation.step({ type: 'hold', process: controllerManager, kind: 'Pod', reflector });
  rollOut(cluster, 1);
  const shown = process.reflectors[reflector]!.revision;
  assert.ok(shown < simulation.store.revision - 10);
  simulation.forget(simulation.log.length);
  const oldest = simulation.log.entries.find((entry) => entry.type === 'write')!;
  assert.ok(oldest.revision <= shown + 1, `${oldest.revision} and ${shown}`);
  simulation.step({ type: 'release', process: controllerManager, kind: 'Pod', reflector });
  settle(simulation);
  assert.is(simulation.store.view().list('Pod').length, 5);
});

test('a year of changes stays within its budget', () => {
  const { simulation } = createCluster({ nodes: [], disabled: ['scheduler', 'kubelet'] });
  const budget = new HistoryBudget(parseBudget('500KB')!);
  simulation.log.observe((entry) => budget.add(entry));
  const named = { kind: 'ConfigMap', namespace: 'default', name: 'm' };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } };
  simulation.submit({ verb: 'create', ...named, object }, 'user');
  settle(simulation);
  let most = 0;
  for (let i = 0; i < 3_000; i++) {
    const patch = { data: { value: `${i} ${'x'.repeat(200)}` } };
    simulation.submit({ verb: 'patch', ...named, patchType: 'merge', patch }, 'user');
    settle(simulation);
    const { excess } = budget;
    most = Math.max(most, budget.total);
    if (excess === undefined) continue;
    simulation.forget(excess);
    budget.forgotten(simulation.log.first);
  }
  assert.ok(most < 520_000, String(most));
  assert.ok(simulation.log.length > 5 * simulation.log.entries.length);
  const row = [...simulation.store.history('ConfigMap', 'default/m')];
  assert.ok(row.length < 1_000, `${row.length} versions`);
});

test('a budget is a number of entries or a size', () => {
  assert.equal(parseBudget('1000'), { of: 'entries', most: 1000 });
  assert.equal(parseBudget('2GB'), { of: 'bytes', most: 2 ** 31 });
  assert.equal(parseBudget(undefined), { of: 'entries', most: 1_000_000 });
  assert.is(parseBudget('all'), undefined);
  for (const wrong of ['0', 'much', '5TB', '-1']) {
    assert.throws(
      () => parseBudget(wrong),
      (error: Error) => error instanceof UsageError,
    );
  }
});

test.run();
