/** How nodes are scored by what they would have left: three strategies (sched-04). */
import type { Pod } from '../../api/pod/pod.ts';
import { scoreMax } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { requestsOf } from '../resources.ts';
import { brokenLinear, type ShapePoint } from './shape.ts';

export interface ResourceWeight {
  readonly name: string;
  readonly weight?: number;
}

export interface ScoringStrategy {
  readonly type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources?: readonly ResourceWeight[];
  readonly requestedToCapacityRatio?: { readonly shape?: readonly ShapePoint[] };
}

export const defaultResources: readonly ResourceWeight[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

type Score = (pod: Pod, node: NodeInfo) => number;

export function strategyOf({
  type = 'LeastAllocated',
  resources = defaultResources,
  requestedToCapacityRatio = {},
}: ScoringStrategy): Score {
  const weighted = (resources.length === 0 ? defaultResources : resources).map(
    ({ name, weight }) => ({ name, weight: weight || 1 }),
  );
  switch (type) {
    case 'LeastAllocated':
      return combined(weighted, (used, total) =>
        used > total ? 0 : Math.trunc(((total - used) * scoreMax) / total),
      );
    case 'MostAllocated':
      return combined(weighted, (used, total) =>
        Math.trunc((Math.min(used, total) * scoreMax) / total),
      );
    case 'RequestedToCapacityRatio': {
      const shape = (requestedToCapacityRatio.shape ?? []).map(({ utilization, score }) => ({
        utilization,
        score: score * (scoreMax / 10),
      }));
      return rounded(weighted, (used, total) =>
        brokenLinear(shape, used > total ? 100 : Math.trunc((used * 100) / total)),
      );
    }
  }
}

type Part = (used: number, total: number) => number;
type Weights = readonly { readonly name: string; readonly weight: number }[];

function combined(resources: Weights, part: Part): Score {
  return (pod, node) => {
    let sum = 0;
    let weights = 0;
    for (const { name, weight } of resources) {
      const total = node.allocatable[name] ?? 0;
      const used = total === 0 ? undefined : usedOf(name, pod, node);
      if (used === undefined) continue;
      sum += part(used, total) * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.trunc(sum / weights);
  };
}

/** A resource that scores 0 does not count at all. */
function rounded(resources: Weights, part: Part): Score {
  return (pod, node) => {
    let sum = 0;
    let weights = 0;
    for (const { name, weight } of resources) {
      const total = node.allocatable[name] ?? 0;
      const used = total === 0 ? undefined : usedOf(name, pod, node);
      const score = used === undefined ? 0 : part(used, total);
      if (score <= 0) continue;
      sum += score * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(sum / weights);
  };
}

/** With the Pod on it; undefined for what the Pod does not ask for, unless every Pod counts. */
function usedOf(name: string, { spec }: Pod, node: NodeInfo): number | undefined {
  const { plain, nonZero } = requestsOf(spec);
  switch (name) {
    case 'cpu':
      return node.nonZeroCpuMilli + nonZero.cpuMilli;
    case 'memory':
      return node.nonZeroMemoryBytes + nonZero.memoryBytes;
    case 'ephemeral-storage':
      return node.storageBytes + plain.storageBytes;
    default: {
      const own = plain.scalar[name] ?? 0;
      return own === 0 ? undefined : (node.scalar[name] ?? 0) + own;
    }
  }
}
