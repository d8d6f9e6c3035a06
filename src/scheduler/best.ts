/**
 * The node that is chosen: the top of a heap over the totals (sched-01, since 1.35). Nothing is left
 * to chance; among equals the one wins that the layout of Go's container/heap brings up, which is the
 * first if all are equal.
 */
export function bestOf(totals: readonly number[]): number {
  const heap = totals.map((_, i) => i);
  const isBetter = (a: number, b: number): boolean => totals[heap[a]!]! > totals[heap[b]!]!;
  for (let root = Math.floor(heap.length / 2) - 1; root >= 0; root--) {
    let at = root;
    for (let left = 2 * at + 1; left < heap.length; left = 2 * at + 1) {
      const right = left + 1;
      const child = right < heap.length && isBetter(right, left) ? right : left;
      if (!isBetter(child, at)) break;
      const moved = heap[at]!;
      heap[at] = heap[child]!;
      heap[child] = moved;
      at = child;
    }
  }
  return heap[0]!;
}
