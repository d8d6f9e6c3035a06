/** Tables as they go over the wire: what they declare, and in which order they show it (api-08 §1). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, Wire } from './wire.ts';

const test = suite('tables over HTTP');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up();
});
test.after(() => wire.end());

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const table = (path: string): Promise<Any> => wire.ok('GET', path, { accept });

test('[api-08] FlowSchemas in the order in which they are asked', async () => {
  const path = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';
  const spec = { priorityLevelConfiguration: { name: 'exempt' } };
  for (const [name, matchingPrecedence] of [
    ['a', 700],
    ['z', 600],
    ['y', 700],
  ] as const) {
    await wire.post(path, { metadata: { name }, spec: { ...spec, matchingPrecedence } });
  }
  const { rows } = await table(path);
  const names = rows.map(({ cells }: Any) => cells[0]);
  assert.equal(
    names.filter((name: string) => name.length === 1),
    ['z', 'a', 'y'],
  );
});

test('[api-08] each version of a definition has its own columns, with the types it gives them', async () => {
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  const size = { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'How large' };
  const last = { name: 'Last', type: 'string', jsonPath: '.spec.list[-1:].name', priority: 1 };
  await wire.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'boxes.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'boxes', singular: 'box', kind: 'Box', listKind: 'BoxList' },
      versions: [
        { name: 'v1', served: true, storage: true, schema, additionalPrinterColumns: [size] },
        { name: 'v2', served: true, storage: false, schema, additionalPrinterColumns: [last] },
      ],
    },
  });
  const boxes = (version: string) => `/apis/example.com/${version}/namespaces/default/boxes`;
  const spec = { size: 3, list: [{ name: 'a' }, { name: 'b' }] };
  const box = { apiVersion: 'example.com/v1', kind: 'Box', metadata: { name: 'x' }, spec };
  await wire.post(boxes('v1'), box);
  const first = await table(boxes('v1'));
  assert.equal(first.columnDefinitions[1], {
    name: 'Size',
    type: 'integer',
    format: '',
    description: 'How large',
    priority: 0,
  });
  assert.equal(first.rows[0].cells, ['x', 3]);
  const second = await table(boxes('v2'));
  assert.is(second.columnDefinitions[1].name, 'Last');
  assert.equal(second.rows[0].cells, ['x', 'b']);
});

test('[api-03] a bookmark is of the version that is watched', async () => {
  const query =
    'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
  const path = '/apis/autoscaling/v1/horizontalpodautoscalers';
  const [mark] = await wire.watch(`${path}?${query}`, (seen) => seen.length === 1);
  assert.is(mark!.type, 'BOOKMARK');
  assert.is(mark!.object.apiVersion, 'autoscaling/v1');
});

test.run();
