/**
 * What an apply takes away: what its manager applied last time, applies no more, and nobody else owns
 * (structured-merge-diff, `Updater.prune`).
 */
import type { FieldType } from '../structure.ts';
import { difference, type FieldSet, intersection, union, withMembers } from './fieldset.ts';
import { fieldsOf, isDeclared, removed, typeAt } from './typed.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * @param merged what is live, with what is applied written over it
 * @param last what the manager applied last time
 * @param owned what anybody owns now, the manager included
 */
export function pruned(
  merged: Json,
  last: FieldSet,
  owned: readonly FieldSet[],
  type: FieldType,
): Json {
  const named = (set: FieldSet) => withDeclared(set, type);
  const before = named(last);
  const first = removed(merged, before, type) ?? {};
  // Back comes what others own …
  const all = named(fieldsOf(merged, type));
  const managed = named(owned.reduce(union, {}));
  const kept = union(named(fieldsOf(first, type)), managed);
  const second = removed(merged, difference(all, kept), type) ?? {};
  // … and what nobody does, unless the manager did.
  const left = named(fieldsOf(second, type));
  const gone = intersection(difference(all, left), before);
  return (removed(merged, gone, type) ?? {}) as Json;
}

/** With the declared fields that lead to members: whose last part goes, goes with it. */
function withDeclared(set: FieldSet, type: FieldType): FieldSet {
  const typeOfPath = (path: readonly string[]) => path.reduce(typeAt, type);
  return withMembers(set, (path) => isDeclared(typeOfPath(path.slice(0, -1)), path.at(-1)!));
}
