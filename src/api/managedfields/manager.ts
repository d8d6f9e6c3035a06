/**
 * Field managers: who owns which field after an update or an apply, and where an apply conflicts
 * (api-04 §5; upstream's `FieldManager` over structured-merge-diff).
 */

import { deepEqual } from '../equal.ts';
import { alwaysWritten } from '../normalize.ts';
import { isObject } from '../patch/merge.ts';
import type { FieldType } from '../structure.ts';
import type { Managed } from './entries.ts';
import {
  difference,
  equalSets,
  type FieldSet,
  intersection,
  isEmptySet,
  pathsIn,
  pathText,
  recursiveDifference,
  union,
} from './fieldset.ts';
import { pruned } from './prune.ts';
import { type Comparison, compare, fieldsOf, merged } from './typed.ts';

type Json = Readonly<Record<string, unknown>>;

/** Who writes, through what. */
export interface Workflow {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  /** The object's type. */
  readonly type: FieldType;
  /** Fields that this way of writing never changes. */
  readonly reset: FieldSet;
}

/** Nobody owns what the server sets. */
const ignored: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': Object.fromEntries(
    [
      'name',
      'namespace',
      'creationTimestamp',
      'selfLink',
      'uid',
      'clusterName',
      'generation',
      'managedFields',
      'resourceVersion',
    ].map((name) => [`f:${name}`, {}]),
  ),
};

/** What is left for somebody to own. That there is metadata at all is nobody's doing, what is in it may be. */
const ownable = (fields: FieldSet): FieldSet =>
  difference(recursiveDifference(fields, ignored), { 'f:metadata': {} });

/** Who applies is the same in every version. */
export const isSame = (
  one: Managed,
  { manager, operation, apiVersion, subresource }: Omit<Workflow, 'type' | 'reset' | 'time'>,
): boolean =>
  one.manager === manager &&
  one.operation === operation &&
  (operation === 'Apply' || one.apiVersion === apiVersion) &&
  one.subresource === subresource;

const changedBy = ({ added, modified }: Comparison): FieldSet => union(added, modified);

const withoutManagedFields = (object: Json): Json => {
  const { metadata } = object;
  if (!isObject(metadata) || !Object.hasOwn(metadata, 'managedFields')) return object;
  const { managedFields: _gone, ...rest } = metadata;
  return { ...object, metadata: rest };
};

/** Who owns what after somebody changed an object, or created it (`before` undefined). */
export function afterUpdate(
  before: Json | undefined,
  after: Json,
  managed: readonly Managed[],
  workflow: Workflow,
): readonly Managed[] {
  const { type, reset } = workflow;
  const old = before === undefined ? emptyObject(type) : withoutManagedFields(before);
  const differs = compare(old, withoutManagedFields(after), type);
  const changed = changedBy(differs);
  const others = managed.flatMap((one) =>
    isSame(one, workflow)
      ? []
      : kept(one, difference(difference(one.fields, differs.removed), changed)),
  );
  const mine = managed.find((one) => isSame(one, workflow));
  const owned = union(difference(mine?.fields ?? {}, differs.removed), changed);
  const fields = recursiveDifference(ownable(owned), reset);
  if (isEmptySet(fields)) return others;
  if (mine !== undefined && equalSets(mine.fields, fields)) return [...others, mine];
  const { manager, operation, apiVersion, subresource, time } = workflow;
  return [...others, { manager, operation, apiVersion, subresource, time, fields }];
}

const kept = (one: Managed, fields: FieldSet): readonly Managed[] =>
  isEmptySet(fields) ? [] : [equalSets(one.fields, fields) ? one : { ...one, fields }];

export interface Conflict {
  readonly by: Managed;
  /** As conflicts name it. */
  readonly path: string;
  readonly edges: readonly string[];
}

export type Applied =
  | { readonly ok: true; readonly object: Json; readonly managed: readonly Managed[] }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };

/** What an apply makes of the live object, and who owns what then. */
export function apply(
  live: Json | undefined,
  config: Json,
  managed: readonly Managed[],
  workflow: Workflow,
  force: boolean,
): Applied {
  const { type, reset } = workflow;
  const old = withoutManagedFields(live ?? {});
  const last = managed.find((one) => isSame(one, workflow));
  const all = ownable(fieldsOf(config, type));
  const mine = recursiveDifference(all, reset);
  const others = managed.filter((one) => !isSame(one, workflow));
  const whole = merged(old, config, type) as Json;
  const owned = [mine, ...others.map(({ fields }) => fields)];
  const object = last === undefined ? whole : pruned(whole, last.fields, owned, type);
  const differs = compare(old, object, type);
  const changed = recursiveDifference(changedBy(differs), reset);
  const taken = intersection(changed, mine);
  const conflicts = others.flatMap((by) =>
    [...pathsIn(intersection(by.fields, taken))].map((path) => ({
      by,
      path: pathText(path),
      edges: path,
    })),
  );
  if (conflicts.length > 0 && !force) return { ok: false, conflicts };
  const left = others.flatMap((one) =>
    kept(one, difference(difference(one.fields, differs.removed), taken)),
  );
  const { manager, operation, apiVersion, subresource, time } = workflow;
  if (isEmptySet(mine)) return { ok: true, object, managed: left };
  // Who changes nothing of the object says nothing of the time.
  const at = deepEqual(old, object) ? (last?.time ?? '') : time;
  const isKnown = last !== undefined && last.time === at && equalSets(last.fields, mine);
  const entry =
    isKnown && last.apiVersion === apiVersion
      ? last
      : { manager, operation, apiVersion, subresource, time: at, fields: mine };
  return { ok: true, object, managed: [...left, entry] };
}

/** What Go writes for an object of which nothing is set: what is there in it, nobody added. */
function emptyObject(type: FieldType): Json {
  return alwaysWritten(type.ref) as Json;
}

/** A manager that owns all that is there. */
export function owningAll(object: Json, workflow: Workflow): Managed {
  const { manager, operation, apiVersion, subresource, time, type, reset } = workflow;
  const all = ownable(fieldsOf(withoutManagedFields(object), type));
  const fields = recursiveDifference(all, reset);
  return { manager, operation, apiVersion, subresource, time, fields };
}
