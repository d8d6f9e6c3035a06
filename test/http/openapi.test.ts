/** OpenAPI v2: what is served to whom, and that its protobuf says what its JSON says (api-01 §4.2). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fieldsIn } from '../../src/http/protobuf/wire.ts';
import { type Any, Wire } from './wire.ts';

const test = suite('openapi v2');

const path = '/openapi/v2';
const asked = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const told = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const website = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'websites.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'websites', singular: 'website', kind: 'Website', listKind: 'Sites' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['host', 'note'],
                properties: {
                  host: { type: 'string' },
                  note: { type: 'string', nullable: true },
                  port: { 'x-kubernetes-int-or-string': true },
                  raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  pod: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    properties: { data: { type: 'string' } },
                  },
                },
                oneOf: [{ required: ['host'] }],
              },
            },
          },
        },
      },
    ],
  },
};

let wire: Wire;
let json: Any;
test.before(async () => {
  wire = await Wire.up();
  await wire.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', website);
  json = await wire.get(path);
});
test.after(() => wire.end());

/** Bytes as they come, not unpacked. */
async function bytes(headers: Readonly<Record<string, string>>) {
  const response = await fetch(wire.serving.url + path, { headers });
  return { response, body: Buffer.from(await response.arrayBuffer()) };
}

/** What is in the fields of a message, one after the other: `1.2` is a field of a field. */
const at = (message: Uint8Array, place: string): readonly Uint8Array[] =>
  place
    .split('.')
    .reduce<readonly Uint8Array[]>(
      (messages, number) =>
        messages.flatMap((one) =>
          [...fieldsIn(one)]
            .filter((field) => field.number === Number(number))
            .map(({ value }) => value as Uint8Array),
        ),
      [message],
    );

const textsAt = (message: Uint8Array, place: string) =>
  at(message, place).map((part) => Buffer.from(part).toString());

test('nothing but protobuf goes to a client that takes nothing else, and 406 to who takes neither', async () => {
  assert.is((await wire.ask('GET', path, { accept: asked })).type, told);
  assert.is((await wire.ask('GET', path, { accept: `text/html, ${told}` })).type, told);
  assert.is((await wire.ask('GET', path, { accept: '*/*' })).type, 'application/json');
  const refused = await wire.ask('GET', path, { accept: 'application/yaml' });
  assert.is(refused.code, 406);
  assert.is(refused.body, '');
});

test('a type has its fields by reference, its keys for patches, and no defaults', () => {
  assert.is(json.swagger, '2.0');
  const { properties, required } = json.definitions['io.k8s.api.core.v1.PodSpec'];
  assert.equal(required, ['containers']);
  assert.equal(properties.containers, {
    type: 'array',
    items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': 'name',
  });
  const port = json.definitions['io.k8s.api.core.v1.ContainerPort'].properties.protocol;
  assert.equal(port, { type: 'string', enum: ['SCTP', 'TCP', 'UDP'] });
  assert.equal(json.definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'], {
    type: 'string',
    format: 'int-or-string',
  });
});

test('an operation has the name that generated clients call it by', () => {
  const idOf = (place: string, method: string) => json.paths[place][method].operationId;
  const apps = '/apis/apps/v1/namespaces/{namespace}/deployments';
  assert.is(idOf(apps, 'get'), 'listAppsV1NamespacedDeployment');
  assert.is(idOf(apps, 'delete'), 'deleteAppsV1CollectionNamespacedDeployment');
  assert.is(idOf(`${apps}/{name}/scale`, 'put'), 'replaceAppsV1NamespacedDeploymentScale');
  assert.is(idOf('/api/v1/pods', 'get'), 'listCoreV1PodForAllNamespaces');
  const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}';
  assert.is(idOf(roles, 'patch'), 'patchRbacAuthorizationV1ClusterRole');
  const exec = '/api/v1/namespaces/{namespace}/pods/{name}/exec';
  assert.is(idOf(exec, 'post'), 'connectCoreV1PostNamespacedPodExec');
  assert.equal(json.paths[roles].patch.tags, ['rbacAuthorization_v1']);
});

