/** Equality of plain data, with identity as the fast path, and reuse of what did not change. */

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
    return a.length === other.length && a.every((item, i) => deepEqual(item, other[i]));
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

/** `next`, built of the parts of `old` wherever they are equal; `old` itself if all is. */
export function share<T>(old: unknown, next: T): T {
  if (old === next || typeof next !== 'object' || next === null) return next;
  if (typeof old !== 'object' || old === null || Array.isArray(old) !== Array.isArray(next)) {
    return next;
  }
  if (Array.isArray(next)) {
    const before = old as readonly unknown[];
    let same = before.length === next.length;
    const items = next.map((item, i) => {
      const shared = share(before[i], item);
      if (shared !== before[i]) same = false;
      return shared;
    });
    return (same ? old : items) as T;
  }
  const before = old as Readonly<Record<string, unknown>>;
  const after = next as Readonly<Record<string, unknown>>;
  const out: Record<string, unknown> = {};
  let same = Object.keys(before).length === Object.keys(after).length;
  for (const name of Object.keys(after)) {
    const shared = share(before[name], after[name]);
    if (shared !== before[name]) same = false;
    out[name] = shared;
  }
  return (same ? old : out) as T;
}
