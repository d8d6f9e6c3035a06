/** The part of CEL that validation rules use. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { problemOf } from '../../src/api/cel/check.ts';
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
  for (const rule of ['1 +', '(1', 'self.format("x")', 'a b', "'x", 'self.while(1)', 'let + 1']) {
    assert.throws(
      () => parseCel(rule),
      (error: Error) => error instanceof CelError,
      rule,
    );
  }
});

test('a problem is told as cel-go tells it: with the line, and where in it', () => {
  assert.is(
    problemOf('self.a &&\n  slef.b', ['self']),
    "ERROR: <input>:2:3: undeclared reference to 'slef' (in container '')\n |   slef.b\n | ..^",
  );
  assert.is(problemOf('self.all(k, self[k] == k)', ['self']), undefined);
  assert.match(problemOf('self.all(k, true) && k', ['self'])!, /undeclared reference to 'k'/);
});

test('texts are cut, searched and put together', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["'a,b,c'.split(',', 2)", ['a', 'b,c']],
    ["'tacocat'.substring(4)", 'cat'],
    ["'tacocat'.substring(0, 4)", 'taco'],
    ["'tacocat'.lastIndexOf('a')", 5],
    ["'hello'.charAt(1)", 'e'],
    ["'abc 123'.find('[0-9]+')", '123'],
    ["'123 abc 456'.findAll('[0-9]+', 1)", ['123']],
    ["'aaa'.replace('a', 'b', 2)", 'bba'],
    [`'''a'b''' + r"\\d" + '\\u0041\\n'`, "a'b\\dA\n"],
    ["'Ab'.matches('(?i)^ab$')", true],
    ['self.`name`.size()', 5],
  ];
  for (const [rule, expected] of cases) assert.equal(value(rule), expected, rule);
  assert.throws(() => value("'abc'.substring(2, 1)"), /invalid substring range/);
});

test('times and lengths of time are counted', () => {
  for (const rule of [
    "duration('1h30m') == duration('90m')",
    "timestamp('2026-01-01T00:00:00Z') + duration('24h') == timestamp('2026-01-02T00:00:00Z')",
    "timestamp('2026-01-01T00:00:00Z') - timestamp('2025-12-31T23:00:00Z') < duration('2h')",
    "timestamp('2026-03-04T05:06:07.089Z').getMilliseconds() == 89",
    "timestamp('2026-03-04T05:06:07Z').getHours('-02:00') == 3",
    "timestamp('2026-03-04T05:06:07Z').getDayOfYear() == 62",
    "string(duration('1500ms')) == '1.5s'",
    "duration('3730s').getMinutes() == 62",
    'int(timestamp(60)) == 60',
  ]) {
    assert.is(value(rule), true, rule);
  }
  assert.throws(() => value("duration('an hour')"), /invalid duration/);
});

test('what may be missing is optional', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['self.?missing.hasValue()', false],
    ['self.?missing.deeper.orValue(7)', 7],
    ['self.map.?x.value()', 'y'],
    ['self.list[?9].orValue(0)', 0],
    ["{'a': 1, ?'b': self.?missing}", { a: 1 }],
    ['[1, ?self.?size]', [1, 3]],
    ['self.?size.optMap(n, n + 1).orValue(0)', 4],
    ['self.?missing.or(optional.of(2)).value()', 2],
    ['has(self.?map.x)', true],
  ];
  for (const [rule, expected] of cases) assert.equal(value(rule), expected, rule);
  assert.throws(() => value('self.?missing.value()'), /optional.none\(\) dereference/);
});

test('lists and maps are gone through, with keys where two variables are named', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["self.map.all(k, v, k == 'x' && v == 'y')", true],
    ['self.list.exists(i, n, i == 2 && n == 3)', true],
    ['self.list.transformList(i, n, i * n)', [0, 2, 6]],
    ["self.map.transformMap(k, v, v + '!')", { x: 'y!' }],
    ['cel.bind(n, self.size, n * n)', 9],
    ['sets.contains([1, 2, 3], [2, 3]) && !sets.intersects([1], [2])', true],
    ["type(self.size) == int && type('') == string", true],
    ['self.list.exists(i, self.missing == i || i == 2)', true],
  ];
  for (const [rule, expected] of cases) assert.equal(value(rule), expected, rule);
});

test('[api-06] what Kubernetes adds: quantities, addresses, URLs, formats', () => {
  for (const rule of [
    "quantity('1Gi').isGreaterThan(quantity('500Mi'))",
    "quantity('100m').add(quantity('900m')) == quantity('1')",
    "quantity('2k').isInteger() && quantity('2k').asInteger() == 2000",
    "!isQuantity('many')",
    "ip('10.0.0.1').family() == 4 && !isIP('10.0.0')",
    "ip('::1').isLoopback() && ip.isCanonical('::1') && !ip.isCanonical('::0:1')",
    "cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
    "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
    "url('https://example.com:80/a?b=c').getHost() == 'example.com:80'",
    "url('/a/b').getEscapedPath() == '/a/b' && !isURL('a b')",
    "semver('1.10.0').isGreaterThan(semver('1.9.3')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))",
    "semver('1.2.3').minor() == 2 && !isSemver('v1') && semver('v1.02', true) == semver('1.2.0')",
    "!format.dns1123Label().validate('web-1').hasValue()",
    "format.named('dns1123Label').value().validate('Web').value()[0].startsWith('a lowercase')",
  ]) {
    assert.is(value(rule), true, rule);
  }
});

test.run();
