/** A custom kind in several versions: each with its own schema, all of the same objects (api-06 §4). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Request } from '../../src/apiserver/request.ts';
import type { Any } from './cluster.ts';
import { crd, definition, kind, named, Served } from './served.ts';

const test = suite('versions of custom resources');

const versionOf = (name: string, fields: object, more: object = {}): Any => ({
  name,
  served: true,
  storage: false,
  subresources: { status: {} },
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: fields },
        status: { type: 'object', properties: { ok: { type: 'boolean' } } },
      },
    },
  },
  ...more,
});

const text = { type: 'string' };
const older = versionOf('v1beta1', {
  old: text,
  color: text,
  speed: { type: 'integer', default: 1 },
});
const color = { type: 'string', enum: ['red', 'blue'] };
const newer = versionOf('v1', { color, fresh: { type: 'string', default: 'f' } });
const kept = { storage: true };

const served = (...versions: Any[]) => new Served(definition({ versions }));
const both = () => served(older, { ...newer, ...kept });

const widget = (version: string, name: string, spec: object): Any => ({
  apiVersion: `ex.io/${version}`,
  kind: 'Widget',
  metadata: { name },
  spec,
});

const specIn = (cluster: Served, version: string, name = 'w') =>
  cluster.ok({ verb: 'get', ...named(name), apiVersion: `ex.io/${version}` }).spec;

test('what is sent is pruned, filled in and judged by the version that is spoken', () => {
  const cluster = both();
  const made = cluster.create(widget('v1beta1', 'w', { old: 'x', color: 'green', fresh: 'no' }));
  // What only the other version knows goes on the way in; what only this one knows, on the way to the store.
  assert.equal([made.apiVersion, made.spec], ['ex.io/v1beta1', { color: 'green' }]);
  const refused = cluster.refused({
    verb: 'create',
    kind,
    object: widget('v1', 'n', { color: 'green' }),
  });
  assert.match(refused.message, 'spec.color: Unsupported value: "green"');
});

test('unknown fields are those of the version that is spoken', () => {
  const cluster = both();
  const strict = (version: string, spec: object): Request => ({
    verb: 'create',
    kind,
    object: widget(version, 'w', spec),
    fieldValidation: 'Strict',
  });
  assert.is(
    cluster.refused(strict('v1beta1', { fresh: 'x' })).message,
    'Widget in version "v1beta1" cannot be handled as a Widget: strict decoding error: unknown field "spec.fresh"',
  );
  assert.match(cluster.refused(strict('v1', { old: 'x' })).message, 'unknown field "spec.old"');
  cluster.ok(strict('v1beta1', { old: 'x' }));
});

test('defaults come from the version that is sent, then from the one that is stored', () => {
  const cluster = served({ ...older, ...kept }, newer);
  cluster.create(widget('v1', 'w', {}));
  assert.equal(specIn(cluster, 'v1beta1'), { speed: 1 });
  assert.equal(specIn(cluster, 'v1'), {}, 'reading brings no defaults of another version');
});

test('a version that is not served is not there, nor is one that is not defined', () => {
  const cluster = served({ ...older, served: false }, { ...newer, ...kept });
  for (const version of ['v1beta1', 'v7']) {
    const object = widget(version, 'w', {});
    assert.is(cluster.refused({ verb: 'create', kind, object }).code, 404, version);
  }
});

test('a patch sees the object as its version tells it, and is judged by that version', () => {
  const cluster = both();
  cluster.create(widget('v1beta1', 'w', { color: 'green' }));
  const patched = (apiVersion: string, spec: object): Request => ({
    verb: 'patch',
    ...named('w'),
    apiVersion,
    patchType: 'merge',
    patch: { spec },
  });
  assert.is(cluster.ok(patched('ex.io/v1beta1', { color: 'pink' })).spec.color, 'pink');
  assert.is(cluster.refused(patched('ex.io/v1', { color: 'grey' })).code, 422);
  assert.is(cluster.ok(patched('ex.io/v1', { color: 'red' })).spec.color, 'red');
});

test('a removal, marks and all, works in every version', () => {
  const cluster = both();
  const object = widget('v1beta1', 'w', {});
  cluster.create({ ...object, metadata: { name: 'w', finalizers: ['ex.io/hold'] } });
  const marked = cluster.ok({ verb: 'delete', ...named('w'), apiVersion: 'ex.io/v1beta1' });
  assert.is(marked.apiVersion, 'ex.io/v1beta1');
  assert.is(marked.metadata.generation, 2);
  const patch = { metadata: { finalizers: null } };
  cluster.ok({
    verb: 'patch',
    ...named('w'),
    apiVersion: 'ex.io/v1beta1',
    patchType: 'merge',
    patch,
  });
  assert.is(cluster.refused({ verb: 'get', ...named('w') }).code, 404);
});

test('what was stored in the version before stays until somebody writes it, changed or not', () => {
  const plain = versionOf('v1', { color });
  const cluster = served({ ...older, ...kept }, plain);
  cluster.create(widget('v1beta1', 'w', { color: 'red', old: 'x' }));
  const raw = (): Any => cluster.cluster.simulation.store.get(kind, 'default/w');
  const versions = [older, { ...plain, ...kept }];
  cluster.ok({
    verb: 'patch',
    kind: crd,
    name: 'widgets.ex.io',
    patchType: 'merge',
    patch: { spec: { versions } },
  });
  cluster.settle();
  const told: Any = cluster.cluster.simulation.store.get(crd, 'widgets.ex.io');
  assert.equal(told.status.storedVersions, ['v1beta1', 'v1']);
  assert.is(raw().apiVersion, 'ex.io/v1beta1');
  const before = cluster.ok({ verb: 'get', ...named('w') });
  assert.equal([before.apiVersion, before.spec], ['ex.io/v1', { color: 'red' }]);
  const after = cluster.ok({ verb: 'update', kind, object: before });
  assert.not.equal(after.metadata.resourceVersion, before.metadata.resourceVersion);
  assert.is(after.metadata.generation, before.metadata.generation);
  assert.equal([raw().apiVersion, raw().spec], ['ex.io/v1', { color: 'red' }]);
  const again = cluster.ok({ verb: 'update', kind, object: after });
  assert.equal(again.metadata.resourceVersion, after.metadata.resourceVersion);
});

test('who writes a status writes no labels', () => {
  const cluster = both();
  cluster.create(widget('v1', 'w', {}));
  const written = cluster.ok({
    verb: 'patch',
    ...named('w'),
    subresource: 'status',
    patchType: 'merge',
    patch: { metadata: { labels: { a: 'b' }, finalizers: ['x.io/y'] }, status: { ok: true } },
  });
  assert.equal(written.status, { ok: true });
  assert.is(written.metadata.labels, undefined);
  assert.is(written.metadata.finalizers, undefined);
});

test('a null that may not be goes, unless there is a default for it', () => {
  const cluster = both();
  assert.equal(cluster.create(widget('v1', 'w', { color: null, fresh: null })).spec, {
    fresh: 'f',
  });
});

test('metadata is read as that of any kind', () => {
  const cluster = both();
  const object = { ...widget('v1', 'w', {}), metadata: { name: 'w', label: {} } };
  const why = cluster.refused({ verb: 'create', kind, object, fieldValidation: 'Strict' });
  assert.match(why.message, 'strict decoding error: unknown field "metadata.label"');
});

test('a definition may name a webhook for conversions; nobody asks it', () => {
  const service = { namespace: 'op', name: 'hook', path: '/convert' };
  const webhook = { conversionReviewVersions: ['v1'], clientConfig: { service } };
  const conversion = { strategy: 'Webhook', webhook };
  const versions = [older, { ...newer, ...kept }];
  const cluster = new Served(definition({ versions, conversion }));
  const stored = cluster.cluster.simulation.store.get<Any>(crd, 'widgets.ex.io');
  assert.is(stored.spec.conversion.webhook.clientConfig.service.port, 443);
  cluster.create(widget('v1beta1', 'w', { color: 'red' }));
  assert.is(specIn(cluster, 'v1').color, 'red');
});

test.run();
