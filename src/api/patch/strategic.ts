/**
 * Strategic merge patch: like a merge patch, but lists whose type has a merge key are merged by it.
 *
 * Understands `$patch` (delete, replace, merge), `$deleteFromPrimitiveList`, `$setElementOrder` and
 * `$retainKeys`. Merge keys come from the structure of the API.
 */
import { deepEqual } from '../equal.ts';
import { type FieldType, fieldOf, typeOf } from '../structure.ts';
import { isObject, setOwn } from './merge.ts';

type Json = Readonly<Record<string, unknown>>;

/** Applies `patch` to an object of the named type. */
export function strategicPatch(
  target: unknown,
  patch: unknown,
  typeName: string | undefined,
): unknown {
  return isObject(patch) ? mergeObject(target, patch, typeName) : patch;
}

const directive = /^\$(patch|retainKeys|setElementOrder\/.*|deleteFromPrimitiveList\/.*)$/;

function mergeObject(target: unknown, patch: Json, typeName: string | undefined): unknown {
  if (patch.$patch === 'replace') return stripped(patch);
  if (patch.$patch === 'delete') return {};
  const base: Json = isObject(target) ? target : {};
  const out: Record<string, unknown> = { ...base };
  const retained = patch.$retainKeys;
  if (Array.isArray(retained)) {
    for (const name of Object.keys(out)) if (!retained.includes(name)) delete out[name];
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$deleteFromPrimitiveList/')) deletePrimitives(out, name, value);
    if (directive.test(name)) continue;
    if (value === null) delete out[name];
    else {
      const field = fieldOf(typeName, name);
      const merged = mergeField(out[name], value, field, patch[`$setElementOrder/${name}`]);
      if (merged === undefined) delete out[name];
      else setOwn(out, name, merged);
    }
  }
  for (const [name, order] of Object.entries(patch)) {
    const field = name.startsWith('$setElementOrder/') ? name.slice(17) : undefined;
    if (field === undefined || field in patch || !Array.isArray(out[field])) continue;
    const key = fieldOf(typeName, field)?.patchMergeKey;
    out[field] = ordered(out[field] as readonly unknown[], order as readonly unknown[], key);
  }
  return out;
}

function mergeField(
  target: unknown,
  value: unknown,
  field: FieldType | undefined,
  order: unknown,
): unknown {
  if (Array.isArray(value)) return mergeList(target, value, field, order);
  if (!isObject(value)) return value;
  if (field?.patchStrategy === 'replace') return stripped(value);
  return mergeObject(target, value, field?.ref);
}

function mergeList(
  target: unknown,
  patch: readonly unknown[],
  field: FieldType | undefined,
  order: unknown,
): unknown {
  if (!field?.patchStrategy?.split(',').includes('merge')) {
    return patch.map((item) => (isObject(item) ? stripped(item) : item));
  }
  if (
    patch.some(
      (item) => isObject(item) && item.$patch === 'replace' && Object.keys(item).length === 1,
    )
  ) {
    return patch.filter((item) => !isObject(item) || item.$patch !== 'replace').map(strippedItem);
  }
  const base = Array.isArray(target) ? (target as readonly unknown[]) : [];
  const key = field.patchMergeKey;
  if (key === undefined || typeOf(field.items?.ref) === undefined) {
    const added = patch.filter((item) => !base.some((old) => deepEqual(old, item)));
    const all = added.length === 0 ? base : [...base, ...added];
    return Array.isArray(order) ? ordered(all, order, undefined) : all;
  }
  let items: unknown[] = [...base];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const same = (old: unknown) => isObject(old) && deepEqual(old[key], item[key]);
    if (item.$patch === 'delete') items = items.filter((old) => !same(old));
    else {
      const at = items.findIndex(same);
      if (at < 0) items.push(mergeObject(undefined, item, field.items?.ref));
      else items[at] = mergeObject(items[at], item, field.items?.ref);
    }
  }
  return Array.isArray(order) ? ordered(items, order, key) : items;
}

/** Items in the order given, those that it does not name after the ones they stood behind. */
function ordered(
  items: readonly unknown[],
  order: readonly unknown[],
  key: string | undefined,
): readonly unknown[] {
  const idOf = (item: unknown) => (key !== undefined && isObject(item) ? item[key] : item);
  const rank = (item: unknown) => order.findIndex((o) => deepEqual(idOf(o), idOf(item)));
  const named = items.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  const rest = items.filter((item) => rank(item) < 0);
  const out: unknown[] = [...named];
  for (const item of rest) {
    const before = items.slice(0, items.indexOf(item)).findLast((other) => out.includes(other));
    out.splice(before === undefined ? 0 : out.indexOf(before) + 1, 0, item);
  }
  return out;
}

function deletePrimitives(out: Record<string, unknown>, name: string, values: unknown): void {
  const field = name.slice('$deleteFromPrimitiveList/'.length);
  const list = out[field];
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  out[field] = list.filter((item) => !values.some((value) => deepEqual(value, item)));
}

const strippedItem = (item: unknown): unknown => (isObject(item) ? stripped(item) : item);

/** Without directives, at every depth. */
function stripped(value: Json): Json {
  const out: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (directive.test(name) || part === null) continue;
    const plain = Array.isArray(part) ? part.map(strippedItem) : strippedItem(part);
    setOwn(out, name, plain);
  }
  return out;
}
