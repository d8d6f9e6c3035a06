/** OpenAPI v3: one document per group and version (api-01 §4.1). */

import type { VersionEntry } from '../resources.ts';
import { serverVersion } from '../version.ts';
import { withEmbedded, withObjectFields } from './custom.ts';
import type { Json } from './names.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type CustomTypes, type Dialect, Schemas } from './schemas.ts';

const dialect: Dialect = {
  home: '#/components/schemas/',
  named: (ref, initial) => ({ allOf: [ref], default: initial ?? {} }),
  either: (format) => ({
    oneOf: [{ type: format === undefined ? 'number' : 'integer' }, { type: 'string' }],
    ...(format === undefined ? {} : { format }),
  }),
  hasDefaults: true,
  custom: (schema, ref) => {
    const metadata = { allOf: [ref] };
    return withObjectFields(withEmbedded(schema ?? { type: 'object' }, metadata), metadata);
  },
};

/** The document of `/apis/apps/v1`. */
export function documentOf(
  prefix: string,
  group: string,
  { version, resources }: VersionEntry,
  customTypes: CustomTypes,
): Json {
  const schemas = new Schemas(dialect, customTypes);
  const paths: Record<string, Record<string, Json>> = {};
  for (const entry of resources) {
    for (const operation of operationsOf(prefix, group, version, entry)) {
      paths[operation.path] ??= {};
      paths[operation.path]![operation.method] = described(operation, schemas);
    }
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: serverVersion.gitVersion },
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

const parameter = (name: string) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
});

/** What kubectl looks for: `fieldValidation` says that the server validates. */
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map(parameter);

function described({ takes, answers, consumes, action, gvk }: Operation, schemas: Schemas): Json {
  const writes = takes === 'object' || takes === 'patch';
  const schema = answeredBy(answers, gvk, schemas);
  const sent = takes === 'patch' ? schemas.refTo('apis.meta.v1.Patch') : schema;
  return {
    ...(writes
      ? {
          parameters: writeParameters,
          requestBody: {
            content: Object.fromEntries(consumes.map((type) => [type, { schema: sent }])),
          },
        }
      : {}),
    responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

/** A reference to the type of an answer. */
export function answeredBy(
  answers: Operation['answers'],
  gvk: Operation['gvk'],
  schemas: Schemas,
): Json {
  if (answers === 'text') return { type: 'string' };
  if (answers === 'list') return schemas.listOf(gvk);
  return answers === 'status' ? schemas.refTo('apis.meta.v1.Status') : schemas.rootOf(gvk);
}