test('an operation says itself whether it can be tried, and validates fields', () => {
  const { parameters } = json.paths['/api/v1/nodes/{name}'].patch;
  const names = (parameters as Any[]).map((one) => one.name ?? one.$ref);
  assert.equal(names, [
    'body',
    'dryRun',
    '#/parameters/fieldManager',
    'fieldValidation',
    '#/parameters/force',
  ]);
});

test('every reference leads somewhere', () => {
  const references = JSON.stringify(json).matchAll(/"\$ref":"#\/(\w+)\/([^"]+)"/g);
  for (const [reference, section, name] of references) {
    assert.ok(json[section!][name!], reference);
  }
});

test('a custom kind is told as far as version 2 can tell it', () => {
  const { properties, required, ...rest } = json.definitions['com.example.v1.Website'];
  const gvk = { group: 'example.com', version: 'v1', kind: 'Website' };
  assert.equal(rest, { type: 'object', 'x-kubernetes-group-version-kind': [gvk] });
  assert.equal(properties.spec, {
    type: 'object',
    required: ['host'],
    properties: {
      host: { type: 'string' },
      note: {},
      port: { 'x-kubernetes-int-or-string': true },
      raw: { 'x-kubernetes-preserve-unknown-fields': true },
      pod: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          data: { type: 'string' },
          metadata: properties.metadata,
        },
        required: ['kind', 'apiVersion'],
      },
    },
  });
  const list = json.definitions['com.example.v1.Sites'];
  assert.equal(list['x-kubernetes-group-version-kind'], [{ ...gvk, kind: 'Sites' }]);
});

test('the protobuf says what the JSON says: Document.definitions, paths, and their extensions', async () => {
  const { body } = await bytes({ Accept: asked, 'Accept-Encoding': 'identity' });
  assert.equal(textsAt(body, '1'), ['2.0']);
  assert.equal(textsAt(body, '8.2.1'), Object.keys(json.paths));
  assert.equal(textsAt(body, '9.1.1'), Object.keys(json.definitions));
  const named = at(body, '9.1').find(
    (one) => textsAt(one, '1')[0] === 'io.k8s.api.apps.v1.Deployment',
  )!;
  const type = at(named, '2')[0]!;
  assert.equal(textsAt(type, '22.1'), ['object']);
  assert.equal(textsAt(type, '25.1.1'), ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
  assert.equal(textsAt(type, '31.1'), ['x-kubernetes-group-version-kind']);
  assert.equal(JSON.parse(textsAt(type, '31.2.2')[0]!), [
    { group: 'apps', version: 'v1', kind: 'Deployment' },
  ]);
  const patch = at(body, '8.2')
    .filter((one) => textsAt(one, '1')[0] === '/api/v1/nodes/{name}')
    .flatMap((one) => at(one, '2.8'));
  assert.equal(
    patch.flatMap((one) => textsAt(one, '7')),
    json.paths['/api/v1/nodes/{name}'].patch.consumes,
  );
});

test('who has it already gets 304, who takes gzip gets gzip, and a new kind makes it another one', async () => {
  const { response, body } = await bytes({ 'Accept-Encoding': 'gzip' });
  assert.is(response.headers.get('content-encoding'), 'gzip');
  assert.is(JSON.parse(body.toString()).swagger, '2.0', 'fetch has unpacked it');
  const etag = response.headers.get('etag')!;
  assert.is((await bytes({ 'If-None-Match': etag })).response.status, 304);
  const names = { plural: 'pages', singular: 'page', kind: 'Page' };
  const page = { ...website, metadata: { name: 'pages.example.com' } };
  await wire.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    ...page,
    spec: { ...website.spec, names },
  });
  const changed = await bytes({ 'If-None-Match': etag });
  assert.is(changed.response.status, 200);
  assert.ok(JSON.parse(changed.body.toString()).definitions['com.example.v1.Page']);
});

test.run();
