/** What paths lead to, and which texts are none (api-08 §1). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePath, valuesAt } from '../../../src/api/jsonpath/index.ts';

const test = suite('JSONPath');

const shop = {
  books: [
    { name: 'a', price: 8, tags: ['x', 'y'] },
    { name: 'b', price: 12 },
    { name: 'c', price: 8.5, sold: true },
  ],
  'a.b/c': 1,
  owner: { name: 'o', nothing: null },
};

const found = (path: string) => valuesAt(shop, path);

test('[api-08] fields, with dots in their names too', () => {
  assert.equal(found('.owner.name'), ['o']);
  assert.equal(found('.a\\.b/c'), [1]);
  assert.equal(found("['a\\.b/c']"), [1]);
  assert.equal(found('.owner.nothing'), [null]);
  assert.equal(found('.owner.nothing.more'), []);
  assert.equal(found('.missing'), []);
});

test('[api-08] items: one, some of them, and those counted from the end', () => {
  assert.equal(found('.books[0].name'), ['a']);
  assert.equal(found('.books[-1].name'), ['c']);
  assert.equal(found('.books[-2:].name'), ['b', 'c']);
  assert.equal(found('.books[0:2].name'), ['a', 'b']);
  assert.equal(found('.books[::2].name'), ['a', 'c']);
  assert.equal(found('.books[0,2].name'), ['a', 'c']);
  assert.equal(found('.books[*].name'), ['a', 'b', 'c']);
  assert.equal(found('.books[3].name'), [], 'beyond the end');
  assert.equal(found('.books[0:4].name'), [], 'as far as beyond the end');
  assert.equal(found('.owner[0]'), [], 'no list');
});

test('[api-08] everything, at one level and at all', () => {
  assert.equal(found('.owner.*'), ['o', null]);
  assert.equal(found('..name'), ['a', 'b', 'c', 'o']);
});

test('[api-08] items that a filter lets through', () => {
  assert.equal(found('.books[?(@.name=="b")].price'), [12]);
  assert.equal(found(".books[?(@.name=='b')].price"), [12]);
  assert.equal(found('.books[?(@.price < 9)].name'), ['a', 'c']);
  assert.equal(found('.books[?(@.price>=12)].name'), ['b']);
  assert.equal(found('.books[?(@.name!="a")].name'), ['b', 'c']);
  assert.equal(found('.books[?(@.tags)].name'), ['a']);
  assert.equal(found('.books[?(@.sold==true)].name'), [], 'an item without the field ends it all');
  assert.equal(found('.books[?(@.price=="8")].name'), [], 'a number is no text');
  assert.equal(found('.owner[?(@.name=="o")]'), [], 'no list');
});

test('[api-08] texts that are no paths', () => {
  for (const text of ['.a[', '.a[x]', '.a[?(@.b]', '.a["b"]', '.a[-]', '.a....b', 'range']) {
    assert.is(parsePath(text), undefined, text);
  }
});

test.run();
