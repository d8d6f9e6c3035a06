/** Pods that are promised a node: those for which others were preempted, by node (sched-02). */
import type { Pod } from '../api/pod/pod.ts';

export class Nominator {
  readonly #byNode = new Map<string, Map<string, Pod>>();
  readonly #nodes = new Map<string, string>();

  nominate(pod: Pod, node: string): void {
    const { uid } = pod.metadata;
    this.forget(uid);
    this.#nodes.set(uid, node);
    const pods = this.#byNode.get(node) ?? new Map<string, Pod>();
    pods.set(uid, pod);
    this.#byNode.set(node, pods);
  }

  /** A newer version of a Pod that may be promised a node. */
  update(pod: Pod): void {
    const { uid } = pod.metadata;
    const node = this.#nodes.get(uid);
    if (node !== undefined) this.#byNode.get(node)!.set(uid, pod);
  }

  forget(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#nodes.delete(uid);
    const pods = this.#byNode.get(node)!;
    pods.delete(uid);
    if (pods.size === 0) this.#byNode.delete(node);
  }

  /** Whether no Pod is promised anything. */
  get isEmpty(): boolean {
    return this.#nodes.size === 0;
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodes.get(uid);
  }

  /** Those on a node that are no less important than this Pod. */
  on(node: string, { metadata, spec }: Pod): readonly Pod[] {
    const pods = this.#byNode.get(node);
    if (pods === undefined) return nobody;
    const { priority = 0 } = spec;
    return [...pods.values()].filter(
      (other) => other.metadata.uid !== metadata.uid && (other.spec.priority ?? 0) >= priority,
    );
  }

  /** Those on a node that are less important. */
  below(node: string, { metadata, spec }: Pod): readonly Pod[] {
    const { priority = 0 } = spec;
    return [...(this.#byNode.get(node)?.values() ?? [])].filter(
      (other) => other.metadata.uid !== metadata.uid && (other.spec.priority ?? 0) < priority,
    );
  }

  get promised(): readonly (readonly [node: string, pod: Pod])[] {
    return [...this.#byNode].flatMap(([node, pods]) =>
      [...pods.values()].map((pod) => [node, pod] as const),
    );
  }

  memory(): unknown {
    return [...this.#nodes];
  }
}

const nobody: readonly Pod[] = [];
