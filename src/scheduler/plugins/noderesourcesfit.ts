/** NodeResourcesFit: requests must fit, and nodes with more room score higher (LeastAllocated). */
import { type Plugin, scoreMax, type Unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { requestsOf } from '../resources.ts';

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  filter({ pod }, node) {
    const { plain, none } = requestsOf(pod.spec);
    const full = node.pods.size + 1 > node.podsMax;
    if (none && !full) return undefined;
    const { allocatable } = node;
    const fits =
      !full &&
      plain.cpuMilli <= (allocatable.cpu ?? 0) - node.cpuMilli &&
      plain.memoryBytes <= (allocatable.memory ?? 0) - node.memoryBytes &&
      plain.storageBytes <= (allocatable['ephemeral-storage'] ?? 0) - node.storageBytes;
    if (fits && Object.keys(plain.scalar).length === 0) return undefined;
    return insufficient(node, full, plain);
  },
  score({ pod }, node) {
    const { nonZero } = requestsOf(pod.spec);
    const cpu = leastAllocated(node.nonZeroCpuMilli + nonZero.cpuMilli, node.allocatable.cpu ?? 0);
    const memory = leastAllocated(
      node.nonZeroMemoryBytes + nonZero.memoryBytes,
      node.allocatable.memory ?? 0,
    );
    const known = [cpu, memory].filter((score) => score !== undefined);
    if (known.length === 0) return 0;
    return Math.trunc(known.reduce((sum, score) => sum + score, 0) / known.length);
  },
  wakesOn: ['nodeAdded', 'nodeUpdated', 'podDeleted'],
};

/** Every resource that is short, in upstream's order; hopeless if even an empty node lacks it. */
function insufficient(
  { allocatable, cpuMilli, memoryBytes, storageBytes, scalar }: NodeInfo,
  full: boolean,
  plain: ReturnType<typeof requestsOf>['plain'],
): Unfit | undefined {
  const reasons: string[] = [];
  let unresolvable = false;
  if (full) reasons.push('Too many pods');
  const check = (name: string, request: number, used: number) => {
    const total = allocatable[name] ?? 0;
    if (request === 0 || request <= total - used) return;
    reasons.push(`Insufficient ${name}`);
    if (request > total) unresolvable = true;
  };
  check('cpu', plain.cpuMilli, cpuMilli);
  check('memory', plain.memoryBytes, memoryBytes);
  check('ephemeral-storage', plain.storageBytes, storageBytes);
  for (const name in plain.scalar) check(name, plain.scalar[name]!, scalar[name] ?? 0);
  return reasons.length === 0 ? undefined : { reasons, unresolvable };
}

const leastAllocated = (requested: number, total: number): number | undefined =>
  total === 0
    ? undefined
    : requested > total
      ? 0
      : Math.trunc(((total - requested) * scoreMax) / total);
