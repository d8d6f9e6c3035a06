/** The types of custom kinds, as the definitions have them and as version 2 can tell them. */
import { preserves, type Schema } from '../../api/custom/schema.ts';
import type { Json } from './names.ts';

const text = { type: 'string' };

/** What every object has, besides what its definition says. */
export const withObjectFields = (schema: Json, metadata: Json): Json => ({
  ...schema,
  properties: {
    apiVersion: text,
    kind: text,
    ...(schema['properties'] as Json | undefined),
    metadata,
  },
});

/** Objects within objects have a type and metadata, too. */
export function withEmbedded(schema: Schema, metadata: Json): Json {
  const { properties, items, additionalProperties, required = [] } = schema;
  const inner = {
    ...schema,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => [name, withEmbedded(one, metadata)]),
          ),
        }),
    ...(items === undefined ? {} : { items: withEmbedded(items, metadata) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: withEmbedded(additionalProperties, metadata) }
      : {}),
  };
  if (schema['x-kubernetes-embedded-resource'] !== true) return inner as Json;
  const typed = ['kind', 'apiVersion'].filter((name) => !required.includes(name));
  return { ...withObjectFields(inner as Json, metadata), required: [...required, ...typed] };
}

/**
 * What version 2 knows of a schema: no alternatives, no null, and nothing said where more is allowed than can be
 * said, because kubectl would refuse the rest (apiextensions-apiserver, `ToStructuralOpenAPIV2`).
 */
export function plainer(schema: Schema, metadata: Json): Json {
  const { allOf: _all, oneOf: _one, anyOf: _any, not: _not, nullable, ...told } = schema;
  const { items, properties, additionalProperties, type, required, ...rest } = told;
  const keeps = preserves(schema);
  const isOpen = nullable === true || keeps;
  const needed = requiredOf(schema, isOpen ? undefined : properties);
  const isUntyped =
    nullable === true ||
    (keeps && type === 'object') ||
    (type === 'array' && (isOpen || items === undefined));
  const out = {
    ...rest,
    ...(type === undefined || isUntyped ? {} : { type }),
    ...(items === undefined || isOpen ? {} : { items: plainer(items, metadata) }),
    ...(properties === undefined || isOpen
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => [name, plainer(one, metadata)]),
          ),
        }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object'
              ? plainer(additionalProperties, metadata)
              : additionalProperties,
        }),
    ...(needed.length === 0 ? {} : { required: needed }),
  };
  if (schema['x-kubernetes-embedded-resource'] !== true || keeps) return out;
  const typed = ['kind', 'apiVersion'].filter((name) => !needed.includes(name));
  return { ...withObjectFields(out, metadata), required: [...needed, ...typed] };
}

/** A field that may be null need not be there. */
function requiredOf(
  { required = [], additionalProperties }: Schema,
  properties: Schema['properties'],
): readonly string[] {
  if (typeof additionalProperties === 'object' && additionalProperties.nullable === true) return [];
  return required.filter((name) => properties?.[name]?.nullable !== true);
}
