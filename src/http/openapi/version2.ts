/** OpenAPI v2: one document of everything that is served (api-01 §4.2). */

import { preserves } from '../../api/custom/schema.ts';
import type { VersionEntry } from '../resources.ts';
import { serverVersion } from '../version.ts';
import { plainer, withObjectFields } from './custom.ts';
import type { Json } from './names.ts';
import { type Operation, operationsOf, parameterTypes } from './operations.ts';
import { type CustomTypes, type Dialect, Schemas } from './schemas.ts';
import { answeredBy } from './version3.ts';

const dialect: Dialect = {
  home: '#/definitions/',
  named: (ref) => ref,
  either: (format) => ({ type: 'string', ...(format === undefined ? {} : { format }) }),
  hasDefaults: false,
  // kubectl refuses fields that are not named: where any may be there, none is.
  custom: (schema, metadata) =>
    schema === undefined || preserves(schema)
      ? { type: 'object' }
      : withObjectFields(plainer(schema, metadata), metadata),
};

/** A version of a group, and where it is: `/apis/apps/v1`. */
export interface Place {
  readonly prefix: string;
  readonly group: string;
  readonly version: VersionEntry;
}

export function swaggerOf(places: readonly Place[], customTypes: CustomTypes): Json {
  const schemas = new Schemas(dialect, customTypes);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { prefix, group, version } of places) {
    for (const entry of version.resources) {
      for (const operation of operationsOf(prefix, group, version.version, entry)) {
        paths[operation.path] ??= { parameters: pathParameters(operation) };
        paths[operation.path]![operation.method] = described(operation, schemas);
      }
    }
  }
  schemas.rootOf({ group: '', version: 'v1', kind: 'Status' });
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: serverVersion.gitVersion },
    paths: sorted(paths),
    definitions: sorted(schemas.all),
    parameters: sorted(shared),
    securityDefinitions: {
      BearerToken: {
        description: 'Bearer Token authentication',
        type: 'apiKey',
        name: 'authorization',
        in: 'header',
      },
    },
    security: [{ BearerToken: [] }],
  };
}

const sorted = <T>(of: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));

const queryNames = [
  ...Object.keys(parameterTypes),
  'command',
  'container',
  'continue',
  'dryRun',
  'fieldManager',
  'fieldSelector',
  'fieldValidation',
  'labelSelector',
  'path',
  'pretty',
  'propagationPolicy',
  'resourceVersion',
  'resourceVersionMatch',
  'stream',
];

/** Parameters that many operations have, once. */
const shared: Readonly<Record<string, Json>> = {
  ...Object.fromEntries(
    queryNames.map((name) => [
      name,
      { uniqueItems: true, type: parameterTypes[name] ?? 'string', name, in: 'query' },
    ]),
  ),
  namespace: { uniqueItems: true, type: 'string', name: 'namespace', in: 'path', required: true },
};

const ref = (name: string): Json => ({ $ref: `#/parameters/${name}` });

/** Clients look for these two in the operations themselves, to know what the server can do. */
const looked = new Set(['dryRun', 'fieldValidation']);

const parameterOf = (name: string): Json => (looked.has(name) ? shared[name]! : ref(name));

function pathParameters({ path, gvk }: Operation): readonly Json[] {
  const name = {
    uniqueItems: true,
    type: 'string',
    description: `name of the ${gvk.kind}`,
    name: 'name',
    in: 'path',
    required: true,
  };
  return [
    ...(path.includes('{name}') ? [name] : []),
    ...(path.includes('{namespace}') ? [ref('namespace')] : []),
    ref('pretty'),
  ];
}

const codes: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  delete: [[202, 'Accepted']],
  patch: [[201, 'Created']],
  post: [
    [201, 'Created'],
    [202, 'Accepted'],
  ],
  put: [[201, 'Created']],
};

function described(operation: Operation, schemas: Schemas): Json {
  const { takes, answers, gvk, action, id, tag, consumes, query } = operation;
  const schema = answeredBy(answers, gvk, schemas);
  const body = bodyOf(takes, gvk, schemas);
  return {
    consumes,
    produces: producesOf(operation),
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    parameters: [...body, ...query.map(parameterOf)],
    responses: {
      200: { description: 'OK', schema },
      ...Object.fromEntries(
        (codes[action] ?? []).map(([code, description]) => [code, { description, schema }]),
      ),
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function bodyOf(takes: Operation['takes'], gvk: Operation['gvk'], schemas: Schemas) {
  if (takes === undefined) return [];
  const body = { name: 'body', in: 'body' };
  if (takes === 'options') {
    const options = { group: '', version: 'v1', kind: 'DeleteOptions' };
    return [{ ...body, schema: schemas.rootOf(options) }];
  }
  const schema = takes === 'patch' ? schemas.refTo('apis.meta.v1.Patch') : schemas.rootOf(gvk);
  return [{ ...body, required: true, schema }];
}

const protobuf = 'application/vnd.kubernetes.protobuf';

function producesOf({ answers, action, consumes }: Operation): readonly string[] {
  if (answers === 'text')
    return action === 'connect' ? ['*/*'] : ['text/plain', 'application/json'];
  const isCustom = !consumes.includes('*/*') && !consumes.some((type) => /strategic/.test(type));
  const types = ['application/json', 'application/yaml', ...(isCustom ? [] : [protobuf])];
  if (action !== 'list' || isCustom) return types;
  return [...types, 'application/json;stream=watch', `${protobuf};stream=watch`];
}
