/**
 * The node that is chosen: the top of a heap over the totals (sched-01, since 1.35). Nothing is left
 * to chance; among equals the one wins that the layout of Go's container/heap brings up.
 *
 * Building the heap lets a total rise only past smaller ones, and to the left among equals. So what comes up is,
 * of the best, the first that one meets who walks the tree of positions a parent before its children, and the
 * left before the right one: nothing needs to be moved.
 */
export function bestOf(totals: readonly number[]): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < totals.length; i++) if (totals[i]! > best) best = totals[i]!;
  return firstFrom(0, best, totals);
}

/** -1: none at this position or below it. */
function firstFrom(at: number, best: number, totals: readonly number[]): number {
  if (at >= totals.length) return -1;
  if (totals[at] === best) return at;
  const left = firstFrom(2 * at + 1, best, totals);
  return left === -1 ? firstFrom(2 * at + 2, best, totals) : left;
}
