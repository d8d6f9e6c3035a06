/** A node as the scheduler sees it: what it has, and what its Pods ask for, kept as they come and go. */
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { numbers, usageOf } from './resources.ts';

export class NodeInfo {
  readonly name: string;
  node: Node;
  /** Its place among the nodes of the cache, once it was asked for them. */
  index = 0;
  /** Another number after each change that a plugin may care about. */
  generation = 1;
  readonly pods = new Map<string, Pod>();
  allocatable: Readonly<Record<string, number>> = {};
  /** Bytes of the images that it has, by each of their names. */
  images: ReadonlyMap<string, number> = noImages;
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
    this.#read(node);
  }

  get podsMax(): number {
    return this.allocatable['pods'] ?? 0;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node.metadata.labels ?? noLabels;
  }

  update(node: Node): void {
    const before = this.node;
    this.node = node;
    const isRelabelled = node.metadata.labels !== before.metadata.labels;
    if (isRelabelled || node.spec !== before.spec) this.generation += 1;
    if (node.status !== before.status) this.#read(node, before);
  }

  add(pod: Pod): void {
    const { uid } = pod.metadata;
    this.pods.set(uid, pod);
    this.generation += 1;
    this.#count(pod, 1);
  }

  /** A newer version of one of its Pods, with the same containers: no plugin minds. */
  replace(pod: Pod): void {
    const { uid } = pod.metadata;
    this.pods.set(uid, pod);
  }

  remove(pod: Pod): void {
    const { uid } = pod.metadata;
    if (!this.pods.delete(uid)) return;
    this.generation += 1;
    this.#count(pod, -1);
  }

  /** Another one on which Pods can be added and removed for the sake of argument. */
  copy(): NodeInfo {
    const copy = new NodeInfo(this.node);
    copy.index = this.index;
    for (const pod of this.pods.values()) copy.add(pod);
    return copy;
  }

  #read({ status }: Node, before?: Node): void {
    if (before === undefined || status?.allocatable !== before.status?.allocatable) {
      this.allocatable = numbers(status?.allocatable);
      this.generation += 1;
    }
    if (before !== undefined && status?.images === before.status?.images) return;
    if ((status?.images ?? []).length === 0) {
      this.images = noImages;
      return;
    }
    const images = new Map<string, number>();
    for (const { names = [], sizeBytes = 0 } of status.images!) {
      for (const name of names) images.set(name, sizeBytes);
    }
    this.images = images;
  }

  #count(pod: Pod, sign: 1 | -1): void {
    const { plain, nonZero } = usageOf(pod);
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

const noImages: ReadonlyMap<string, number> = new Map();
const noLabels = {};
