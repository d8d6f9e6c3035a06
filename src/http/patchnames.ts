/** Which fields a patch names: what their author may have misspelt (api-02 §6). */
import { isObject } from '../api/patch/merge.ts';

/** A strategic merge patch without what it says about merging. */
export function withoutDirectives(patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map(withoutDirectives);
  if (!isObject(patch)) return patch;
  return Object.fromEntries(
    Object.entries(patch).flatMap(([name, value]) =>
      /^\$(patch|retainKeys|setElementOrder\/|deleteFromPrimitiveList\/)/.test(name)
        ? []
        : [[name, withoutDirectives(value)]],
    ),
  );
}

/** What the operations of a JSON patch add and replace, each in its place. */
export function addedBy(patch: unknown): unknown {
  let object: unknown = {};
  for (const operation of Array.isArray(patch) ? patch : []) {
    if (!isObject(operation) || typeof operation['path'] !== 'string') continue;
    if (operation['op'] !== 'add' && operation['op'] !== 'replace') continue;
    const path = operation['path']
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    object = placed(object, path, operation['value']);
  }
  return object;
}

const indexMax = 1_000;

function placed(into: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  if (/^(\d+|-)$/.test(first)) {
    const list: unknown[] = Array.isArray(into) ? [...into] : [];
    const index = first === '-' ? list.length : Number(first);
    if (index > indexMax) return into;
    while (list.length <= index) list.push(null);
    list[index] = placed(list[index], rest, value);
    return list;
  }
  const object = isObject(into) ? into : {};
  const known = Object.hasOwn(object, first) ? object[first] : undefined;
  return Object.fromEntries([...Object.entries(object), [first, placed(known, rest, value)]]);
}
