/**
 * Strategic merge patch: like a merge patch, but lists whose type has a merge key are merged by it
 * (api-04 §3). Merge keys come from the structure of the API.
 *
 * Understands `$patch` (delete, replace), `$deleteFromPrimitiveList`, `$setElementOrder` and
 * `$retainKeys`; throws a PatchError for a directive that makes no sense.
 */
import { deepEqual } from '../equal.ts';
import { type FieldType, fieldOf, typeOf } from '../structure.ts';
import { goText } from './gotext.ts';
import { isObject, setOwn } from './merge.ts';
import { ordered } from './order.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A patch that cannot be applied, in the server's words: of a form that is none (BadRequest), of a
 * content that contradicts itself (Invalid), or anything else.
 */
export class PatchError extends Error {
  readonly reason: 'BadRequest' | 'Invalid' | 'InternalError';

  constructor(message: string, reason: PatchError['reason'] = 'InternalError') {
    super(message);
    this.reason = reason;
  }
}

const orderOf = '$setElementOrder/';
const deleteFrom = '$deleteFromPrimitiveList/';
const retainKeys = '$retainKeys';
const directive = '$patch';

/** Applies `patch` to an object of the named type. */
export const strategicPatch = (
  target: unknown,
  patch: unknown,
  typeName: string | undefined,
): unknown => (isObject(patch) ? mergeMap(target, patch, typeName) : patch);

/** All of them begin with a dollar, and hardly any field does. */
const isDirective = (name: string): boolean =>
  name.charCodeAt(0) === dollar && isKnownDirective(name);

const dollar = 36;

const isKnownDirective = (name: string): boolean =>
  name === directive ||
  name === retainKeys ||
  name.startsWith(orderOf) ||
  name.startsWith(deleteFrom);

function mergeMap(target: unknown, patch: Json, typeName: string | undefined): unknown {
  const how = patch[directive];
  if (how === 'replace') return withoutDirective(patch);
  if (how === 'delete') return {};
  if (how !== undefined) throw unknownPatchType(how, patch);
  const out = isObject(target) ? withoutNulled(target, patch) : {};
  const names = Object.keys(patch);
  const directs = names.some(isDirective);
  if (directs) {
    keepOnly(out, patch);
    for (const name of names) {
      if (!name.startsWith(deleteFrom)) continue;
      deletePrimitives(out, name.slice(deleteFrom.length), patch[name]);
    }
  }
  for (const name of names) {
    if (directs && isDirective(name)) continue;
    const value = patch[name];
    if (value === null) continue;
    const before = Object.hasOwn(out, name) ? out[name] : undefined;
    const order = directs ? patch[orderOf + name] : undefined;
    const merged = mergeField(before, value, fieldOf(typeName, name), order);
    if (merged === undefined) delete out[name];
    else setOwn(out, name, merged);
  }
  // An order for a list that the patch does not touch otherwise.
  for (const name of directs ? names : []) {
    if (!name.startsWith(orderOf)) continue;
    const order = patch[name];
    if (!Array.isArray(order)) throw notAList(order);
    const field = name.slice(orderOf.length);
    const list = out[field];
    if (Object.hasOwn(patch, field) || !Array.isArray(list)) continue;
    out[field] = ordered(list, list, order, fieldOf(typeName, field)?.patchMergeKey);
  }
  return out;
}

/** A copy without what the patch takes out: an object that something is deleted from becomes a dictionary. */
function withoutNulled(target: Json, patch: Json): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name in target) {
    if (patch[name] !== null || !Object.hasOwn(patch, name)) setOwn(out, name, target[name]);
  }
  return out;
}

/** With `$retainKeys`, the live map loses what the list does not name. */
function keepOnly(out: Record<string, unknown>, patch: Json): void {
  if (!Object.hasOwn(patch, retainKeys)) return;
  const retained = patch[retainKeys];
  if (!Array.isArray(retained)) {
    throw new PatchError('invalid patch format of retainKeys', 'BadRequest');
  }
  for (const [name, value] of Object.entries(patch)) {
    if (isDirective(name) || value === null || retained.includes(name)) continue;
    throw new PatchError("patch content doesn't match retainKeys list", 'Invalid');
  }
  for (const name of Object.keys(out)) if (!retained.includes(name)) delete out[name];
}

function mergeField(
  target: unknown,
  value: unknown,
  field: FieldType | undefined,
  order: unknown,
): unknown {
  if (target === undefined) return copied(value);
  if (Array.isArray(value)) {
    if (!Array.isArray(target)) return copied(value);
    return mergeList(target, value, field, order);
  }
  if (!isObject(value)) return value;
  if (!isObject(target) || field?.patchStrategy === 'replace') return copied(value);
  return mergeMap(target, value, field?.ref);
}

