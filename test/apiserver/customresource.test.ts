/** CustomResourceDefinitions and what they define, as a real API server answers (api-06 §4). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Request } from '../../src/apiserver/request.ts';
import type { Any } from './cluster.ts';
import { crd, definition, kind, named, names, Served, version, widget } from './served.ts';

const test = suite('custom resources');

test('a definition with free names is established, and its defaults are filled in', () => {
  const served = new Served(definition());
  const stored = served.cluster.simulation.store.get<Any>(crd, 'widgets.ex.io');
  assert.equal(served.conditions(), [
    'NamesAccepted=True NoConflicts',
    'Established=True InitialNamesAccepted',
  ]);
  assert.equal(stored.status.acceptedNames, {
    ...names,
    singular: 'widget',
    listKind: 'WidgetList',
  });
  assert.equal(stored.status.storedVersions, ['v1']);
  assert.equal(stored.spec.conversion, { strategy: 'None' });
  assert.is(stored.metadata.generation, 1);
});

test('names that another definition of the group has are not accepted', () => {
  const other = definition({ names: { plural: 'gadgets', kind: 'Widget' } }, 'gadgets.ex.io');
  const served = new Served(definition(), other);
  assert.equal(served.conditions('gadgets.ex.io'), [
    'NamesAccepted=False ListKindConflict',
    'Established=False NotAccepted',
  ]);
  served.ok({ verb: 'delete', kind: crd, name: 'widgets.ex.io' });
  served.settle();
  assert.equal(served.conditions('gadgets.ex.io').at(-1), 'Established=True InitialNamesAccepted');
});

test('the same kind in another group is another kind', () => {
  const group = { group: 'other.io' };
  const served = new Served(definition(), definition(group, 'widgets.other.io'));
  served.create(widget('w', { size: 1 }));
  const object = { ...widget('w', { size: 2 }), apiVersion: 'other.io/v1' };
  served.ok({ verb: 'create', kind: 'Widget.other.io', object });
  assert.is(served.ok({ verb: 'get', ...named('w') }).spec.size, 1);
});

test('unknown fields go, defaults come, status waits', () => {
  const served = new Served(definition());
  const made = served.create(
    widget('w1', { size: 5, color: 'red', bogus: 1 }, { status: { x: 1 } }),
  );
  assert.equal(made.spec, { size: 5, color: 'red' });
  assert.is(made.status, undefined);
  assert.is(made.metadata.generation, 1);
  assert.equal(served.create(widget('w2', {})).spec, { size: 3 });
});

test('what does not fit the schema is refused in the words of a real server', () => {
  const served = new Served(definition());
  const create = (spec: object, how?: 'Strict') =>
    served.refused({
      verb: 'create',
      kind,
      object: widget('w3', spec),
      ...(how === undefined ? {} : { fieldValidation: how }),
    });
  const wrong = create({ size: 'a', color: 'green' });
  assert.is(
    wrong.message,
    'Widget.ex.io "w3" is invalid: [spec.color: Unsupported value: "green": supported values: "red", "blue", spec.size: Invalid value: "string": spec.size in body must be of type integer: "string", <nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
  );
  assert.equal(wrong.details.causes.map(({ reason }: Any) => reason).sort(), [
    'FieldValueInvalid',
    'FieldValueNotSupported',
    'FieldValueTypeInvalid',
  ]);
  assert.is(
    create({ size: 500 }).message,
    'Widget.ex.io "w3" is invalid: spec: Invalid value: "object": too big',
  );
  const strict = create({ size: 5, bogus: 1 }, 'Strict');
  assert.is(
    strict.message,
    'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.bogus"',
  );
  assert.is(strict.code, 400);
});

test('patches: merge and JSON, not strategic', () => {
  const served = new Served(definition());
  served.create(widget('w1', { size: 5 }));
  const patch = { spec: { size: 6 } };
  const strategic = served.refused({
    verb: 'patch',
    ...named('w1'),
    patchType: 'strategic',
    patch,
  });
  assert.is(strategic.code, 415);
  const merged = served.ok({ verb: 'patch', ...named('w1'), patchType: 'merge', patch });
  assert.equal([merged.spec.size, merged.metadata.generation], [6, 2]);
  const labelled = { metadata: { labels: { a: 'b' } } };
  const same = served.ok({ verb: 'patch', ...named('w1'), patchType: 'merge', patch: labelled });
  assert.is(same.metadata.generation, 2);
});

test('status is written apart, and an update names its version', () => {
  const served = new Served(definition());
  const { metadata } = served.create(widget('w1', { size: 6 }));
  const patch = { status: { replicas: 2 }, spec: { size: 99 } };
  const subresource = 'status';
  const written = served.ok({
    verb: 'patch',
    ...named('w1'),
    subresource,
    patchType: 'merge',
    patch,
  });
  assert.equal([written.spec, written.status], [{ size: 6 }, { replicas: 2 }]);
  const { resourceVersion: _none, ...unversioned } = metadata;
  const object = { ...widget('w1', { size: 7 }), metadata: unversioned } as KubeObject;
  const why = served.refused({ verb: 'update', kind, object });
  assert.match(why.message, /^widgets\.ex\.io "w1" is invalid: metadata\.resourceVersion: /);
});

test('scale: where the definition says that the size stands', () => {
  const served = new Served(definition());
  served.create(widget('w1', { size: 6 }));
  const scaling = (replicas: number): Request => ({
    verb: 'patch',
    ...named('w1'),
    subresource: 'scale',
    patchType: 'merge',
    patch: { spec: { replicas } },
  });
  const why = served.refused(scaling(3));
  assert.match(why.message, /the spec replicas field "\.spec\.replicas" does not exist/);
  const patch = { spec: { replicas: 1 } };
  served.ok({ verb: 'patch', ...named('w1'), patchType: 'merge', patch });
  assert.equal(served.ok(scaling(3)).spec, { replicas: 3 });
  assert.is(served.ok({ verb: 'get', ...named('w1') }).spec.replicas, 3);
});

test('selectable fields select', () => {
  const served = new Served(definition());
  served.create(widget('w1', { size: 1, color: 'red' }));
  served.create(widget('w2', { size: 1 }));
  const list = served.ok({ verb: 'list', kind, fieldSelector: 'spec.color=red' });
  assert.equal(
    list.items.map(({ metadata }: Any) => metadata.name),
    ['w1'],
  );
});

test('versions share what is stored', () => {
  const next = { ...version, name: 'v2', storage: false };
  const served = new Served(definition({ versions: [version, next] }));
  served.create({ ...widget('w1', { size: 4 }), apiVersion: 'ex.io/v2' });
  assert.is(served.ok({ verb: 'get', ...named('w1') }).apiVersion, 'ex.io/v1');
  const newer = served.ok({ verb: 'get', ...named('w1'), apiVersion: 'ex.io/v2' });
  assert.equal([newer.apiVersion, newer.spec.size], ['ex.io/v2', 4]);
});

test('a definition goes after what it defines', () => {
  const served = new Served(definition());
  served.create(widget('w1', { size: 4 }, {}));
  const held = widget('w2', { size: 4 });
  served.create({ ...held, metadata: { name: 'w2', finalizers: ['ex.io/hold'] } });
  const marked = served.ok({ verb: 'delete', kind: crd, name: 'widgets.ex.io' });
  assert.equal(marked.metadata.finalizers, ['customresourcecleanup.apiextensions.k8s.io']);
  const { simulation } = served.cluster;
  simulation.advance(1_000);
  while (simulation.calm());
  assert.is(simulation.store.get(kind, 'default/w1'), undefined);
  assert.ok(simulation.store.get(crd, 'widgets.ex.io'), 'waits for w2');
  const closed = served.refused({ verb: 'create', kind, object: widget('w3', {}) });
  assert.is(closed.code, 405);
  const patch = { metadata: { finalizers: null } };
  served.ok({ verb: 'patch', ...named('w2'), patchType: 'merge', patch });
  served.settle();
  assert.is(simulation.store.get(crd, 'widgets.ex.io'), undefined);
  assert.is(served.refused({ verb: 'list', kind }).code, 404);
});

test('what depends on a custom resource is collected with it, and the other way round', () => {
  const served = new Served(definition());
  const { metadata } = served.create(widget('w1', { size: 4 }));
  const owner = { apiVersion: 'ex.io/v1', kind: 'Widget', name: 'w1', uid: metadata.uid };
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', ownerReferences: [owner] },
  } as Any;
  const config = served.ok({ verb: 'create', kind: 'ConfigMap', object });
  const parent = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: config.metadata.uid };
  const child = widget('w2', { size: 4 });
  served.create({ ...child, metadata: { name: 'w2', ownerReferences: [parent] } });
  served.settle();
  const { store } = served.cluster.simulation;
  assert.ok(store.get(kind, 'default/w2'));
  served.ok({ verb: 'delete', ...named('w1') });
  served.settle();
  assert.is(store.get('ConfigMap', 'default/c'), undefined);
  assert.is(store.get(kind, 'default/w2'), undefined);
});

test('definitions that cannot be served are refused, and it is told why', () => {
  const served = new Served();
  const refused = (spec: object, name?: string) =>
    served.refused({ verb: 'create', kind: crd, object: definition(spec, name) }).message;
  const bad = refused({ group: 'x.z', versions: [{ name: 'v1', served: true, storage: true }] });
  assert.match(bad, /metadata\.name: .*must be spec\.names\.plural\+"\."\+spec\.group/);
  assert.match(bad, /spec\.versions\[0\]\.schema\.openAPIV3Schema: Required value/);
  const withSchema = (openAPIV3Schema: object) => ({
    versions: [{ ...version, schema: { openAPIV3Schema } }],
  });
  const untyped = { type: 'object', properties: { spec: {} } };
  assert.match(refused(withSchema(untyped)), /properties\[spec\]\.type: Required value/);
  const rule = { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.a ~ 1' }] };
  assert.match(
    refused(withSchema(rule)),
    /compilation failed: ERROR: <input>:1:8: Syntax error: token recognition error at: '~'/,
  );
  const unknown = { ...rule, 'x-kubernetes-validations': [{ rule: 'quantified(self.a) > 1' }] };
  assert.match(
    refused(withSchema(unknown)),
    /undeclared reference to 'quantified' \(in container ''\)/,
  );
  const bare = refused({ conversion: { strategy: 'Webhook' } });
  assert.match(
    bare,
    'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
  );
  assert.match(bare, 'spec.conversion.conversionReviewVersions: Required value');
  const webhook = { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://x.y' } };
  assert.match(
    refused({ conversion: { strategy: 'None', webhook } }),
    'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook',
  );
});

test.run();
