/** Which domain each node is of, by its value of a label: numbers, so that counting Pods by domain needs no text. */
import type { Labels } from '../api/meta.ts';

/** What is to be known of a node that there is. */
export interface Place {
  readonly labels: Labels;
  /** Its place among the nodes. */
  readonly index: number;
}

/** Pods by domain. */
export interface Tally {
  readonly domains: Domains;
  /** By number of the domain. */
  readonly totals: readonly number[];
}

export class Domains {
  readonly key: string;
  /** Values of the label, by number; nodes without it are a domain, too. */
  readonly values: readonly (string | undefined)[];
  /** That of nodes without the label; -1: there are no such nodes. */
  readonly none: number;
  /** That of nodes whose label is empty; -1: there are no such nodes. */
  readonly empty: number;
  readonly #numbers: number[] = [];

  /** How many there are. */
  get count(): number {
    return this.values.length;
  }

  constructor(nodes: readonly Place[], key: string) {
    this.key = key;
    const known = new Map<string | undefined, number>();
    for (const { labels, index } of nodes) {
      const value = labels[key];
      let number = known.get(value);
      if (number === undefined) {
        number = known.size;
        known.set(value, number);
      }
      this.#numbers[index] = number;
    }
    this.values = [...known.keys()];
    this.none = known.get(undefined) ?? -1;
    this.empty = known.get('') ?? -1;
  }

  of({ index }: Place): number {
    return this.#numbers[index]!;
  }

  /** Whether the node has no such label. */
  lacks({ index }: Place): boolean {
    return this.#numbers[index] === this.none;
  }
}

/** Whether any Pod is on a node with the label. */
export function hasAny({ domains, totals }: Tally): boolean {
  for (let i = 0; i < totals.length; i++) if (totals[i] !== 0 && i !== domains.none) return true;
  return false;
}

/** A tally of what is on each node. */
export function tallyOf(
  domains: Domains,
  perNode: ReadonlyMap<string, number>,
  placeOf: (node: string) => Place | undefined,
): { readonly domains: Domains; readonly totals: number[] } {
  const totals = new Array<number>(domains.count).fill(0);
  for (const [node, pods] of perNode) {
    const place = placeOf(node);
    if (place !== undefined) totals[domains.of(place)]! += pods;
  }
  return { domains, totals };
}
