/**
 * How many Pods of some sort each node has, and each domain of nodes, kept as Pods come and go: a cycle that
 * spreads Pods must not look at every node that has some.
 *
 * Most sorts are those of one workload. Such a sort is asked only about Pods that have one of the labels which
 * all of them have, so many small workloads do not pay for each other.
 */
import type { Pod } from '../api/pod/pod.ts';
import type { LabelSelector } from '../api/pod/podspec.ts';
import { type Domains, type Place, type Tally, tallyOf } from './domains.ts';

/** A sort of Pods. */
export interface Sort {
  /** Which, in all cycles. */
  readonly id: string;
  readonly counts: (pod: Pod) => boolean;
  /** Labels that all of them have, as `key=value`. */
  readonly pairs?: readonly string[];
}

interface Counted {
  readonly counts: (pod: Pod) => boolean;
  readonly perNode: Map<string, number>;
  /** By label of nodes. */
  readonly tallies: Map<string, { readonly domains: Domains; readonly totals: number[] }>;
  /** By place of the nodes that there are, once it was asked for. */
  byPlace: number[] | undefined;
}

export interface Placed {
  readonly pod: Pod;
  readonly node: string;
}

interface NodePlace extends Place {
  readonly name: string;
}

/** A sort on fewer nodes is not worth an array of all of them. */
const fewNodes = 32;

/** Beyond that many sorts all of them are counted anew when they are asked for. */
const sortsMax = 256;

const anybody = '';

export const pairOf = (key: string, value: string): string => `${key}=${value}`;

const allPairs = new WeakMap<LabelSelector, readonly string[]>();
const noPairs: readonly string[] = [];

/** Those that a selector asks for by value. */
export function pairsOf(selector: LabelSelector | undefined): readonly string[] {
  if (selector === undefined) return noPairs;
  let pairs = allPairs.get(selector);
  if (pairs === undefined) {
    pairs = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => pairOf(key, value));
    allPairs.set(selector, pairs);
  }
  return pairs;
}

export class PodCounts {
  readonly #placeOf: (node: string) => Place | undefined;
  readonly #all = new Map<string, Placed>();
  /** Uids of Pods with a label. */
  readonly #byPair = new Map<string, Set<string>>();
  readonly #counted = new Map<string, Counted>();
  /** What is counted, by a label that it is about. */
  readonly #about = new Map<string, Counted[]>();

  /** `placeOf`: of a node that there is. */
  constructor(placeOf: (node: string) => Place | undefined) {
    this.#placeOf = placeOf;
  }

  get(uid: string): Placed | undefined {
    return this.#all.get(uid);
  }

  get size(): number {
    return this.#all.size;
  }

  put(pod: Pod, node: string): void {
    const { uid, labels = {} } = pod.metadata;
    this.#all.set(uid, { pod, node });
    for (const key in labels) {
      const pair = pairOf(key, labels[key]!);
      const uids = this.#byPair.get(pair);
      if (uids === undefined) this.#byPair.set(pair, new Set([uid]));
      else uids.add(uid);
      this.#tell(pair, pod, node, 1);
    }
    this.#tell(anybody, pod, node, 1);
  }

  /** A newer version of a Pod that is of the same sorts. */
  replace(pod: Pod, node: string): void {
    this.#all.set(pod.metadata.uid, { pod, node });
  }

  drop(uid: string): void {
    const placed = this.#all.get(uid);
    if (placed === undefined) return;
    const { pod, node } = placed;
    this.#all.delete(uid);
    const { labels = {} } = pod.metadata;
    for (const key in labels) {
      const pair = pairOf(key, labels[key]!);
      const uids = this.#byPair.get(pair);
      uids?.delete(uid);
      if (uids?.size === 0) this.#byPair.delete(pair);
      this.#tell(pair, pod, node, -1);
    }
    this.#tell(anybody, pod, node, -1);
  }

  /** Nodes have come or gone, or have other labels. */
  nodesChanged(): void {
    for (const counted of this.#counted.values()) {
      counted.tallies.clear();
      counted.byPlace = undefined;
    }
  }

  perNode(sort: Sort): ReadonlyMap<string, number> {
    return this.#countedOf(sort).perNode;
  }

  /** How many a node has that there is. `nodes`: how many there are. */
  reader(sort: Sort, nodes: number): (node: NodePlace) => number {
    const counted = this.#countedOf(sort);
    const { perNode } = counted;
    if (perNode.size < fewNodes) return ({ name }) => perNode.get(name) ?? 0;
    counted.byPlace ??= this.#byPlace(perNode, nodes);
    const { byPlace } = counted;
    return ({ index }) => byPlace[index]!;
  }

  #byPlace(perNode: ReadonlyMap<string, number>, nodes: number): number[] {
    const byPlace = new Array<number>(nodes).fill(0);
    for (const [node, pods] of perNode) {
      const place = this.#placeOf(node);
      if (place !== undefined) byPlace[place.index] = pods;
    }
    return byPlace;
  }

  /** By domain; of a label there are no others until nodes change. */
  tally(sort: Sort, domains: Domains): Tally {
    const { perNode, tallies } = this.#countedOf(sort);
    let tally = tallies.get(domains.key);
    if (tally === undefined) {
      tally = tallyOf(domains, perNode, this.#placeOf);
      tallies.set(domains.key, tally);
    }
    return tally;
  }

  #countedOf({ id, counts, pairs = [] }: Sort): Counted {
    const known = this.#counted.get(id);
    if (known !== undefined) return known;
    if (this.#counted.size >= sortsMax) {
      this.#counted.clear();
      this.#about.clear();
    }
    const counted: Counted = {
      counts,
      perNode: new Map(),
      tallies: new Map(),
      byPlace: undefined,
    };
    const rarest = this.#rarest(pairs);
    const uids = rarest === anybody ? this.#all.keys() : (this.#byPair.get(rarest) ?? []);
    for (const uid of uids) {
      const { pod, node } = this.#all.get(uid)!;
      if (counts(pod)) add(counted.perNode, node, 1);
    }
    this.#counted.set(id, counted);
    const about = this.#about.get(rarest);
    if (about === undefined) this.#about.set(rarest, [counted]);
    else about.push(counted);
    return counted;
  }

  #rarest(pairs: readonly string[]): string {
    let least = Number.POSITIVE_INFINITY;
    let rarest = anybody;
    for (const pair of pairs) {
      const size = this.#byPair.get(pair)?.size ?? 0;
      if (size >= least) continue;
      least = size;
      rarest = pair;
    }
    return rarest;
  }

  #tell(pair: string, pod: Pod, node: string, by: 1 | -1): void {
    const about = this.#about.get(pair);
    if (about === undefined) return;
    for (const { counts, perNode, tallies, byPlace } of about) {
      if (!counts(pod)) continue;
      add(perNode, node, by);
      if (tallies.size === 0 && byPlace === undefined) continue;
      const place = this.#placeOf(node);
      if (place === undefined) continue;
      if (byPlace !== undefined) byPlace[place.index]! += by;
      for (const { domains, totals } of tallies.values()) totals[domains.of(place)]! += by;
    }
  }
}

const add = (totals: Map<string, number>, of: string, by: number): void => {
  totals.set(of, (totals.get(of) ?? 0) + by);
};
