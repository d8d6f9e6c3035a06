/**
 * The scheduler's picture of the cluster: nodes, the Pods on them, and those it has just assumed
 * there before the API server said so.
 */
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { Domains, type Tally } from './domains.ts';
import { NodeInfo } from './nodeinfo.ts';
import { NodeTree, zoneOf } from './nodetree.ts';
import { PodCounts, type Sort } from './podcounts.ts';
import { usageOf } from './resources.ts';
import { type Said, TermCounts } from './termcounts.ts';

/** An image, as large as the first node said that had it. */
export interface KnownImage {
  readonly sizeBytes: number;
  /** How many have it. */
  readonly nodes: number;
}

export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #tree = new NodeTree();
  #list: readonly NodeInfo[] | undefined;
  /** Pods that count on a node; of assumed ones the version that was assumed. */
  readonly #pods = new PodCounts((node) => this.#nodes.get(node));
  /** By label; until nodes come, go or have other labels. */
  readonly #domains = new Map<string, Domains>();
  readonly #assumed = new Set<string>();
  /** Pods on nodes that are not known yet, or not any more. */
  readonly #homeless = new Map<string, Map<string, Pod>>();
  readonly #terms = new TermCounts((node) => this.#nodes.get(node));
  readonly #images = new Map<string, KnownImage>();
  /** Volumes that were promised to claims, by name, before the API server said so. */
  readonly assumedVolumes = new Map<string, string>();

  /** In the order in which they are looked at. */
  get nodes(): readonly NodeInfo[] {
    if (this.#list === undefined) {
      this.#list = this.#tree.list();
      for (const [index, info] of this.#list.entries()) info.index = index;
    }
    return this.#list;
  }

  get podCount(): number {
    return this.#pods.size;
  }

  /** An image that some node has. */
  image(name: string): KnownImage | undefined {
    return this.#images.get(name);
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** Uids of Pods that were placed and not confirmed. */
  get assumed(): readonly string[] {
    return [...this.#assumed];
  }

  /** Pods on nodes that are not there. */
  get homeless(): readonly Pod[] {
    return [...this.#homeless.values()].flatMap((pods) => [...pods.values()]);
  }

  isAssumed(uid: string): boolean {
    return this.#assumed.has(uid);
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    const info = this.#nodes.get(name);
    if (info !== undefined) return this.#update(info, node);
    const added = new NodeInfo(node);
    this.#nodes.set(name, added);
    this.#tree.add(added);
    this.#list = undefined;
    this.#nodesChanged();
    this.#countImages(added, 1);
    for (const pod of this.#homeless.get(name)?.values() ?? []) added.add(pod);
    this.#homeless.delete(name);
  }

  #update(info: NodeInfo, node: Node): void {
    const isRelabelled = info.node.metadata.labels !== node.metadata.labels;
    const before = isRelabelled ? zoneOf(info) : '';
    const hasOthers = info.node.status?.images !== node.status?.images;
    if (hasOthers) this.#countImages(info, -1);
    if (isRelabelled) this.#nodesChanged();
    info.update(node);
    if (hasOthers) this.#countImages(info, 1);
    if (!isRelabelled || zoneOf(info) === before) return;
    // In another zone it is the last to have come; the list stays until a node comes or goes.
    this.#tree.remove(info, before);
    this.#tree.add(info);
  }

  #nodesChanged(): void {
    this.#pods.nodesChanged();
    this.#terms.nodesChanged();
    this.#domains.clear();
  }

  #countImages({ images }: NodeInfo, by: 1 | -1): void {
    for (const [name, sizeBytes] of images) {
      const known = this.#images.get(name) ?? { sizeBytes, nodes: 0 };
      const nodes = known.nodes + by;
      if (nodes === 0) this.#images.delete(name);
      else this.#images.set(name, { ...known, nodes });
    }
  }

  /** Its Pods are kept: a node of the same name may come back before they go. */
  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#nodes.delete(name);
    this.#tree.remove(info);
    this.#list = undefined;
    this.#nodesChanged();
    this.#countImages(info, -1);
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
      known.pod.spec.affinity === pod.spec.affinity &&
      known.pod.spec.volumes === pod.spec.volumes &&
      usageOf(known.pod) === usageOf(pod) &&
      known.pod.metadata.labels === pod.metadata.labels &&
      (known.pod.metadata.deletionTimestamp === undefined) ===
        (pod.metadata.deletionTimestamp === undefined)
    ) {
      this.#pods.replace(pod, known.node);
      this.#nodes.get(known.node)?.replace(pod);
      this.#homeless.get(known.node)?.set(uid, pod);
      return;
    }
    if (known !== undefined) this.#drop(uid);
    this.#put(pod, pod.spec.nodeName!);
  }

  removePod(uid: string): void {
    this.#assumed.delete(uid);
    this.#drop(uid);
  }

  /** Pods of a sort per node. */
  countOf(sort: Sort): ReadonlyMap<string, number> {
    return this.#pods.perNode(sort);
  }

  /** As `countOf`, to be asked about many of the nodes in this cycle. */
  countReader(sort: Sort): (node: NodeInfo) => number {
    return this.#pods.reader(sort, this.nodes.length);
  }

  /** Which domain each of the nodes is of. */
  domainsOf(key: string): Domains {
    let domains = this.#domains.get(key);
    if (domains === undefined) {
      domains = new Domains(this.nodes, key);
      this.#domains.set(key, domains);
    }
    return domains;
  }

  /** Pods of a sort by the domain of their nodes. */
  tally(sort: Sort, key: string): Tally {
    return this.#pods.tally(sort, this.domainsOf(key));
  }

  /** What Pods on nodes say of others. */
  get said(): Iterable<Said> {
    return this.#terms.said;
  }

  /** Pods that say it, by the domains that it is about. */
  tallyOfSaid(said: Said): Tally {
    return this.#terms.tally(said, this.domainsOf(said.term.topologyKey));
  }

  memory(): unknown {
    return [...this.#assumed].map((uid) => [uid, this.#pods.get(uid)?.node]);
  }

  #put(pod: Pod, node: string): void {
    this.#pods.put(pod, node);
    this.#terms.change(pod, node, 1);
    const info = this.#nodes.get(node);
    if (info !== undefined) info.add(pod);
    else {
      const homeless = this.#homeless.get(node) ?? new Map<string, Pod>();
      homeless.set(pod.metadata.uid, pod);
      this.#homeless.set(node, homeless);
    }
  }

  #drop(uid: string): void {
    const known = this.#pods.get(uid);
    if (known === undefined) return;
    this.#pods.drop(uid);
    this.#terms.change(known.pod, known.node, -1);
    this.#nodes.get(known.node)?.remove(known.pod);
    this.#homeless.get(known.node)?.delete(uid);
  }
}
