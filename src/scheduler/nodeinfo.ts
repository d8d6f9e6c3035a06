/** A node as the scheduler sees it: what it has, and what its Pods ask for, kept as they come and go. */
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { numbers, requestsOf } from './resources.ts';

export class NodeInfo {
  readonly name: string;
  node: Node;
  readonly pods = new Map<string, Pod>();
  allocatable: Readonly<Record<string, number>> = {};
  /** Sums over the Pods. */
  cpuMilli = 0;
  memoryBytes = 0;
  storageBytes = 0;
  nonZeroCpuMilli = 0;
  nonZeroMemoryBytes = 0;
  readonly scalar: Record<string, number> = {};

  constructor(node: Node) {
    this.name = node.metadata.name;
    this.node = node;
    this.update(node);
  }

  get podsMax(): number {
    return this.allocatable.pods ?? 0;
  }

  update(node: Node): void {
    const before = this.node.status?.allocatable;
    this.node = node;
    if (node.status?.allocatable !== before || this.allocatable.pods === undefined) {
      this.allocatable = numbers(node.status?.allocatable);
    }
  }

  add(pod: Pod): void {
    this.pods.set(pod.metadata.uid, pod);
    this.#count(pod, 1);
  }

  remove(pod: Pod): void {
    if (this.pods.delete(pod.metadata.uid)) this.#count(pod, -1);
  }

  #count({ spec }: Pod, sign: 1 | -1): void {
    const { plain, nonZero } = requestsOf(spec);
    this.cpuMilli += sign * plain.cpuMilli;
    this.memoryBytes += sign * plain.memoryBytes;
    this.storageBytes += sign * plain.storageBytes;
    this.nonZeroCpuMilli += sign * nonZero.cpuMilli;
    this.nonZeroMemoryBytes += sign * nonZero.memoryBytes;
    for (const name in plain.scalar) {
      this.scalar[name] = (this.scalar[name] ?? 0) + sign * plain.scalar[name]!;
    }
  }
}
