/** The type of a custom resource, for server-side apply: what its lists are keyed by, and what is changed as a whole. */
import { freeType } from '../managedfields/typed.ts';
import type { FieldType } from '../structure.ts';
import { preserves, type Schema } from './schema.ts';

type Fields = Readonly<Record<string, FieldType>>;

const remembered = new WeakMap<Schema, FieldType>();
const metadata: FieldType = { ref: 'apis.meta.v1.ObjectMeta' };
const text: FieldType = { type: 'string' };

/** Of a whole object, whose identity no schema has to declare. */
export function typeOfResource(schema: Schema): FieldType {
  let type = remembered.get(schema);
  if (type === undefined) {
    type = { ...typeFrom(schema), fields: fieldsOf(schema, identity) };
    remembered.set(schema, type);
  }
  return type;
}

const identity: Fields = { apiVersion: text, kind: text, metadata };

/** What the schema leaves open is typed by what is there. */
function typeFrom(schema: Schema): FieldType {
  const { type, properties, additionalProperties, items } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) return { intOrString: true };
  const isWhole = schema['x-kubernetes-map-type'] === 'atomic' ? { mapType: 'atomic' } : {};
  const isOpen = preserves(schema) ? { preserveUnknown: true } : {};
  if (schema['x-kubernetes-embedded-resource'] === true) {
    return { ...isWhole, ...isOpen, fields: fieldsOf(schema, identity) };
  }
  if (properties !== undefined) return { ...isWhole, ...isOpen, fields: fieldsOf(schema) };
  if (typeof additionalProperties === 'object') {
    return { ...isWhole, map: typeFrom(additionalProperties) };
  }
  if (type === 'array' && items !== undefined) {
    const keys = schema['x-kubernetes-list-map-keys'];
    return {
      items: typeFrom(items),
      listType: schema['x-kubernetes-list-type'] ?? 'atomic',
      ...(keys === undefined ? {} : { listMapKeys: keys }),
    };
  }
  if (type === 'object' || type === undefined) return isWhole.mapType ? isWhole : freeType;
  return schema.default === undefined ? { type } : { type, default: schema.default };
}

const fieldsOf = ({ properties = {} }: Schema, always: Fields = {}): Fields => ({
  ...Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, typeFrom(schema)]),
  ),
  ...always,
});
