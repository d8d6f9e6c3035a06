/** Rules of definitions, and what they see: times, what was there before, and only what changes (api-06 §4). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Request } from '../../src/apiserver/request.ts';
import { crd, definition, kind, named, Served, version, widget } from './served.ts';

const test = suite('rules of custom resources');

test('rules see times as times, and what was there before as something that may be missing', () => {
  const rules = [
    {
      rule: "!has(self.until) || self.until > timestamp('2026-01-01T00:00:00Z')",
      messageExpression: "'too early: ' + string(self.until)",
    },
    {
      rule: 'self.size >= oldSelf.?size.orValue(2)',
      optionalOldSelf: true,
      message: 'never smaller than 2 or before',
    },
  ];
  const properties = { size: { type: 'integer' }, until: { type: 'string', format: 'date-time' } };
  const openAPIV3Schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties, 'x-kubernetes-validations': rules } },
  };
  const { selectableFields: _none, ...plain } = version;
  const served = new Served(definition({ versions: [{ ...plain, schema: { openAPIV3Schema } }] }));
  const refused = (spec: object): string =>
    served.refused({ verb: 'create', kind, object: widget('w', spec) }).message;
  assert.match(
    refused({ size: 2, until: '2025-12-31T23:00:00-01:00' }),
    'spec: Invalid value: "object": too early: 2026-01-01T00:00:00Z',
  );
  assert.match(refused({ size: 1 }), 'never smaller than 2 or before');
  served.create(widget('w', { size: 5, until: '2026-06-01T00:00:00Z' }));
  const smaller = {
    verb: 'patch',
    ...named('w'),
    patchType: 'merge',
    patch: { spec: { size: 4 } },
  };
  assert.match(served.refused(smaller as Request).message, 'never smaller than 2 or before');
});

test('what has not changed is not judged again when a definition becomes stricter', () => {
  const { selectableFields: _none, ...plain } = version;
  const of = (color: object, size: object) => {
    const items = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: color } },
    };
    const properties = { color, size, items };
    return {
      ...plain,
      schema: {
        openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
      },
    };
  };
  const served = new Served(
    definition({ versions: [of({ type: 'string' }, { type: 'integer' })] }),
  );
  served.create(widget('w', { color: 'blue', size: 1, items: [{ k: 'a', v: 'blue' }] }));
  const strict = { type: 'string', maxLength: 3 };
  const odd = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self % 2 == 0' }] };
  const versions = [of(strict, odd)];
  served.ok({
    verb: 'patch',
    kind: crd,
    name: 'widgets.ex.io',
    patchType: 'merge',
    patch: { spec: { versions } },
  });
  served.settle();
  const patched = (spec: object): Request => ({
    verb: 'patch',
    ...named('w'),
    patchType: 'merge',
    patch: { spec },
  });
  served.ok(
    patched({
      items: [
        { k: 'a', v: 'blue' },
        { k: 'b', v: 'red' },
      ],
    }),
  );
  assert.match(served.refused(patched({ color: 'green' })).message, 'spec.color: Too long');
  assert.match(served.refused(patched({ size: 3 })).message, 'failed rule: self % 2 == 0');
  const items = [{ k: 'a', v: 'grey' }];
  assert.match(served.refused(patched({ items })).message, 'spec.items[0].v: Too long');
});

test.run();
