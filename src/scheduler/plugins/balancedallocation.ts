/** NodeResourcesBalancedAllocation: prefers nodes whose CPU and memory stay used alike. */
import { type Plugin, scoreMax } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { requestsOf } from '../resources.ts';

export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore({ pod }) {
    const { plain } = requestsOf(pod.spec);
    return plain.cpuMilli > 0 || plain.memoryBytes > 0;
  },
  score({ pod }, node) {
    const { plain } = requestsOf(pod.spec);
    const before = balance(node, 0, 0);
    const after = balance(node, plain.cpuMilli, plain.memoryBytes);
    // 1.36 scores the change that the Pod makes, not the state that it leaves.
    return Math.trunc(50 + (50 + after - before) / 2);
  },
};

/** 100 when both are used to the same fraction. */
function balance(
  { allocatable, cpuMilli, memoryBytes }: NodeInfo,
  cpu: number,
  memory: number,
): number {
  const fractions: number[] = [];
  const { cpu: cpuTotal = 0, memory: memoryTotal = 0 } = allocatable;
  if (cpuTotal > 0) fractions.push(Math.min(1, (cpuMilli + cpu) / cpuTotal));
  if (memoryTotal > 0) fractions.push(Math.min(1, (memoryBytes + memory) / memoryTotal));
  const deviation = fractions.length === 2 ? Math.abs(fractions[0]! - fractions[1]!) / 2 : 0;
  return Math.trunc((1 - deviation) * scoreMax);
}
