/** Values with their types: which fields they have, how two of them differ, and how they merge (api-04 §5). */
import { deepEqual } from '../equal.ts';
import { isObject, setOwn } from '../patch/merge.ts';
import { type FieldType, fieldsOfType } from '../structure.ts';
import { type FieldSet, isMember, SetBuilder } from './fieldset.ts';

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

export function shapeOf(type: FieldType): Shape {
  const { ref, items, map, listType, listMapKeys, mapType } = type;
  if (mapType === 'atomic') return leaf;
  const fields = fieldsOfType(type);
  if (fields !== undefined && !atomicTypes.has(ref ?? '')) return { kind: 'struct', fields };
  if (ref !== undefined) return leaf;
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
  const fields: Readonly<Record<string, FieldType>> = fieldsOfType(type) ?? {};
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
    const edges = value.map((item) => edgeOfItem(item, shape.of, shape.keys));
    for (const [i, item] of value.entries()) {
      const at = [...path, edges[i]!];
      set.add(at);
      // What stands there twice is owned as a whole: nobody could tell whose parts are whose.
      if (edges.indexOf(edges[i]!) === edges.lastIndexOf(edges[i]!)) {
        addFields(item, shape.of, at, set);
      }
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

/** `live` with what is applied written over it; a null takes away what is no struct, map or list. */
export function merged(live: unknown, applied: unknown, type: FieldType): unknown {
  if (applied === undefined) return live;
  const shape = shapeOfValue(type, applied ?? live);
  if (shape.kind === 'leaf') return type === freeType ? (applied ?? live) : applied;
  if (hasNothing(live) && hasNothing(applied)) return applied;
  if (shape.kind === 'struct' || shape.kind === 'map') {
    const out: Record<string, unknown> = isObject(live) ? { ...live } : {};
    for (const [name, part] of Object.entries(isObject(applied) ? applied : {})) {
      const before = Object.hasOwn(out, name) ? out[name] : undefined;
      const next = merged(before, part, fieldTypeOf(shape, name));
      if (next !== undefined) setOwn(out, name, next);
    }
    return out;
  }
  const items = Array.isArray(applied) ? applied : [];
  if (shape.kind === 'set') return mergedItems(live, items, edgeOfValue, (_, item) => item);
  const edge = (item: unknown) => edgeOfItem(item, shape.of, shape.keys);
  return mergedItems(live, items, edge, (a, b) => merged(a, b, shape.of));
}

function hasNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && isEmptyObject(value);
}

const isEmptyObject = (value: Json): boolean => Object.keys(value).length === 0;

/**
 * Applied items keep their order. Others keep theirs, and go before what is new and stands at their
 * place; what both have is awaited in its turn (structured-merge-diff, `typed/merge.go`).
 */
function mergedItems(
  live: unknown,
  applied: readonly unknown[],
  edgeOf: (item: unknown) => string,
  merge: (live: unknown, applied: unknown) => unknown,
): readonly unknown[] {
  const old: readonly unknown[] = Array.isArray(live) ? live : [];
  const oldEdges = old.map(edgeOf);
  const edges = applied.map(edgeOf);
  const [known, wanted] = [new Map<string, unknown>(), new Set(edges)];
  for (const [i, edge] of oldEdges.entries()) if (!known.has(edge)) known.set(edge, old[i]);
  const shared = edges.filter((edge) => known.has(edge));
  const done = new Set<string>();
  const out: unknown[] = [];
  let turn = 0;
  const take = (edge: string, item: unknown) => {
    out.push(merge(known.get(edge), item));
    done.add(edge);
    if (shared[turn] === edge) turn += 1;
  };
  for (let l = 0, r = 0; l < old.length || r < applied.length; ) {
    const [mine, theirs] = [oldEdges[l], edges[r]];
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        take(theirs, applied[r]);
        l += 1;
        r += 1;
        continue;
      }
      if (wanted.has(mine) && shared[turn] !== undefined && shared[turn] !== mine) {
        l += 1;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!wanted.has(mine)) {
        out.push(old[l]);
        l += 1;
        continue;
      }
      if (done.has(mine)) l += 1;
    }
    if (theirs !== undefined) {
      take(theirs, applied[r]);
      r += 1;
    }
  }
  return out;
}

/** The type of what an edge leads to. */
export function typeAt(type: FieldType, edge: string): FieldType {
  const shape = shapeOf(type);
  if (shape.kind === 'list') return shape.of;
  return edge.startsWith('f:') ? fieldTypeOf(shape, edge.slice(2)) : freeType;
}

/** Whether the edge leads to a field that the type declares, and not into a map or a list. */
export function isDeclared(type: FieldType, edge: string): boolean {
  const shape = shapeOf(type);
  return (
    shape.kind === 'struct' && edge.startsWith('f:') && Object.hasOwn(shape.fields, edge.slice(2))
  );
}

/** The value less what is in the set; what nothing is left of is null (`typed/remove.go`). */
export function removed(value: unknown, set: FieldSet, type: FieldType): unknown {
  const shape = shapeOfValue(type, value);
  if (shape.kind === 'leaf') return isObject(value) || Array.isArray(value) ? null : value;
  if (shape.kind === 'struct' || shape.kind === 'map') {
    if (!isObject(value)) return null;
    const out: Record<string, unknown> = {};
    for (const [name, part] of Object.entries(value)) {
      const inside = ownEdge(set, `f:${name}`);
      if (inside !== undefined && isMember(inside)) continue;
      const next = inside === undefined ? part : removed(part, inside, fieldTypeOf(shape, name));
      setOwn(out, name, next);
    }
    return isEmptyObject(out) ? null : out;
  }
  if (!Array.isArray(value)) return null;
  const items = value.flatMap((item) => {
    const edge = shape.kind === 'set' ? edgeOfValue(item) : edgeOfItem(item, shape.of, shape.keys);
    const inside = ownEdge(set, edge);
    if (inside === undefined) return [item];
    if (isMember(inside)) return [];
    return [shape.kind === 'list' ? removed(item, inside, shape.of) : item];
  });
  return items.length === 0 ? null : items;
}

const ownEdge = (set: FieldSet, edge: string): FieldSet | undefined =>
  Object.hasOwn(set, edge) ? set[edge] : undefined;
