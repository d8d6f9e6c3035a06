/** Types as OpenAPI describes them, of either version: what is referred to, and what that refers to. */
import type { Schema } from '../../api/custom/schema.ts';
import { type FieldType, type TypeInfo, typeNameOf, typeOf } from '../../api/structure.ts';
import { apiVersionOf, customName, fullName, type Gvk, type Json } from './names.ts';

/** What a CustomResourceDefinition says of a kind. */
export interface CustomType {
  readonly listKind: string;
  readonly schema: Schema | undefined;
}

export type CustomTypes = (apiVersion: string, kind: string) => CustomType | undefined;

/** How a version of OpenAPI says what the other one says otherwise. */
export interface Dialect {
  /** Where the types are: `#/definitions/` */
  readonly home: string;
  /** A field of a named type; `initial` is its default. */
  named(ref: Json, initial: unknown): Json;
  /** A number or a text. */
  either(format: string | undefined): Json;
  readonly hasDefaults: boolean;
  /** The type of a custom kind. `metadata` refers to that of all objects. */
  custom(schema: Schema | undefined, metadata: Json): Json;
}

const text = { type: 'string' };

export class Schemas {
  readonly all: Record<string, Json> = {};
  readonly #dialect: Dialect;
  readonly #customTypes: CustomTypes;

  constructor(dialect: Dialect, customTypes: CustomTypes) {
    this.#dialect = dialect;
    this.#customTypes = customTypes;
  }

  /** A reference to the type of a kind. */
  rootOf(gvk: Gvk): Json {
    const name = typeNameOf(apiVersionOf(gvk), gvk.kind);
    if (name === undefined) return this.#customRoot(gvk);
    return this.#marked(name, gvk);
  }

  /** A reference to the type of its lists. */
  listOf(gvk: Gvk): Json {
    const kind = `${gvk.kind}List`;
    const name = typeNameOf(apiVersionOf(gvk), kind);
    return name === undefined ? this.#customList(gvk) : this.#marked(name, { ...gvk, kind });
  }

  /** A reference to a type by its short name, as `apis.meta.v1.Patch`. */
  refTo(name: string): Json {
    const full = fullName(name);
    if (this.all[full] === undefined) {
      this.all[full] = { type: 'object' };
      this.all[full] = this.#schemaOf(typeOf(name) ?? { type: 'object' });
    }
    return this.#ref(full);
  }

  #ref(full: string): Json {
    return { $ref: `${this.#dialect.home}${full}` };
  }

  /** Roots say which kind they are. */
  #marked(name: string, gvk: Gvk): Json {
    const ref = this.refTo(name);
    const full = fullName(name);
    const known = (this.all[full]?.['x-kubernetes-group-version-kind'] ?? []) as readonly Gvk[];
    if (!known.some(({ kind, group }) => kind === gvk.kind && group === gvk.group)) {
      this.all[full] = { ...this.all[full], 'x-kubernetes-group-version-kind': [...known, gvk] };
    }
    return ref;
  }

  #customRoot(gvk: Gvk): Json {
    const full = customName(gvk, gvk.kind);
    const schema = this.#customTypes(apiVersionOf(gvk), gvk.kind)?.schema;
    this.all[full] = {
      ...this.#dialect.custom(schema, this.refTo('apis.meta.v1.ObjectMeta')),
      'x-kubernetes-group-version-kind': [gvk],
    };
    return this.#ref(full);
  }

  #customList(gvk: Gvk): Json {
    const kind = this.#customTypes(apiVersionOf(gvk), gvk.kind)?.listKind ?? `${gvk.kind}List`;
    const full = customName(gvk, kind);
    this.all[full] = {
      type: 'object',
      properties: {
        apiVersion: text,
        items: { type: 'array', items: this.rootOf(gvk) },
        kind: text,
        metadata: this.#dialect.named(this.refTo('apis.meta.v1.ListMeta'), undefined),
      },
      required: ['items'],
      'x-kubernetes-group-version-kind': [{ ...gvk, kind }],
    };
    return this.#ref(full);
  }

  #schemaOf(info: TypeInfo): Json {
    const { required, fields, format, intOrString, preserveUnknown } = info;
    if (intOrString) return this.#dialect.either(format);
    const type = info.type ?? (fields === undefined ? undefined : 'object');
    const properties = Object.fromEntries(
      Object.entries(fields ?? {}).map(([name, field]) => [name, this.#propertyOf(field)]),
    );
    return {
      ...(type === undefined ? {} : { type }),
      ...(format === undefined ? {} : { format }),
      ...(fields === undefined ? {} : { properties }),
      ...(required === undefined ? {} : { required }),
      ...(info.unions === undefined ? {} : { 'x-kubernetes-unions': info.unions }),
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
    if (ref !== undefined) {
      return { ...this.#dialect.named(this.refTo(ref), field.default), ...patch };
    }
    if (intOrString) return { ...this.#dialect.either('int-or-string'), ...patch };
    if (items !== undefined) return { type: 'array', items: this.#propertyOf(items), ...patch };
    if (map !== undefined) {
      return { type: 'object', additionalProperties: this.#propertyOf(map), ...patch };
    }
    const initial = this.#dialect.hasDefaults ? field.default : undefined;
    return {
      type: type ?? 'object',
      ...(format === undefined ? {} : { format }),
      ...(allowed === undefined ? {} : { enum: allowed }),
      ...(initial === undefined ? {} : { default: initial }),
      ...patch,
    };
  }
}
