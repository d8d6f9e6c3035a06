/** A function of utilization, linear between the points that are given (sched-04). */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

export function brokenLinear(points: readonly ShapePoint[], x: number): number {
  for (let i = 0; i < points.length; i++) {
    const { utilization: to, score: high } = points[i]!;
    if (x > to) continue;
    if (i === 0) return high;
    const { utilization: from, score: low } = points[i - 1]!;
    return low + Math.trunc(((high - low) * (x - from)) / (to - from));
  }
  return points.at(-1)?.score ?? 0;
}
