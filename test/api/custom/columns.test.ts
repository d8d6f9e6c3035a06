/** The cells that columns of definitions show (api-08 §1). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsFrom } from '../../../src/api/custom/columns.ts';
import { timestamp } from '../../../src/api/time.ts';
import type { Any } from '../../apiserver/cluster.ts';

const test = suite('columns of definitions');

const hour = 3_600_000;

function shown(type: string, value: unknown, jsonPath = '.spec.value'): unknown {
  const column = { name: 'Value', type, jsonPath };
  const [, own] = columnsFrom({ additionalPrinterColumns: [column] } as Any);
  return own!.cell({ metadata: { name: 'x' }, spec: { value } } as never, 13 * hour);
}

test('[api-08] a value that is not of the type of its column is an empty cell', () => {
  assert.is(shown('integer', 42), 42);
  assert.is(shown('integer', 3.14), 3);
  assert.is(shown('integer', true), null);
  assert.is(shown('integer', 'foo'), null);
  assert.is(shown('integer', [1]), null);
  assert.is(shown('number', 3.14), 3.14);
  assert.is(shown('number', 'foo'), null);
  assert.is(shown('boolean', true), true);
  assert.is(shown('boolean', 42), null);
  assert.is(shown('date', 42), null);
  assert.is(shown('date', true), null);
});

test('[api-08] dates', () => {
  assert.is(shown('date', timestamp(hour)), '12h');
  assert.is(shown('date', timestamp(20 * hour)), '<invalid>');
  assert.is(shown('date', 'soon'), '<invalid>');
  assert.is(shown('date', ''), '<unknown>');
});

test('[api-08] texts: anything, and what has parts as JSON', () => {
  assert.is(shown('string', 'a'), 'a');
  assert.is(shown('string', 5), '5');
  assert.is(shown('string', 1234567.5), '1.2345675e+06');
  assert.is(shown('string', true), 'true');
  assert.is(shown('string', null), '<no value>');
  assert.is(shown('string', undefined), null);
  assert.is(shown('string', ['a', 'b']), '["a","b"]');
  assert.is(shown('string', { b: 1, a: 2 }), '{"a":2,"b":1}');
});

test('[api-08] of several values the first', () => {
  assert.is(shown('string', [{ a: 'x' }, { a: 'y' }], '.spec.value[*].a'), 'x');
  assert.is(shown('integer', [1, 2], '.spec.value[*]'), 1);
});

test('[api-08] columns end before a path that is none, and are declared as they are defined', () => {
  const columns = (...printed: readonly Any[]) =>
    columnsFrom({ additionalPrinterColumns: printed } as Any);
  const good = { name: 'A', type: 'integer', format: 'int32', priority: 2, jsonPath: '.a' };
  const bad = { name: 'B', type: 'string', jsonPath: '.a[' };
  assert.equal(
    columns(good, bad, good).map(({ name }) => name),
    ['Name', 'A'],
  );
  assert.equal(columns(good)[1]!.declared, {
    type: 'integer',
    format: 'int32',
    description: 'Custom resource definition column (in JSONPath format): .a',
    priority: 2,
  });
  assert.equal(
    columns().map(({ name }) => name),
    ['Name', 'Age'],
  );
});

test.run();
