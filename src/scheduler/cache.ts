/**
 * The scheduler's picture of the cluster: nodes, the Pods on them, and those it has just assumed
 * there before the API server said so.
 */
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import type { Matches } from '../api/selectors.ts';
import { NodeInfo } from './nodeinfo.ts';

/** How many Pods that a selector matches each node has. */
interface Counted {
  readonly namespace: string;
  readonly matches: Matches;
  readonly perNode: Map<string, number>;
}

const countedMax = 256;

export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>();
  #list: readonly NodeInfo[] | undefined;
  /** Pods that count on a node, by uid; of assumed ones the version that was assumed. */
  readonly #pods = new Map<string, { readonly pod: Pod; readonly node: string }>();
  readonly #assumed = new Set<string>();
  /** Pods on nodes that are not known yet, or not any more. */
  readonly #homeless = new Map<string, Map<string, Pod>>();
  readonly #counted = new Map<object, Counted>();

  get nodes(): readonly NodeInfo[] {
    this.#list ??= [...this.#nodes.values()];
    return this.#list;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  isAssumed(uid: string): boolean {
    return this.#assumed.has(uid);
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    const info = this.#nodes.get(name);
    if (info !== undefined) return info.update(node);
    const added = new NodeInfo(node);
    this.#nodes.set(name, added);
    this.#list = undefined;
    for (const pod of this.#homeless.get(name)?.values() ?? []) added.add(pod);
    this.#homeless.delete(name);
  }

  /** Its Pods are kept: a node of the same name may come back before they go. */
  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#nodes.delete(name);
    this.#list = undefined;
    if (info.pods.size > 0) this.#homeless.set(name, new Map(info.pods));
  }

  /** Counts a Pod on a node before it is bound there. */
  assume(pod: Pod, node: string): void {
    this.#put(pod, node);
    this.#assumed.add(pod.metadata.uid);
  }

  /** The binding failed: as if it had never been assumed. */
  forget(uid: string): void {
    if (this.#assumed.delete(uid)) this.#drop(uid);
  }

  /** A Pod with a node, as the API server has it; confirms an assumption. */
  setPod(pod: Pod): void {
    const { uid } = pod.metadata;
    this.#assumed.delete(uid);
    const known = this.#pods.get(uid);
    if (
      known !== undefined &&
      known.node === pod.spec.nodeName &&
      known.pod.spec.containers === pod.spec.containers &&
      known.pod.metadata.labels === pod.metadata.labels &&
      (known.pod.metadata.deletionTimestamp === undefined) ===
        (pod.metadata.deletionTimestamp === undefined)
    ) {
      this.#pods.set(uid, { pod, node: known.node });
      this.#nodes.get(known.node)?.pods.set(uid, pod);
      return;
    }
    if (known !== undefined) this.#drop(uid);
    this.#put(pod, pod.spec.nodeName!);
  }

  removePod(uid: string): void {
    this.#assumed.delete(uid);
    this.#drop(uid);
  }

  /** Pods of the namespace that match, per node. `id` stands for the selector, by identity. */
  countOf(id: object, namespace: string, matches: Matches): ReadonlyMap<string, number> {
    let counted = this.#counted.get(id);
    if (counted === undefined) {
      counted = { namespace, matches, perNode: new Map() };
      for (const { pod, node } of this.#pods.values()) count(counted, pod, node, 1);
      if (this.#counted.size >= countedMax) this.#counted.clear();
      this.#counted.set(id, counted);
    }
    return counted.perNode;
  }

  memory(): unknown {
    return [...this.#assumed].map((uid) => [uid, this.#pods.get(uid)?.node]);
  }

  #put(pod: Pod, node: string): void {
    this.#pods.set(pod.metadata.uid, { pod, node });
    const info = this.#nodes.get(node);
    if (info !== undefined) info.add(pod);
    else {
      const homeless = this.#homeless.get(node) ?? new Map<string, Pod>();
      homeless.set(pod.metadata.uid, pod);
      this.#homeless.set(node, homeless);
    }
    for (const counted of this.#counted.values()) count(counted, pod, node, 1);
  }

  #drop(uid: string): void {
    const known = this.#pods.get(uid);
    if (known === undefined) return;
    this.#pods.delete(uid);
    this.#nodes.get(known.node)?.remove(known.pod);
    this.#homeless.get(known.node)?.delete(uid);
    for (const counted of this.#counted.values()) count(counted, known.pod, known.node, -1);
  }
}

function count({ namespace, matches, perNode }: Counted, pod: Pod, node: string, by: 1 | -1): void {
  const { metadata } = pod;
  if (metadata.namespace !== namespace || metadata.deletionTimestamp !== undefined) return;
  if (matches(metadata.labels)) perNode.set(node, (perNode.get(node) ?? 0) + by);
}
