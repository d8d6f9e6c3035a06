/**
 * OpenAPI v3, one document per group and version, generated from the structure of the API: what kubectl
 * needs to validate, to build patches and to explain (api-01 §4). Version 2 is refused.
 */
import { createHash } from 'node:crypto';
import { type FieldType, type TypeInfo, typeNameOf, typeOf } from '../api/structure.ts';
import { type Answer, goJson, textAnswer } from './reply.ts';
import type { Catalog, GroupEntry, ResourceEntry, SubresourceEntry } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

/** What custom resources look like: the schema of a kind, if it is one of those. */
export type CustomSchema = (apiVersion: string, kind: string) => Json | undefined;

export class OpenApi {
  readonly #catalog: Catalog;
  readonly #customSchema: CustomSchema;
  readonly #documents = new Map<
    string,
    { readonly of: GroupEntry; readonly text: string; readonly hash: string }
  >();

  constructor(catalog: Catalog, customSchema: CustomSchema = () => undefined) {
    this.#catalog = catalog;
    this.#customSchema = customSchema;
  }

  /** `/openapi/v3`: where the documents are. */
  index(): Answer {
    const paths: Record<string, Json> = {};
    for (const [path, group, version] of this.#places()) {
      const { hash } = this.#document(path, group, version);
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
    return textAnswer(200, `${goJson({ paths })}\n`);
  }

  /** `/openapi/v3/apis/apps/v1`; an old hash is sent on to the new one. */
  document(path: string, hash: string | null): Answer | undefined {
    const place = this.#places().find(([known]) => known === path);
    if (place === undefined) return undefined;
    const document = this.#document(...place);
    if (hash !== null && hash !== document.hash) {
      const Location = `/openapi/v3/${path}?hash=${document.hash}`;
      return { ...textAnswer(301, ''), headers: { Location } };
    }
    const headers = {
      ETag: `"${document.hash}"`,
      ...(hash === null ? {} : { 'Cache-Control': 'public, immutable' }),
    };
    return { ...textAnswer(200, document.text, 'application/json'), headers };
  }

  #places(): readonly (readonly [string, GroupEntry, string])[] {
    const core = this.#catalog.core.map((group) => ['api/v1', group, 'v1'] as const);
    const groups = this.#catalog.groups.flatMap((group) =>
      group.versions.map(
        ({ version }) => [`apis/${group.metadata.name}/${version}`, group, version] as const,
      ),
    );
    return [...core, ...groups];
  }

  #document(path: string, of: GroupEntry, version: string) {
    const known = this.#documents.get(path);
    if (known !== undefined && known.of === of) return known;
    const text = goJson(this.#generate(path, of, version));
    const hash = createHash('sha512').update(text).digest('hex').toUpperCase();
    const document = { of, text, hash };
    this.#documents.set(path, document);
    return document;
  }

  #generate(
    path: string,
    { metadata: { name: group = '' }, versions }: GroupEntry,
    version: string,
  ) {
    const schemas = new Schemas(this.#customSchema);
    const paths: Record<string, Json> = {};
    const resources = versions.find((one) => one.version === version)?.resources ?? [];
    for (const entry of resources) addPaths(paths, `/${path}`, group, version, entry, schemas);
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: 'v1.36.2' },
      paths,
      components: {
        schemas: schemas.all,
        securitySchemes: {
          BearerToken: {
            type: 'apiKey',
            description: 'Bearer Token authentication',
            name: 'authorization',
            in: 'header',
          },
        },
      },
    };
  }
}

interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

const patchOnlyBuiltIn = 'application/strategic-merge-patch+json';

const parameter = (name: string, type = 'string') => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
});

const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) =>
  parameter(name),
);

function addPaths(
  paths: Record<string, Json>,
  prefix: string,
  group: string,
  version: string,
  entry: ResourceEntry,
  schemas: Schemas,
): void {
  const { responseKind, scope, resource, verbs, subresources = [] } = entry;
  const gvk = {
    group: responseKind.group || group,
    version: responseKind.version || version,
    kind: responseKind.kind,
  };
  const home = scope === 'Namespaced' ? `${prefix}/namespaces/{namespace}` : prefix;
  const collection = `${home}/${resource}`;
  const one = `${collection}/{name}`;
  const schema = schemas.rootOf(gvk);
  paths[collection] = operations(
    verbs,
    { list: 'get', create: 'post', deletecollection: 'delete' },
    gvk,
    schema,
    schemas,
  );
  if (scope === 'Namespaced' && verbs.includes('list')) {
    paths[`${prefix}/${resource}`] = operations(['list'], { list: 'get' }, gvk, schema, schemas);
  }
  if (verbs.includes('get')) {
    paths[one] = operations(
      verbs,
      { get: 'get', update: 'put', patch: 'patch', delete: 'delete' },
      gvk,
      schema,
      schemas,
    );
  }
  for (const sub of subresources) {
    paths[`${one}/${sub.subresource}`] = subresourceOperations(sub, gvk, schemas);
  }
}

function subresourceOperations(sub: SubresourceEntry, parent: Gvk, schemas: Schemas): Json {
  const { group = '', version = '', kind = parent.kind } = sub.responseKind ?? {};
  const gvk = { group: group || parent.group, version: version || parent.version, kind };
  const schema = schemas.rootOf(gvk);
  const methods = { get: 'get', create: 'post', update: 'put', patch: 'patch' };
  return operations(sub.verbs, methods, gvk, schema, schemas);
}

