/** Values with their types: which fields they have, how two of them differ, and how they merge (api-04 §5). */
import { deepEqual } from '../equal.ts';
import { isObject, setOwn } from '../patch/merge.ts';
import { type FieldType, typeOf } from '../structure.ts';
import { type FieldSet, SetBuilder } from './fieldset.ts';

type Json = Readonly<Record<string, unknown>>;

/** Structs that are one field: whoever changes a part owns the whole (api-04 §4). */
const atomicTypes = new Set(
  [
    'ConfigMapKeySelector SecretKeySelector LocalObjectReference ObjectReference ObjectFieldSelector',
    'ResourceFieldSelector TypedLocalObjectReference SecretReference NodeSelector NodeSelectorTerm',
    'ScopeSelector TopologySelectorTerm EndpointAddress EndpointPort',
  ]
    .flatMap((names) => names.split(' '))
    .map((name) => `core.v1.${name}`)
    .concat([
      'discovery.v1.EndpointPort',
      'apis.meta.v1.LabelSelector',
      'apis.meta.v1.OwnerReference',
      'rbac.v1.RoleRef',
      'rbac.v1.Subject',
      'autoscaling.v1.CrossVersionObjectReference',
      'networking.v1.ServiceBackendPort',
    ]),
);

/** What a schema says of a value: a leaf, a struct or map, or a list of named items. */
type Shape =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, FieldType>> }
  | { readonly kind: 'map'; readonly of: FieldType }
  | { readonly kind: 'list'; readonly of: FieldType; readonly keys: readonly string[] }
  | { readonly kind: 'set' };

const leaf: Shape = { kind: 'leaf' };

export function shapeOf({ ref, items, map, listType, listMapKeys, mapType }: FieldType): Shape {
  if (mapType === 'atomic') return leaf;
  if (ref !== undefined) {
    const fields = typeOf(ref)?.fields;
    return fields === undefined || atomicTypes.has(ref) ? leaf : { kind: 'struct', fields };
  }
  if (map !== undefined) return { kind: 'map', of: map };
  if (items === undefined) return leaf;
  if (listType === 'map') return { kind: 'list', of: items, keys: listMapKeys ?? [] };
  return listType === 'set' ? { kind: 'set' } : leaf;
}

/** Without a type that is known: a custom resource, or a field that is new. */
export const freeType: FieldType = {};

/** Where a value has something that can only be changed as a whole, if it has: `.spec.tolerations`. */
export function atomicIn(value: unknown, type: FieldType, path = ''): string | undefined {
  const shape = shapeOfValue(type, value);
  if (shape.kind === 'leaf') return typeof value === 'object' && value !== null ? path : undefined;
  if (Array.isArray(value)) {
    if (shape.kind !== 'list') return undefined;
    return value.map((item) => atomicIn(item, shape.of, path)).find((one) => one !== undefined);
  }
  if (!isObject(value)) return undefined;
  return Object.entries(value)
    .map(([name, part]) => atomicIn(part, fieldTypeOf(shape, name), `${path}.${name}`))
    .find((one) => one !== undefined);
}

/** Undeclared maps are granular, as upstream deduces them. */
const shapeOfValue = (type: FieldType, value: unknown): Shape =>
  type === freeType && isObject(value) ? { kind: 'map', of: freeType } : shapeOf(type);

const fieldTypeOf = (shape: Shape, name: string): FieldType =>
  shape.kind === 'struct'
    ? Object.hasOwn(shape.fields, name)
      ? shape.fields[name]!
      : freeType
    : shape.kind === 'map'
      ? shape.of
      : freeType;

/** The edge to an item of a list of named items; the defaults of its keys count. */
export function edgeOfItem(item: unknown, type: FieldType, keys: readonly string[]): string {
  const fields = (typeOf(type.ref)?.fields ?? {}) as Readonly<Record<string, FieldType>>;
  const named: Record<string, unknown> = {};
  for (const key of [...keys].sort()) {
    const value = isObject(item) ? item[key] : undefined;
    const known = value ?? fields[key]?.default;
    if (known !== undefined) named[key] = known;
  }
  return `k:${JSON.stringify(named)}`;
}

const edgeOfValue = (value: unknown): string => `v:${JSON.stringify(value)}`;

/** All fields of a value, as the set of whoever applied it. */
export function fieldsOf(value: unknown, type: FieldType): FieldSet {
  const set = new SetBuilder();
  addFields(value, type, [], set);
  return set.build();
}

function addFields(
  value: unknown,
  type: FieldType,
  path: readonly string[],
  set: SetBuilder,
): void {
  const shape = shapeOfValue(type, value);
  if (shape.kind === 'list' && Array.isArray(value)) {
    for (const item of value) {
      const at = [...path, edgeOfItem(item, shape.of, shape.keys)];
      set.add(at);
      addFields(item, shape.of, at, set);
    }
  } else if (shape.kind === 'set' && Array.isArray(value)) {
    for (const item of value) set.add([...path, edgeOfValue(item)]);
  } else if ((shape.kind === 'struct' || shape.kind === 'map') && isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      const at = [...path, `f:${name}`];
      const isEmpty = part === null || (isObject(part) && Object.keys(part).length === 0);
      if (isEmpty || shape.kind === 'map') set.add(at);
      if (!isEmpty) addFields(part, fieldTypeOf(shape, name), at, set);
    }
  } else if (path.length > 0) set.add(path);
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** How `after` differs from `before`: nodes that came or went, and leaves that changed. */
export function compare(before: unknown, after: unknown, type: FieldType): Comparison {
  const differ = { added: new SetBuilder(), modified: new SetBuilder(), removed: new SetBuilder() };
  compareAt(before, after, type, [], differ);
  return {
    added: differ.added.build(),
    modified: differ.modified.build(),
    removed: differ.removed.build(),
  };
}