function mergeList(
  target: readonly unknown[],
  patch: readonly unknown[],
  field: FieldType | undefined,
  order: unknown,
): unknown {
  if (!field?.patchStrategy?.split(',').includes('merge')) return patch.map(copied);
  const key = field.patchMergeKey;
  const isOfMaps = key !== undefined && typeOf(field.items?.ref) !== undefined;
  if ([...target, ...patch].some(Array.isArray)) {
    throw new PatchError('lists of lists are not supported', 'Invalid');
  }
  if (!isOfMaps) {
    const added = patch.filter((item) => !target.some((old) => deepEqual(old, item)));
    return ordered([...target, ...added], target, orderFor(patch, order, undefined), undefined);
  }
  const elements = patch.filter(isObject);
  const named = elements.filter((item) => item[directive] === undefined);
  const kept = withoutDeleted(target, elements, key);
  if (kept === undefined) return named.map(copied);
  let items = kept;
  for (const item of named) items = mergeItem(items, item, key, field.items?.ref);
  return ordered(items, target, orderFor(named, order, key, elements), key);
}

/** Without an order, the patch's own elements give it. */
function orderFor(
  patch: readonly unknown[],
  order: unknown,
  key: string | undefined,
  shown = patch,
): readonly unknown[] {
  if (!Array.isArray(order)) return patch;
  const idOf = (item: unknown) => (key !== undefined && isObject(item) ? item[key] : item);
  let at = 0;
  for (const item of order.length === 0 ? [] : patch) {
    while (at < order.length && !deepEqual(idOf(order[at]), idOf(item))) at += 1;
    if (at >= order.length) {
      const lists = `The order in patch list:\n${goText(shown)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`;
      throw new PatchError(lists);
    }
    at += 1;
  }
  for (const item of order) {
    if (key === undefined || !isObject(item)) continue;
    if (!Object.hasOwn(item, key)) throw withoutKey(item, key);
  }
  return order;
}

/**
 * What elements with a directive leave of the list, before any other is merged into it: deletions go
 * first. Undefined: the patch takes its place.
 */
function withoutDeleted(
  target: readonly unknown[],
  elements: readonly Json[],
  key: string,
): readonly unknown[] | undefined {
  let left: readonly unknown[] = target;
  let isReplaced = false;
  for (const item of elements) {
    const how = item[directive];
    if (how === undefined) continue;
    if (how === 'merge') throw new PatchError('merging lists cannot yet be specified in the patch');
    if (how === 'replace') isReplaced = true;
    else if (how !== 'delete') throw unknownPatchType(how, item);
    else if (!Object.hasOwn(item, key)) throw withoutKey(item, key);
    else left = left.filter((old) => !(isObject(old) && deepEqual(old[key], item[key])));
  }
  return isReplaced ? undefined : left;
}

function mergeItem(
  items: readonly unknown[],
  item: Json,
  key: string,
  typeName: string | undefined,
): readonly unknown[] {
  if (!Object.hasOwn(item, key)) throw withoutKey(item, key);
  const isSame = (old: unknown) => isObject(old) && deepEqual(old[key], item[key]);
  const at = items.findIndex(isSame);
  if (at < 0) return [...items, copied(item)];
  return items.map((old, i) => (i === at ? mergeMap(old, item, typeName) : old));
}

const withoutKey = (item: Json, key: string): PatchError =>
  new PatchError(`map: ${goText(item)} does not contain declared merge key: ${key}`);

const notAList = (value: unknown): PatchError =>
  new PatchError(`expected a []interface {}, but received a ${goTypeOf(value)}`);

function goTypeOf(value: unknown): string {
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const unknownPatchType = (how: unknown, map: Json): PatchError =>
  new PatchError(`unknown patch type: ${goText(how)} in map: ${goText(map)}`);

function deletePrimitives(out: Record<string, unknown>, field: string, values: unknown): void {
  const list = Object.hasOwn(out, field) ? out[field] : undefined;
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  out[field] = list.filter((item) => !values.some((value) => deepEqual(value, item)));
}

const withoutDirective = ({ [directive]: _how, ...rest }: Json): Json => rest;

/** Where there is nothing to merge with, maps with a directive go, and so do nulls. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !hasDirective(item)).map(copied);
  }
  if (!isObject(value)) return value;
  if (hasDirective(value)) return undefined;
  const out: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (isDirective(name) || part === null || hasDirective(part)) continue;
    setOwn(out, name, copied(part));
  }
  return out;
}

const hasDirective = (value: unknown): boolean =>
  isObject(value) && Object.hasOwn(value, directive);
