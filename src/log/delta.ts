/**
 * The difference of two versions of an object, as small JSON: nested for mappings, `null` for what
 * was removed, whole for everything else. Parts that are identical cost nothing.
 */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined: nothing differs. `null` in the new version cannot be told, and gives `whole`. */
export const whole = Symbol('whole');

export function difference(before: unknown, after: unknown): unknown {
  if (before === after) return undefined;
  if (!isObject(before) || !isObject(after)) {
    if (hasNull(after)) return whole;
    return sameList(before, after) ? undefined : after;
  }
  const out: Record<string, unknown> = {};
  let some = false;
  for (const name in after) {
    const part = difference(before[name], after[name]);
    if (part === whole) return whole;
    if (part === undefined) continue;
    out[name] = part;
    some = true;
  }
  for (const name in before) {
    if (after[name] !== undefined || before[name] === undefined) continue;
    out[name] = null;
    some = true;
  }
  return some ? out : undefined;
}

/** The new version; parts that did not change are those of the old one. */
export function patched(before: unknown, delta: unknown): unknown {
  if (!isObject(delta) || !isObject(before)) return delta;
  const out: Record<string, unknown> = { ...before };
  for (const name in delta) {
    const part = delta[name];
    if (part === null) delete out[name];
    else if (isObject(part)) out[name] = patched(before[name], part);
    else out[name] = part;
  }
  return out;
}

/** Nulls inside of lists stay: lists are told whole. A mapping with one would lose it. */
function hasNull(value: unknown): boolean {
  if (value === null) return true;
  if (!isObject(value)) return false;
  for (const name in value) if (hasNull(value[name])) return true;
  return false;
}

function sameList(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && JSON.stringify(a) === JSON.stringify(b);
}
