/** Equality of plain data, with identity as the fast path, and reuse of what did not change. */
import { setOwn } from './patch/merge.ts';

/** Deep equality as the API means it: absent, `undefined` and empty lists or maps are the same. */
export function semanticDeepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!semanticDeepEqual(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const name in left) if (!semanticDeepEqual(left[name], right[name])) return false;
  for (const name in right) {
    if (!(name in left) && !isEmpty(right[name])) return false;
  }
  return true;
}

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
};

/** Deep equality of JSON: nothing stands for anything else. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) {
    const other = b as readonly unknown[];
    if (a.length !== other.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], other[i])) return false;
    return true;
  }
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  let names = 0;
  for (const name in left) {
    if (left[name] === undefined) continue;
    names += 1;
    if (!deepEqual(left[name], right[name])) return false;
  }
  for (const name in right) if (right[name] !== undefined) names -= 1;
  return names === 0;
}

/**
 * `next`, built of the parts of `old` wherever they are equal; `old` itself if all is. Fields that
 * are `undefined` are left out.
 */
export function share<T>(old: unknown, next: T): T {
  if (old === next || typeof next !== 'object' || next === null) return next;
  if (typeof old !== 'object' || old === null || Array.isArray(old) !== Array.isArray(next)) {
    return next;
  }
  return (
    Array.isArray(next)
      ? shareList(old as readonly unknown[], next)
      : shareFields(old as Fields, next as Fields)
  ) as T;
}

type Fields = Readonly<Record<string, unknown>>;

function shareList(old: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  let same = old.length === next.length;
  const items: unknown[] = [];
  for (let i = 0; i < next.length; i++) {
    const item = next[i];
    const shared = item === old[i] ? item : share(old[i], item);
    if (shared !== old[i]) same = false;
    items.push(shared);
  }
  return same ? old : items;
}

function shareFields(old: Fields, next: Fields): Fields {
  const out: Record<string, unknown> = {};
  let same = true;
  let more = 0;
  for (const name in next) {
    const value = next[name];
    if (value === undefined) continue;
    more += 1;
    const before = old[name];
    const shared = value === before ? value : share(before, value);
    if (shared !== before) same = false;
    if (name === '__proto__') setOwn(out, name, shared);
    else out[name] = shared;
  }
  if (!same) return out;
  for (const _ in old) more -= 1;
  return more === 0 ? old : out;
}
