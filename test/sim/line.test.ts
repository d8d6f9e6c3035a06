/** The line that moves wait in: in order, each once, and anyone may leave. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Line } from '../../src/sim/line.ts';

const test = suite('line');

function lineOf(...items: readonly string[]): Line<string> {
  const line = new Line<string>();
  for (const item of items) line.add(item);
  return line;
}

test('who comes first is first, and nobody waits twice', () => {
  assert.equal([...lineOf('a', 'b', 'a', 'c')], ['a', 'b', 'c']);
});

test('anyone may leave, and comes back at the end', () => {
  const line = lineOf('a', 'b', 'c');
  for (const item of ['b', 'a', 'nobody']) line.delete(item);
  assert.equal([...line], ['c']);
  line.add('a');
  assert.equal([...line], ['c', 'a']);
  assert.is(line.size, 2);
});

test('the last may leave, and others come after the one before', () => {
  const line = lineOf('a', 'b');
  line.delete('b');
  line.add('c');
  assert.equal([...line], ['a', 'c']);
  line.delete('a');
  line.delete('c');
  assert.is(line.head, undefined);
  line.add('d');
  assert.equal([...line], ['d']);
});

test('a walk goes on from a place whose item leaves on the way', () => {
  const line = lineOf('a', 'b', 'c');
  const met: string[] = [];
  for (const item of line) {
    met.push(item);
    if (item !== 'c') line.delete(item);
  }
  assert.equal(met, ['a', 'b', 'c']);
  assert.equal([...line], ['c']);
});

test.run();
