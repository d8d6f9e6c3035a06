/**
 * Sets of fields, in the form that the API itself has for them (FieldsV1): a tree whose edges are
 * `f:name`, `k:{"name":"c"}`, `v:"x"` and whose `.` says that the node is in the set. A node without
 * children is in the set. Source: api-04 §5.3, sigs.k8s.io/structured-merge-diff.
 */

export interface FieldSet {
  readonly [edge: string]: FieldSet;
}

export const emptySet: FieldSet = {};

const self = '.';

export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0;

/** Whether the node itself is in the set: a leaf, or marked. */
export const isMember = (node: FieldSet): boolean => Object.hasOwn(node, self) || isEmptySet(node);

const childrenOf = (node: FieldSet): readonly (readonly [string, FieldSet])[] =>
  Object.entries(node).filter(([edge]) => edge !== self);

/** A node of these children; `undefined` if nothing is left of it. */
function node(
  member: boolean,
  children: readonly (readonly [string, FieldSet])[],
): FieldSet | undefined {
  if (children.length === 0) return member ? emptySet : undefined;
  const sorted = [...children].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(member ? [[self, emptySet] as const, ...sorted] : sorted);
}

/** The root is never a member: it is the object. */
const root = (children: readonly (readonly [string, FieldSet])[]): FieldSet =>
  node(false, children) ?? emptySet;

export class SetBuilder {
  readonly #root: Building = { member: false, children: new Map() };

  add(path: readonly string[]): void {
    let at = this.#root;
    for (const edge of path) {
      let next = at.children.get(edge);
      if (next === undefined) {
        next = { member: false, children: new Map() };
        at.children.set(edge, next);
      }
      at = next;
    }
    at.member = true;
  }

  build(): FieldSet {
    return built({ ...this.#root, member: false }) ?? emptySet;
  }
}

interface Building {
  member: boolean;
  readonly children: Map<string, Building>;
}

function built({ member, children }: Building): FieldSet | undefined {
  const parts = [...children].flatMap(([edge, child]) => {
    const part = built(child);
    return part === undefined ? [] : [[edge, part] as const];
  });
  return node(member, parts);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  return root(unionOfChildren(a, b));
}

function unionOfChildren(a: FieldSet, b: FieldSet): (readonly [string, FieldSet])[] {
  const children = new Map(childrenOf(a));
  for (const [edge, other] of childrenOf(b)) {
    const mine = children.get(edge);
    if (mine === undefined) children.set(edge, other);
    else {
      const both = node(isMember(mine) || isMember(other), unionOfChildren(mine, other));
      if (both !== undefined) children.set(edge, both);
    }
  }
  return [...children];
}

/** What is in `a` and not in `b`, node by node. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return root(differenceOfChildren(a, b));
}

function differenceOfChildren(a: FieldSet, b: FieldSet): (readonly [string, FieldSet])[] {
  return childrenOf(a).flatMap(([edge, mine]) => {
    const other = Object.hasOwn(b, edge) ? b[edge]! : undefined;
    if (other === undefined) return [[edge, mine] as const];
    const rest = node(isMember(mine) && !isMember(other), differenceOfChildren(mine, other));
    return rest === undefined ? [] : [[edge, rest] as const];
  });
}

/** What is in `a`, unless `b` has it or something that it is part of. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return root(recursiveChildren(a, b));
}

function recursiveChildren(a: FieldSet, b: FieldSet): (readonly [string, FieldSet])[] {
  return childrenOf(a).flatMap(([edge, mine]) => {
    const other = Object.hasOwn(b, edge) ? b[edge]! : undefined;
    if (other === undefined) return [[edge, mine] as const];
    if (isMember(other)) return [];
    const rest = node(isMember(mine), recursiveChildren(mine, other));
    return rest === undefined ? [] : [[edge, rest] as const];
  });
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return root(intersectionOfChildren(a, b));
}

function intersectionOfChildren(a: FieldSet, b: FieldSet): (readonly [string, FieldSet])[] {
  return childrenOf(a).flatMap(([edge, mine]) => {
    const other = Object.hasOwn(b, edge) ? b[edge]! : undefined;
    if (other === undefined) return [];
    const both = node(isMember(mine) && isMember(other), intersectionOfChildren(mine, other));
    return both === undefined ? [] : [[edge, both] as const];
  });
}

export const equalSets = (a: FieldSet, b: FieldSet): boolean =>
  isEmptySet(difference(a, b)) && isEmptySet(difference(b, a));

/** The set with more members: those children that `adds` says of. */
export function withMembers(
  set: FieldSet,
  adds: (path: readonly string[]) => boolean,
  prefix: readonly string[] = [],
): FieldSet {
  const children = childrenOf(set).map(([edge, child]) => {
    const path = [...prefix, edge];
    const inside = childrenOf(withMembers(child, adds, path));
    return [edge, node(isMember(child) || adds(path), inside) ?? emptySet] as const;
  });
  return root(children);
}

/** Every path in the set, parents before children. */
export function* pathsIn(
  set: FieldSet,
  prefix: readonly string[] = [],
): Generator<readonly string[]> {
  for (const [edge, child] of childrenOf(set)) {
    const path = [...prefix, edge];
    if (isMember(child)) yield path;
    yield* pathsIn(child, path);
  }
}

/** Whether the set has the path, or anything below it. */
export function touches(set: FieldSet, path: readonly string[]): boolean {
  let at = set;
  for (const edge of path) {
    if (!Object.hasOwn(at, edge)) return false;
    at = at[edge]!;
  }
  return true;
}

/** A path as conflicts name it: `.spec.containers[name="c"].image`. */
export const pathText = (path: readonly string[]): string => path.map(edgeText).join('');

function edgeText(edge: string): string {
  const value = edge.slice(2);
  switch (edge[0]) {
    case 'k': {
      const keys = Object.entries(JSON.parse(value) as Record<string, unknown>);
      return `[${keys.map(([name, part]) => `${name}=${JSON.stringify(part)}`).join(',')}]`;
    }
    case 'v':
      return `[=${value}]`;
    case 'i':
      return `[${value}]`;
    default:
      return `.${value}`;
  }
}
