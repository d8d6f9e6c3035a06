/** The order of a merged list: what the patch orders, and between it what only the server has (api-04 §3). */
import { deepEqual } from '../equal.ts';
import { isObject } from './merge.ts';

/**
 * Items that `order` names stand in its order; the others keep theirs, and go before a named one only
 * where they stood before it in `original`.
 */
export function ordered(
  items: readonly unknown[],
  original: readonly unknown[],
  order: readonly unknown[],
  key: string | undefined,
): readonly unknown[] {
  const idOf = (item: unknown) => (key !== undefined && isObject(item) ? item[key] : item);
  const placeIn = (list: readonly unknown[], item: unknown) =>
    list.findIndex((one) => deepEqual(idOf(one), idOf(item)));
  const named = items
    .filter((item) => placeIn(order, item) >= 0)
    .sort((a, b) => placeIn(order, a) - placeIn(order, b));
  const others = items
    .filter((item) => placeIn(order, item) < 0)
    .sort((a, b) => placeIn(original, a) - placeIn(original, b));
  const out: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const at = placeIn(original, item);
    while (next < others.length) {
      const place = placeIn(original, others[next]);
      if (at < 0 || place < 0 || place > at) break;
      out.push(others[next++]);
    }
    out.push(item);
  }
  return [...out, ...others.slice(next)];
}
