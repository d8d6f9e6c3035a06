/** The store: versions, indexes, views at any revision, channels. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/meta.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import { Store } from '../../src/store/store.ts';

const test = suite('store');

const pod = (name: string, node?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns', uid: name, resourceVersion: '', creationTimestamp: '' },
  spec: node === undefined ? {} : { nodeName: node },
});

const byNode = { node: ({ spec }: { spec: { nodeName?: string } }) => spec.nodeName };

function filled(): Store {
  const store = new Store(() => byNode as never);
  let revision = 0;
  const write = (before: KubeObject | undefined, after: KubeObject | undefined) => {
    revision += 1;
    const key = `ns/${(after ?? before)!.metadata.name}`;
    const common = {
      n: revision,
      t: 0,
      by: 'test',
      causes: [],
      type: 'write',
      kind: 'Pod',
    } as const;
    store.apply({ ...common, verb: 'update', key, revision, before, after } as WriteEntry);
  };
  const [a, b, bound] = [pod('a'), pod('b'), pod('a', 'n1')];
  write(undefined, a);
  write(undefined, b);
  write(a, bound);
  write(b, undefined);
  return store;
}

const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);

test('a view shows every revision as it was', () => {
  const store = filled();
  assert.equal(names(store.view(1).list('Pod')), ['a']);
  assert.equal(names(store.view(2).list('Pod')), ['a', 'b']);
  assert.equal(names(store.view(3).list('Pod')), ['a', 'b']);
  assert.equal(names(store.view().list('Pod')), ['a']);
  assert.is(store.view(3).get('Pod', 'ns/b')?.metadata.name, 'b');
  assert.is(store.get('Pod', 'ns/b'), undefined);
});

test('an index is right at every revision', () => {
  const store = filled();
  assert.equal(names(store.view(2).by('Pod', 'node', 'n1')), []);
  assert.equal(names(store.view(3).by('Pod', 'node', 'n1')), ['a']);
  assert.equal(names(store.view(3).by('Pod', 'controller', 'none/ns')), ['a', 'b']);
  assert.equal(names(store.view(4).by('Pod', 'controller', 'none/ns')), ['a']);
});

test('a channel holds the changes of its objects, also of before it was made', () => {
  const store = filled();
  assert.equal(
    store.channel('Pod', { index: 'node', value: 'n1' }).entries.map(({ n }) => n),
    [3],
  );
  assert.is(store.channel('Pod').after(2), 2);
  assert.is(store.channel('Pod').after(4), 4);
});

test('history tells the writes of a key, newest first', () => {
  assert.equal(
    [...filled().history('Pod', 'ns/a')].map(({ n }) => n),
    [3, 1],
  );
});

test('a revision comes once', () => {
  const store = filled();
  const again = [...store.history('Pod', 'ns/a')][0]!;
  assert.throws(() => store.apply(again), /revision 3 is not new/);
});

test.run();
