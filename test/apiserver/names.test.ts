/** Generated names and uids: as upstream's to look at, and the same in every run of a seed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { generateName, generateUid } from '../../src/apiserver/names.ts';
import { creation, podSpec, TestCluster } from './cluster.ts';

const test = suite('generated names');

test('adds five characters that are hard to misread', () => {
  assert.match(generateName('web-', 1, 7, 0), /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

test('cuts a long base to 58 characters', () => {
  const name = generateName('a'.repeat(80), 1, 7, 0);
  assert.is(name.length, 63);
  assert.is(name.slice(0, 58), 'a'.repeat(58));
});

test('depends on seed, revision and attempt, and on nothing else', () => {
  assert.is(generateName('web-', 1, 7, 0), generateName('web-', 1, 7, 0));
  const others = [
    generateName('web-', 2, 7, 0),
    generateName('web-', 1, 8, 0),
    generateName('web-', 1, 7, 1),
  ];
  for (const other of others) assert.is.not(other, generateName('web-', 1, 7, 0));
});

test('hardly ever collides', () => {
  const names = new Set(Array.from({ length: 5000 }, (_, i) => generateName('web-', 1, i, 0)));
  assert.ok(names.size >= 4995, `${names.size} distinct of 5000`);
});

test('uids never collide within a run', () => {
  const uids = new Set(Array.from({ length: 20_000 }, (_, i) => generateUid(1, i)));
  assert.is(uids.size, 20_000);
});

test('a name that is taken is not generated again', () => {
  const cluster = new TestCluster();
  const taken = generateName('web-', cluster.seed, cluster.store.revision + 2, 0);
  cluster.create('Pod', { metadata: { name: taken }, spec: podSpec });
  const created = cluster.create('Pod', { metadata: { generateName: 'web-' }, spec: podSpec });
  assert.is.not(created.metadata.name, taken);
  assert.is(created.metadata.generateName, 'web-');
});

test('a given name is kept, the base too', () => {
  const cluster = new TestCluster();
  const metadata = { name: 'p', generateName: 'web-' };
  const created = cluster.create('Pod', { metadata, spec: podSpec });
  assert.is(created.metadata.name, 'p');
  assert.is(created.metadata.generateName, 'web-');
});

test('a bad base is told with the name that came of it', () => {
  const cluster = new TestCluster();
  const status = cluster.refused(
    creation('Pod', { metadata: { generateName: 'ABC-' }, spec: podSpec }),
  );
  assert.match(
    status.message,
    /^Pod "ABC-\w{5}" is invalid: \[metadata.generateName: Invalid value: "ABC-": a lowercase RFC 1123 subdomain .*, metadata.name: Invalid value: "ABC-\w{5}": a lowercase RFC 1123 subdomain /,
  );
});

test.run();