function operations(
  verbs: readonly string[],
  methods: Readonly<Record<string, string>>,
  gvk: Gvk,
  schema: Json,
  schemas: Schemas,
): Json {
  const out: Record<string, Json> = {};
  for (const [verb, method] of Object.entries(methods)) {
    if (!verbs.includes(verb)) continue;
    const writes = verb === 'create' || verb === 'update' || verb === 'patch';
    const types = verb === 'patch' ? schemas.patchTypesOf(gvk) : ['*/*'];
    const bodySchema = verb === 'patch' ? schemas.refTo('apis.meta.v1.Patch') : schema;
    out[method] = {
      ...(writes
        ? {
            parameters: writeParameters,
            requestBody: {
              content: Object.fromEntries(types.map((type) => [type, { schema: bodySchema }])),
            },
          }
        : {}),
      responses: {
        200: { description: 'OK', content: { 'application/json': { schema } } },
      },
      'x-kubernetes-action': actions[verb] ?? verb,
      'x-kubernetes-group-version-kind': gvk,
    };
  }
  return out;
}

const actions: Readonly<Record<string, string>> = { create: 'post', update: 'put' };

/** The schemas of one document: what its kinds refer to, and what those refer to. */
class Schemas {
  readonly all: Record<string, Json> = {};
  readonly #customSchema: CustomSchema;

  constructor(customSchema: CustomSchema) {
    this.#customSchema = customSchema;
  }

  patchTypesOf({ group, version, kind }: Gvk): readonly string[] {
    const isBuiltIn = typeNameOf(apiVersionOf(group, version), kind) !== undefined;
    return isBuiltIn ? patchTypes : patchTypes.filter((type) => type !== patchOnlyBuiltIn);
  }

  rootOf(gvk: Gvk): Json {
    const { group, version, kind } = gvk;
    const name = typeNameOf(apiVersionOf(group, version), kind);
    if (name === undefined) return this.#customRoot(gvk);
    const ref = this.refTo(name);
    const full = fullName(name);
    const known = (this.all[full]?.['x-kubernetes-group-version-kind'] ?? []) as readonly Gvk[];
    if (!known.some((one) => one.kind === kind && one.group === group)) {
      this.all[full] = { ...this.all[full], 'x-kubernetes-group-version-kind': [...known, gvk] };
    }
    return ref;
  }

  refTo(name: string): Json {
    const full = fullName(name);
    if (this.all[full] === undefined) {
      this.all[full] = { type: 'object' };
      this.all[full] = this.#schemaOf(typeOf(name) ?? { type: 'object' });
    }
    return { $ref: `#/components/schemas/${full}` };
  }

  #customRoot(gvk: Gvk): Json {
    const { group, version, kind } = gvk;
    const full = [...group.split('.').reverse(), version, kind].join('.');
    const schema = this.#customSchema(apiVersionOf(group, version), kind) ?? { type: 'object' };
    const metadata = { allOf: [this.refTo('apis.meta.v1.ObjectMeta')] };
    const { properties = {} } = schema as { properties?: Json };
    this.all[full] = {
      ...schema,
      properties: { apiVersion: text, kind: text, ...properties, metadata },
      'x-kubernetes-group-version-kind': [gvk],
    };
    return { $ref: `#/components/schemas/${full}` };
  }

  #schemaOf({ required, fields, type, format, intOrString, preserveUnknown }: TypeInfo): Json {
    if (intOrString) {
      const either = format === 'int-or-string' ? 'integer' : 'number';
      return { oneOf: [{ type: either }, { type: 'string' }], ...(format ? { format } : {}) };
    }
    const properties = Object.fromEntries(
      Object.entries(fields ?? {}).map(([name, field]) => [name, this.#propertyOf(field)]),
    );
    return {
      type: type ?? 'object',
      ...(format === undefined ? {} : { format }),
      ...(fields === undefined ? {} : { properties }),
      ...(required === undefined ? {} : { required }),
      ...(preserveUnknown ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    };
  }

  #propertyOf(field: FieldType): Json {
    const { type, format, ref, items, map, enum: allowed, intOrString } = field;
    const patch = {
      ...(field.listType ? { 'x-kubernetes-list-type': field.listType } : {}),
      ...(field.listMapKeys ? { 'x-kubernetes-list-map-keys': field.listMapKeys } : {}),
      ...(field.mapType ? { 'x-kubernetes-map-type': field.mapType } : {}),
      ...(field.patchStrategy ? { 'x-kubernetes-patch-strategy': field.patchStrategy } : {}),
      ...(field.patchMergeKey ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
      ...(field.preserveUnknown ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    };
    if (ref !== undefined)
      return { allOf: [this.refTo(ref)], default: field.default ?? {}, ...patch };
    if (intOrString) return { oneOf: [{ type: 'integer' }, { type: 'string' }], ...patch };
    if (items !== undefined) return { type: 'array', items: this.#propertyOf(items), ...patch };
    if (map !== undefined) {
      return { type: 'object', additionalProperties: this.#propertyOf(map), ...patch };
    }
    return {
      type: type ?? 'object',
      ...(format === undefined ? {} : { format }),
      ...(allowed === undefined ? {} : { enum: allowed }),
      ...(field.default === undefined ? {} : { default: field.default }),
      ...patch,
    };
  }
}

const text = { type: 'string' };

const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

/** Where upstream keeps the types of each package. */
function fullName(name: string): string {
  if (/^(apis\.meta|api\.resource|util\.intstr|runtime|version)\b/.test(name)) {
    return `io.k8s.apimachinery.pkg.${name}`;
  }
  if (name.startsWith('apiextensions.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${name}`;
  if (name.startsWith('apiregistration.')) return `io.k8s.kube-aggregator.pkg.apis.${name}`;
  return `io.k8s.api.${name}`;
}
