/** NodeResourcesBalancedAllocation: prefers nodes whose resources stay used alike. */
import type { Pod } from '../../api/pod/pod.ts';
import { type Plugin, scoreMax } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { isScalar, requestsOf } from '../resources.ts';
import { defaultResources, type ResourceWeight } from './resourcestrategy.ts';

export interface BalancedAllocationArgs {
  readonly resources?: readonly ResourceWeight[];
  /** Up to 1.35 the state was scored that the Pod leaves, since then the change that it makes. */
  readonly formula?: 'pre-1.36';
}

export function balancedAllocationWith({
  resources = defaultResources,
  formula,
}: BalancedAllocationArgs): Plugin {
  const names = (resources.length === 0 ? defaultResources : resources).map(({ name }) => name);
  return {
    name: 'NodeResourcesBalancedAllocation',
    local: true,
    preScore: ({ pod }) => names.some((name) => requestOf(name, pod) > 0),
    score({ pod }, node) {
      const after = balance(names, node, pod, 1);
      if (formula === 'pre-1.36') return after;
      return 50 + Math.trunc((50 + after - balance(names, node, pod, 0)) / 2);
    },
  };
}

/**
 * 100 when all are used to the same fraction, the Pod counted or not. What not every Pod has, as GPUs,
 * matters only to a Pod that asks for it.
 */
function balance(names: readonly string[], node: NodeInfo, pod: Pod, times: 0 | 1): number {
  const fractions: number[] = [];
  for (const name of names) {
    const total = node.allocatable[name] ?? 0;
    const own = requestOf(name, pod);
    if (total === 0 || (own === 0 && isScalar(name))) continue;
    fractions.push(Math.min(1, (usedOf(name, node) + times * own) / total));
  }
  return Math.trunc((1 - deviationOf(fractions)) * scoreMax);
}

function deviationOf(fractions: readonly number[]): number {
  if (fractions.length < 2) return 0;
  if (fractions.length === 2) return Math.abs(fractions[0]! - fractions[1]!) / 2;
  const mean = fractions.reduce((sum, one) => sum + one, 0) / fractions.length;
  const squares = fractions.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return Math.sqrt(squares / fractions.length);
}

function requestOf(name: string, { spec }: Pod): number {
  const { plain } = requestsOf(spec);
  switch (name) {
    case 'cpu':
      return plain.cpuMilli;
    case 'memory':
      return plain.memoryBytes;
    case 'ephemeral-storage':
      return plain.storageBytes;
    default:
      return plain.scalar[name] ?? 0;
  }
}

function usedOf(name: string, node: NodeInfo): number {
  switch (name) {
    case 'cpu':
      return node.cpuMilli;
    case 'memory':
      return node.memoryBytes;
    case 'ephemeral-storage':
      return node.storageBytes;
    default:
      return node.scalar[name] ?? 0;
  }
}

export const balancedAllocation = balancedAllocationWith({});
