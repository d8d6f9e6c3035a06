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
  const inOrder = placesIn(order, key);
  const inOriginal = placesIn(original, key);
  const placed = items.map((item) => ({ item, at: inOrder(item), was: inOriginal(item) }));
  const named = placed.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  const others = placed.filter(({ at }) => at < 0).sort((a, b) => a.was - b.was);
  const out: unknown[] = [];
  let next = 0;
  for (const { item, was } of named) {
    for (; next < others.length; next++) {
      const other = others[next]!;
      if (was < 0 || other.was < 0 || other.was > was) break;
      out.push(other.item);
    }
    out.push(item);
  }
  for (; next < others.length; next++) out.push(others[next]!.item);
  return out;
}

/** Finds an item's place in a list, by its merge key if there is one; -1 where it is not. */
function placesIn(list: readonly unknown[], key: string | undefined): (item: unknown) => number {
  const idOf = (item: unknown) => (key !== undefined && isObject(item) ? item[key] : item);
  const ids = list.map(idOf);
  return (item) => {
    const id = idOf(item);
    return isObject(id) || Array.isArray(id)
      ? ids.findIndex((one) => deepEqual(one, id))
      : ids.indexOf(id);
  };
}
