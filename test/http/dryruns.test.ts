/** Dry runs on the wire: where they are asked for, and that they leave everything as it was (api-02 §6). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Wire } from './wire.ts';

const test = suite('dry runs');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up();
  await wire.post('/api/v1/namespaces', { metadata: { name: 'kept' } });
  for (const name of ['a', 'b']) await wire.post(maps, { metadata: { name } });
});
test.after(() => wire.end());

const maps = '/api/v1/namespaces/kept/configmaps';
const all = { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] };
const kept = async () => (await wire.names(maps)).filter((name) => name !== 'kube-root-ca.crt');

test('DELETE with dryRun in its DeleteOptions says that it is done, and leaves it', async () => {
  const { status } = await wire.ok('DELETE', `${maps}/a`, { body: all });
  assert.is(status, 'Success');
  assert.equal(await kept(), ['a', 'b']);
});

test('DELETE of a collection, too', async () => {
  assert.is((await wire.ok('DELETE', maps, { body: all })).items.length >= 2, true);
  assert.equal(await kept(), ['a', 'b']);
});

test('DELETE without a body takes it from the query', async () => {
  await wire.ok('DELETE', `${maps}/a?dryRun=All`);
  assert.equal(await kept(), ['a', 'b']);
});

test('DELETE refuses what cannot be tried', async () => {
  const { message } = await wire.ok('DELETE', `${maps}/a`, { body: { dryRun: ['x'] } }, 422);
  assert.is(
    message,
    'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"x"}: supported values: "All"',
  );
  assert.equal(await kept(), ['a', 'b']);
});

test('DELETE with a body counts what the body says, and the query for nothing', async () => {
  await wire.ok('DELETE', `${maps}/a?dryRun=All`, { body: { propagationPolicy: 'Background' } });
  assert.equal(await kept(), ['b']);
});

test('a JSON patch that cannot be applied warns of no field', async () => {
  const refused = await wire.ask('PATCH', `${maps}/b`, {
    type: 'application/json-patch+json',
    body: [{ op: 'replace', path: '/nope/x', value: 1 }],
  });
  assert.is(refused.code, 422);
  assert.is(refused.headers.get('warning'), null);
});

test.run();
