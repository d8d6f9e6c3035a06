/**
 * What Pods that are there say of others, term by term: Pods of a workload say the same, so a cycle need not
 * ask each of them.
 */
import type { Pod } from '../api/pod/pod.ts';
import { type Domains, type Place, type Tally, tallyOf } from './domains.ts';
import { type Term, termsOf } from './plugins/affinityterms.ts';

/** Required and preferred affinity and anti-affinity. */
export type Says = 'near' | 'far' | 'rather near' | 'rather far';

/** A term that some of the Pods have. */
export interface Said {
  readonly says: Says;
  readonly term: Term;
  /** 0 if it is required. */
  readonly weight: number;
}

interface Counted extends Said {
  readonly perNode: Map<string, number>;
  tally: { readonly domains: Domains; readonly totals: number[] } | undefined;
}

export class TermCounts {
  readonly #placeOf: (node: string) => Place | undefined;
  readonly #counted = new Map<string, Counted>();

  /** `placeOf`: of a node that there is. */
  constructor(placeOf: (node: string) => Place | undefined) {
    this.#placeOf = placeOf;
  }

  /** A Pod comes to a node, or goes. */
  change(pod: Pod, node: string, by: 1 | -1): void {
    const { affinity, antiAffinity, preferred, preferredAnti } = termsOf(pod);
    for (const term of affinity) this.#add({ says: 'near', term, weight: 0 }, node, by);
    for (const term of antiAffinity) this.#add({ says: 'far', term, weight: 0 }, node, by);
    for (const term of preferred) {
      this.#add({ says: 'rather near', term, weight: term.weight }, node, by);
    }
    for (const term of preferredAnti) {
      this.#add({ says: 'rather far', term, weight: term.weight }, node, by);
    }
  }

  /** Nodes have come or gone, or have other labels. */
  nodesChanged(): void {
    for (const counted of this.#counted.values()) counted.tally = undefined;
  }

  /** All terms that Pods have. */
  get said(): Iterable<Said> {
    return this.#counted.values();
  }

  /** Those who say it, by the domains that it is about. */
  tally(said: Said, domains: Domains): Tally {
    const counted = said as Counted;
    counted.tally ??= tallyOf(domains, counted.perNode, this.#placeOf);
    return counted.tally;
  }

  #add({ says, term, weight }: Said, node: string, by: 1 | -1): void {
    const id = `${says} ${weight} ${term.topologyKey} ${term.text}`;
    let counted = this.#counted.get(id);
    if (counted === undefined) {
      counted = { says, term, weight, perNode: new Map(), tally: undefined };
      this.#counted.set(id, counted);
    }
    const { perNode, tally } = counted;
    const pods = (perNode.get(node) ?? 0) + by;
    if (pods > 0) perNode.set(node, pods);
    else perNode.delete(node);
    if (perNode.size === 0) this.#counted.delete(id);
    const place = tally && this.#placeOf(node);
    if (place !== undefined) tally!.totals[tally!.domains.of(place)]! += by;
  }
}