interface Differ {
  readonly added: SetBuilder;
  readonly modified: SetBuilder;
  readonly removed: SetBuilder;
}

function compareAt(
  before: unknown,
  after: unknown,
  type: FieldType,
  path: readonly string[],
  differ: Differ,
): void {
  if (before === after) return;
  if (path.length > 0) {
    if (before === undefined) differ.added.add(path);
    if (after === undefined) differ.removed.add(path);
  }
  const shape = shapeOfValue(type, after ?? before);
  if (shape.kind === 'leaf') {
    const both = before !== undefined && after !== undefined;
    if (both && !deepEqual(before, after)) differ.modified.add(path);
    return;
  }
  const old = childrenOf(before, shape);
  const now = childrenOf(after, shape);
  for (const [edge, { value, type: inner }] of now) {
    compareAt(old.get(edge)?.value, value, inner, [...path, edge], differ);
  }
  for (const [edge, { value, type: inner }] of old) {
    if (!now.has(edge)) compareAt(value, undefined, inner, [...path, edge], differ);
  }
}

interface Child {
  readonly value: unknown;
  readonly type: FieldType;
}

function childrenOf(value: unknown, shape: Shape): ReadonlyMap<string, Child> {
  const children = new Map<string, Child>();
  if (shape.kind === 'list' && Array.isArray(value)) {
    for (const item of value) {
      children.set(edgeOfItem(item, shape.of, shape.keys), { value: item, type: shape.of });
    }
  } else if (shape.kind === 'set' && Array.isArray(value)) {
    for (const item of value) children.set(edgeOfValue(item), { value: item, type: freeType });
  } else if ((shape.kind === 'struct' || shape.kind === 'map') && isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      children.set(`f:${name}`, { value: part, type: fieldTypeOf(shape, name) });
    }
  }
  return children;
}

/** `live` with what is applied written over it. */
export function merged(live: unknown, applied: unknown, type: FieldType): unknown {
  if (applied === undefined || applied === null) return live;
  const shape = shapeOfValue(type, applied);
  if ((shape.kind === 'struct' || shape.kind === 'map') && isObject(applied)) {
    const out: Record<string, unknown> = isObject(live) ? { ...live } : {};
    for (const [name, part] of Object.entries(applied)) {
      const before = Object.hasOwn(out, name) ? out[name] : undefined;
      const next = merged(before, part, fieldTypeOf(shape, name));
      if (next !== undefined) setOwn(out, name, next);
    }
    return out;
  }
  if (shape.kind === 'list' && Array.isArray(applied)) {
    const edge = (item: unknown) => edgeOfItem(item, shape.of, shape.keys);
    return mergedItems(live, applied, edge, (a, b) => merged(a, b, shape.of));
  }
  if (shape.kind === 'set' && Array.isArray(applied)) {
    return mergedItems(live, applied, edgeOfValue, (_, item) => item);
  }
  return applied;
}

/** Applied items keep their order, and others their place among the live ones. */
function mergedItems(
  live: unknown,
  applied: readonly unknown[],
  edgeOf: (item: unknown) => string,
  merge: (live: unknown, applied: unknown) => unknown,
): readonly unknown[] {
  const old: readonly unknown[] = Array.isArray(live) ? live : [];
  const byEdge = new Map(old.map((item) => [edgeOf(item), item]));
  const wanted = new Set(applied.map(edgeOf));
  const out: unknown[] = [];
  let next = 0;
  for (const item of applied) {
    const edge = edgeOf(item);
    const at = old.findIndex((one) => edgeOf(one) === edge);
    for (; at >= 0 && next <= at; next++) {
      if (!wanted.has(edgeOf(old[next]))) out.push(old[next]);
    }
    out.push(merge(byEdge.get(edge), item));
  }
  for (; next < old.length; next++) if (!wanted.has(edgeOf(old[next]))) out.push(old[next]);
  return out;
}

/** The value without what is at a path. */
export function without(value: unknown, path: readonly string[], type: FieldType): unknown {
  const [edge, ...rest] = path;
  const shape = shapeOfValue(type, value);
  if (edge === undefined) return undefined;
  if (edge.startsWith('f:') && isObject(value)) {
    const name = edge.slice(2);
    if (!Object.hasOwn(value, name)) return value;
    const { [name]: part, ...others } = value as Json;
    const left = rest.length === 0 ? undefined : without(part, rest, fieldTypeOf(shape, name));
    if (left === undefined) return others;
    return { ...value, [name]: left };
  }
  if (!Array.isArray(value)) return value;
  const edgeOf = (item: unknown) =>
    shape.kind === 'list' ? edgeOfItem(item, shape.of, shape.keys) : edgeOfValue(item);
  return value.flatMap((item: unknown) => {
    if (edgeOf(item) !== edge) return [item];
    if (rest.length === 0 || shape.kind !== 'list') return [];
    return [without(item, rest, shape.of)];
  });
}
