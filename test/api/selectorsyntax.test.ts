/** Selectors as texts: what they may say, and the server's words for what they may not (api-02 §8, §9). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFieldSelector } from '../../src/api/selectors/fieldselectors.ts';
import { parseSelector } from '../../src/api/selectors/selectors.ts';

const test = suite('selector syntax');

const mistake = (text: string): string => {
  const parsed = parseSelector(text);
  return parsed.ok ? '' : parsed.message;
};
const unable = (text: string): string => mistake(text).replace('unable to parse requirement: ', '');

test('a set may leave values out: nothing between commas is the empty value', () => {
  const valuesOf = (text: string) => {
    const parsed = parseSelector(text);
    return parsed.ok ? parsed.requirements[0]!.values : parsed.message;
  };
  assert.equal(valuesOf('x in ()'), ['']);
  assert.equal(valuesOf('x in (,)'), ['']);
  assert.equal(valuesOf('x in (b,,a)'), ['', 'a', 'b']);
  assert.equal(valuesOf('x in (a,)'), ['', 'a']);
  assert.equal(valuesOf('in in (in,notin)'), ['in', 'notin']);
  assert.equal(valuesOf('x='), ['']);
});

test('what stands where nothing may is named', () => {
  assert.is(mistake(',x'), "found ',', expected: !, identifier, or 'end of string'");
  assert.is(mistake('x,,y'), "found ',', expected: identifier after ','");
  assert.is(mistake('x==a==b'), "found '==', expected: ',' or 'end of string'");
  assert.is(mistake('!x=a'), "found '=', expected: ',' or 'end of string'");
  assert.is(unable('!!x'), "found '!', expected: identifier");
  assert.is(unable('x=)'), "found ')', expected: identifier");
  assert.is(unable('x foo'), "found 'foo', expected: in, notin, =, ==, !=, gt, lt");
  assert.is(unable('x in a'), "found 'a' expected: '('");
  assert.is(unable('x in (=)'), "found '=', expected: ',', ')' or identifier");
  assert.is(unable('x in (a b)'), "found 'b', expected: ',' or ')'");
  assert.is(unable('x in (a,=)'), "found '=', expected: ',', or identifier");
});

test('keys and values are those that labels may have', () => {
  const long = 'b'.repeat(64);
  assert.is(
    unable(`x=${long}`),
    `values[0][x]: Invalid value: "${long}": must be no more than 63 bytes`,
  );
  assert.is(unable('/b=c'), '<nil>: Invalid value: "/b": prefix part must be non-empty');
  assert.match(
    unable('x=a||y=b'),
    /^values\[0\]\[x\]: Invalid value: "a\|\|y": a valid label must/,
  );
  const why = "for 'Gt', 'Lt' operators, the value must be an integer";
  const large = '9223372036854775808';
  assert.is(unable(`x>${large}`), `values[0]: Invalid value: "${large}": ${why}`);
});

test('a field selector escapes what would end its value', () => {
  const read = (text: string) => {
    const parsed = parseFieldSelector(text);
    return parsed.ok
      ? parsed.terms.map(({ field, equal, value }) => `${field}${equal ? '=' : '!='}${value}`)
      : parsed.message;
  };
  assert.equal(read(String.raw`b==x\,y,a!=p\=q`), ['a!=p=q', 'b=x,y']);
  assert.is(read('a=b=c'), 'invalid field selector: unescaped character in value: 61');
  assert.is(
    read(String.raw`a=\x`),
    String.raw`invalid field selector: invalid escape sequence: \x`,
  );
  assert.is(read('a,b=c'), "invalid selector: 'a,b=c'; can't understand 'a'");
  assert.equal(read(',,'), []);
});

test.run();
