/** The part of CEL that validation rules use. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate } from '../../src/api/cel/evaluate.ts';
import { CelError, parseCel } from '../../src/api/cel/parse.ts';

const test = suite('validation rules');

const self = {
  size: 3,
  name: 'web-1',
  list: [1, 2, 3],
  items: [
    { k: 'a', v: 1 },
    { k: 'b', v: 2 },
  ],
  map: { x: 'y' },
  in: true,
};

const value = (rule: string, names: object = {}): unknown =>
  evaluate(parseCel(rule), { self, oldSelf: { size: 2 }, ...names });

test('expressions have the values that CEL gives them', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['1 + 2 * 3 - -4', 11],
    ['7 / 2', 3],
    ['-7 % 3', -1],
    ['(1 + 2) * 3 == 9', true],
    ['self.size >= oldSelf.size && self.size <= 10', true],
    ['!has(self.missing) || self.missing > 1', true],
    ['has(self.size) ? self.size : 0', 3],
    ["self.name.startsWith('web') && self.name.matches('^[a-z]+-[0-9]$')", true],
    ["self.name + '!'", 'web-1!'],
    ['size(self.list) == self.list.size()', true],
    ['self.list.all(i, i > 0)', true],
    ['self.list.exists(i, i > 2)', true],
    ['self.items.exists_one(i, i.k == "a")', true],
    ['self.items.filter(i, i.v > 1).map(i, i.k)', ['b']],
    ['self.items.map(i, i.v > 1, i.k)', ['b']],
    ['3 in self.list', true],
    ["'x' in self.map && self.map['x'] == 'y'", true],
    ['self.__in__', true],
    ['self.list[1] == 2 && [1, 2] == self.list.filter(i, i < 3)', true],
    ["{'a': 1}.a", 1],
    ["r'\\d'", '\\d'],
    ['self.missing == 1 || true', true],
    ['false && self.missing == 1', false],
  ];
  for (const [rule, expected] of cases) assert.equal(value(rule), expected, rule);
});

test('what cannot be told is an error, and no answer', () => {
  assert.throws(() => value('self.missing'), /no such key: missing/);
  assert.throws(() => value('self.list[3]'), /index out of bounds/);
  assert.throws(() => value('self.size + "a"'), /no such overload/);
  assert.throws(() => value('1 / 0'), /division by zero/);
});

test('what is not understood is refused before it is used', () => {
  for (const rule of ['self.?a', '1 +', '(1', 'self.format("x")', 'duration("1h")', 'a b', "'x"]) {
    assert.throws(
      () => parseCel(rule),
      (error: Error) => error instanceof CelError,
      rule,
    );
  }
});

test.run();
