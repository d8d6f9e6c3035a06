/** An OpenAPI v2 document as gnostic's protobuf, which kubectl reads (api-01 §4.2). */
import { encodeAs } from '../protobuf/encode.ts';
import type { Json } from './names.ts';

export const gnosticOf = (swagger: Json): Uint8Array =>
  encodeAs('openapi.Document', {
    ...swagger,
    paths: mapped(swagger['paths'], pathItem),
    definitions: mapped(swagger['definitions'], schemaOf),
    parameters: mapped(swagger['parameters'], parameterOf),
    security: (swagger['security'] as readonly Json[]).map((requirement) => ({
      schemes: mapped(requirement, (value) => ({ value })),
    })),
    securityDefinitions: mapped(swagger['securityDefinitions'], (apiKey) => ({ apiKey })),
  });

function mapped(of: unknown, shape: (value: Json) => Json): Json {
  const entries = Object.entries(of as Readonly<Record<string, Json>>);
  return Object.fromEntries(entries.map(([name, value]) => [name, shape(value)]));
}

/** Anything: its text, which is read as YAML. */
const any = (value: unknown): Json => ({ yaml: `${JSON.stringify(value)}\n` });

function extensionsOf(of: Json): Json {
  const extensions = Object.entries(of).filter(([name]) => name.startsWith('x-'));
  if (extensions.length === 0) return {};
  return { extensions: Object.fromEntries(extensions.map(([name, value]) => [name, any(value)])) };
}

function pathItem({ parameters, ...operations }: Json): Json {
  const items = (parameters as readonly Json[]).map(parametersItem);
  return { ...mapped(operations, operationOf), parameters: items };
}

const operationOf = (operation: Json): Json => ({
  ...operation,
  parameters: (operation['parameters'] as readonly Json[]).map(parametersItem),
  responses: mapped(operation['responses'], ({ schema, description }) => ({
    response: {
      description,
      ...(schema === undefined ? {} : { schema: schemaOf(schema as Json) }),
    },
  })),
  ...extensionsOf(operation),
});

const parametersItem = (parameter: Json): Json =>
  parameter['$ref'] === undefined
    ? { parameter: parameterOf(parameter) }
    : { reference: parameter['$ref'] };

/** Each kind of parameter is a message of its own. */
function parameterOf(parameter: Json): Json {
  if (parameter['in'] === 'path') return { path: parameter };
  if (parameter['in'] === 'query') return { query: parameter };
  return { body: { ...parameter, schema: schemaOf(parameter['schema'] as Json) } };
}

function schemaOf(schema: Json): Json {
  const { items, properties, additionalProperties: more, enum: allowed } = schema;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: schemaOf(items as Json) }),
    ...(properties === undefined ? {} : { properties: mapped(properties, schemaOf) }),
    ...(typeof more === 'boolean'
      ? { additionalProperties: undefined, additionalAllowed: more }
      : {}),
    ...(typeof more === 'object' ? { additionalProperties: schemaOf(more as Json) } : {}),
    ...(allowed === undefined ? {} : { enum: (allowed as readonly unknown[]).map(any) }),
    ...('default' in schema ? { default: any(schema['default']) } : {}),
    ...('example' in schema ? { example: any(schema['example']) } : {}),
    ...extensionsOf(schema),
  };
}
