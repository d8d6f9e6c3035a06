/** Versions of a custom kind on the wire: tables, warnings, lists and server-side apply (api-08 §1, api-04 §5). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, patchTypes, Wire } from './wire.ts';

const test = suite('versions of custom resources on the wire');

const text = { type: 'string' };
const schemaOf = (fields: object) => ({
  openAPIV3Schema: {
    type: 'object',
    properties: { spec: { type: 'object', properties: fields } },
  },
});

const parts = {
  type: 'array',
  items: { type: 'object', required: ['k'], properties: { k: text, v: text } },
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['k'],
};
const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gizmos.ex.io' },
  spec: {
    group: 'ex.io',
    scope: 'Namespaced',
    names: { plural: 'gizmos', kind: 'Gizmo' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: false,
        deprecated: true,
        deprecationWarning: 'gizmos of old',
        schema: schemaOf({ size: { type: 'integer' } }),
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: schemaOf({ size: { type: 'integer' } }),
        additionalPrinterColumns: [{ name: 'Beta', type: 'string', jsonPath: '.spec.size' }],
      },
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: schemaOf({ size: { type: 'integer' }, parts, free }),
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'how big' },
          { name: 'Parts', type: 'string', jsonPath: '.spec.parts[*].k', priority: 1 },
          { name: 'First', type: 'string', jsonPath: '.spec.parts' },
          { name: 'When', type: 'date', jsonPath: '.spec.free.when' },
        ],
      },
      { name: 'v2', served: true, storage: false, schema: schemaOf({ parts }) },
    ],
  },
};

let wire: Wire;
const at = (version: string, name = '') =>
  `/apis/ex.io/${version}/namespaces/default/gizmos${name && `/${name}`}`;
const gizmo = (version: string, name: string, spec: object) => ({
  apiVersion: `ex.io/${version}`,
  kind: 'Gizmo',
  metadata: { name },
  spec,
});

test.before(async () => {
  wire = await Wire.up();
  await wire.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
});

test.after(() => wire.end());

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';

test('a table has the columns of the version that is asked for', async () => {
  const spec = { size: 7, parts: [{ k: 'a' }, { k: 'b' }], free: { when: 'never' } };
  await wire.post(at('v1'), gizmo('v1', 'g', spec));
  const table = async (version: string) => wire.ok('GET', at(version), { accept });
  const beta = await table('v1beta1');
  assert.equal(
    beta.columnDefinitions.map(({ name }: Any) => name),
    ['Name', 'Beta'],
  );
  assert.equal(beta.rows[0].cells, ['g', '7']);
  const stable = await table('v1');
  assert.equal(stable.rows[0].cells, ['g', 7, 'a', '[{"k":"a"},{"k":"b"}]', '<invalid>']);
  assert.equal(stable.columnDefinitions.slice(1, 3), [
    { name: 'Size', type: 'integer', format: '', description: 'how big', priority: 0 },
    {
      name: 'Parts',
      type: 'string',
      format: '',
      description: 'Custom resource definition column (in JSONPath format): .spec.parts[*].k',
      priority: 1,
    },
  ]);
  const names = (await table('v2')).columnDefinitions.map(({ name }: Any) => name);
  assert.equal(names, ['Name', 'Age']);
});

test('who speaks a deprecated version is warned, whatever is asked', async () => {
  const warned = async (version: string, path = at(version)) =>
    (await wire.ask('GET', path)).headers.get('warning');
  assert.is(
    await warned('v1beta1'),
    '299 - "ex.io/v1beta1 Gizmo is deprecated; use ex.io/v2 Gizmo"',
  );
  assert.is(await warned('v1alpha1', at('v1alpha1', 'none')), '299 - "gizmos of old"');
  assert.is(await warned('v1'), null);
});

test('items of a list say what they are', async () => {
  await wire.ask('POST', at('v1'), { body: gizmo('v1', 'typed', {}) });
  const { kind, items } = await wire.get(at('v1beta1'));
  assert.is(kind, 'GizmoList');
  for (const item of items) {
    assert.equal([item.apiVersion, item.kind], ['ex.io/v1beta1', 'Gizmo']);
  }
});

test('a watch tells its version, and ends in bookmarks of it', async () => {
  const path = `${at('v1beta1')}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
  const events = await wire.watch(path, (all) => all.some(({ type }) => type === 'BOOKMARK'));
  for (const { object } of events) assert.is(object.apiVersion, 'ex.io/v1beta1');
});

test('a body of another version than the path is refused', async () => {
  const { code, body } = await wire.ask('POST', at('v1'), { body: gizmo('v2', 'x', {}) });
  assert.is(code, 400);
  assert.is(
    body.message,
    'the API version in the data (ex.io/v2) does not match the expected API version (ex.io/v1)',
  );
});

const apply = (manager: string, spec: object) =>
  wire.ask('PATCH', `${at('v1', 'applied')}?fieldManager=${manager}`, {
    body: gizmo('v1', 'applied', spec),
    type: patchTypes.apply,
  });

test('items of a list with keys are applied by several managers', async () => {
  await apply('one', { parts: [{ k: 'a', v: '1' }] });
  const { body } = await apply('two', { parts: [{ k: 'b', v: '2' }] });
  assert.equal(body.spec.parts, [
    { k: 'a', v: '1' },
    { k: 'b', v: '2' },
  ]);
  const owned = body.metadata.managedFields.map(({ fieldsV1 }: Any) => fieldsV1);
  assert.equal(owned[1], {
    'f:spec': { 'f:parts': { 'k:{"k":"b"}': { '.': {}, 'f:k': {}, 'f:v': {} } } },
  });
  const conflict = await apply('two', { parts: [{ k: 'a', v: '3' }] });
  assert.is(conflict.code, 409);
  assert.match(conflict.body.message, 'conflict with "one": .spec.parts[k="a"].v');
});

test('what the schema does not declare cannot be applied, unless it keeps what it does not know', async () => {
  const { code, body } = await apply('three', { bogus: 1 });
  assert.is(code, 500);
  assert.match(body.message, '.spec.bogus: field not declared in schema');
  assert.is((await apply('three', { free: { any: { thing: 1 } } })).code, 200);
});

test('nobody owns that there is metadata', async () => {
  const made = await wire.post(at('v1'), gizmo('v1', 'owned', { size: 1 }));
  assert.equal(made.metadata.managedFields[0].fieldsV1, { 'f:spec': { '.': {}, 'f:size': {} } });
});

test.run();
