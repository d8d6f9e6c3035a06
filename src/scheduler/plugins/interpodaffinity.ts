/** InterPodAffinity: Pods that want to be near others or far from them (sched-03, sched-04). */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { View } from '../../store/view.ts';
import { hasAny, type Tally } from '../domains.ts';
import type { ClusterEvent } from '../events.ts';
import { type Cycle, type Plugin, type PluginState, scoreMax, unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { nearness } from './affinityscore.ts';
import { isAbout, resolved, type Term, termErrors, termsOf } from './affinityterms.ts';
import { isPlaced } from './nodeports.ts';

export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

const notNear = unfit("node(s) didn't match pod affinity rules", true);
const tooNear = unfit("node(s) didn't match pod anti-affinity rules");
const unwelcome = unfit("node(s) didn't satisfy existing pods anti-affinity rules");

/** Numbers of Pods by topology key and value: those of the cache, and changes that are only supposed. */
class Counts {
  readonly #tallies: readonly Tally[];
  readonly #supposed: Map<string, number>;
  #isEmpty: boolean | undefined;

  constructor(tallies: readonly Tally[], supposed: Iterable<readonly [string, number]> = []) {
    this.#tallies = tallies;
    this.#supposed = new Map(supposed);
  }

  get isEmpty(): boolean {
    this.#isEmpty ??= this.#supposed.size === 0 ? !this.#tallies.some(hasAny) : this.#addsUp();
    return this.#isEmpty;
  }

  of(key: string, node: NodeInfo): number {
    let count = 0;
    for (const { domains, totals } of this.#tallies) {
      if (domains.key === key && !domains.lacks(node)) count += totals[domains.of(node)]!;
    }
    if (this.#supposed.size === 0) return count;
    return count + (this.#supposed.get(`${key}\0${node.labels[key]}`) ?? 0);
  }

  add(key: string, { labels }: NodeInfo, by: number): void {
    const value = labels[key];
    if (value === undefined) return;
    const pair = `${key}\0${value}`;
    this.#isEmpty = undefined;
    this.#supposed.set(pair, (this.#supposed.get(pair) ?? 0) + by);
  }

  /** Whether any label of a node is counted. */
  meets(node: NodeInfo): boolean {
    if (this.#supposed.size > 0) {
      for (const key in node.labels) if (this.of(key, node) > 0) return true;
      return false;
    }
    for (const { domains } of this.#tallies) if (this.of(domains.key, node) > 0) return true;
    return false;
  }

  copy(): Counts {
    return new Counts(this.#tallies, this.#supposed);
  }

  /** To nothing, in every domain. */
  #addsUp(): boolean {
    const sums = new Map(this.#supposed);
    for (const { domains, totals } of this.#tallies) {
      for (const [domain, value] of domains.values.entries()) {
        if (value === undefined) continue;
        const pair = `${domains.key}\0${value}`;
        sums.set(pair, (sums.get(pair) ?? 0) + totals[domain]!);
      }
    }
    for (const sum of sums.values()) if (sum !== 0) return false;
    return true;
  }
}

class Required implements PluginState {
  readonly affinity: readonly Term[];
  readonly antiAffinity: readonly Term[];
  /** Pods that all affinity terms are about, those that an anti-affinity term is about, and terms of others about this Pod. */
  readonly near: Counts;
  readonly far: Counts;
  readonly others: Counts;

  constructor(
    terms: { readonly affinity: readonly Term[]; readonly antiAffinity: readonly Term[] },
    [near, far, others]: readonly [Counts, Counts, Counts],
  ) {
    this.affinity = terms.affinity;
    this.antiAffinity = terms.antiAffinity;
    this.near = near;
    this.far = far;
    this.others = others;
  }

  copy(): PluginState {
    return new Required(this, [this.near.copy(), this.far.copy(), this.others.copy()]);
  }

  /** A Pod comes to the node, or goes. */
  change(pod: Pod, other: Pod, node: NodeInfo, by: 1 | -1, view: View): void {
    for (const term of termsOf(other).antiAffinity) {
      if (isAbout(term, pod, view)) this.others.add(term.topologyKey, node, by);
    }
    if (this.affinity.length > 0 && this.affinity.every((term) => isAbout(term, other, view))) {
      for (const { topologyKey } of this.affinity) this.near.add(topologyKey, node, by);
    }
    for (const term of this.antiAffinity) {
      if (isAbout(term, other, view)) this.far.add(term.topologyKey, node, by);
    }
  }
}

const key = 'InterPodAffinity';

const stateOf = ({ state }: Cycle): Required | undefined => state.get(key) as Required | undefined;

export function interPodAffinityWith(args: InterPodAffinityArgs): Plugin {
  return {
    name: key,
    preFilter(cycle) {
      const { pod } = cycle;
      const errors = termErrors(pod);
      if (errors !== undefined) return unfit(`parsing pod: ${errors}`, true);
      const required = count(cycle);
      cycle.state.set(key, required);
      const { affinity, antiAffinity, others } = required;
      return affinity.length > 0 || antiAffinity.length > 0 || !others.isEmpty;
    },
    filter(cycle, node) {
      const required = stateOf(cycle)!;
      if (!isNearEnough(required, node, cycle)) return notNear;
      for (const { topologyKey } of required.antiAffinity) {
        if (required.far.of(topologyKey, node) > 0) return tooNear;
      }
      return required.others.meets(node) ? unwelcome : undefined;
    },
    addPod(cycle, pod, node) {
      stateOf(cycle)?.change(cycle.pod, pod, node, 1, cycle.view);
      return undefined;
    },
    removePod(cycle, pod, node) {
      stateOf(cycle)?.change(cycle.pod, pod, node, -1, cycle.view);
      return undefined;
    },
    ...nearness(key, args),
    normalize(_cycle, _nodes, scores) {
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      for (const score of scores) {
        least = Math.min(least, score);
        most = Math.max(most, score);
      }
      const range = most - least;
      for (let i = 0; i < scores.length; i++) {
        scores[i] = range > 0 ? Math.trunc(scoreMax * ((scores[i]! - least) / range)) : 0;
      }
    },
    hints: [
      { on: ['Pod/Add', 'Pod/UpdatePodLabel', 'Pod/Delete'], helps: podHelps },
      {
        on: ['Node/Add', 'Node/UpdateNodeLabel'],
        helps: (pod, { old, object }) => nodeHelps(pod, old as Node | undefined, object as Node),
      },
    ],
  };
}

/** The first of a group that wants to be near each other may begin anywhere. */
function isNearEnough({ affinity, near }: Required, node: NodeInfo, { pod, view }: Cycle): boolean {
  let found = true;
  for (const { topologyKey } of affinity) {
    if (node.labels[topologyKey] === undefined) return false;
    if (near.of(topologyKey, node) <= 0) found = false;
  }
  return found || (near.isEmpty && affinity.every((term) => isAbout(term, pod, view)));
}

function count({ pod, cache, view }: Cycle): Required {
  const terms = termsOf(pod);
  const affinity = terms.affinity.map((term) => resolved(term, view));
  const antiAffinity = terms.antiAffinity.map((term) => resolved(term, view));
  const others: Tally[] = [];
  for (const said of cache.said) {
    if (said.says === 'far' && isAbout(said.term, pod, view)) others.push(cache.tallyOfSaid(said));
  }
  /** Pods that all these terms are about, by the domains of each. */
  const tallies = (about: readonly Term[]): readonly Tally[] => {
    const sort = {
      id: `${key} ${about.map(({ text }) => text).join()}`,
      counts: (other: Pod) => about.every((term) => isAbout(term, other, view)),
      pairs: about.flatMap(({ pairs }) => pairs),
    };
    return about.map(({ topologyKey }) => cache.tally(sort, topologyKey));
  };
  const near = new Counts(tallies(affinity));
  const far = new Counts(antiAffinity.flatMap((term) => tallies([term])));
  return new Required({ affinity, antiAffinity }, [near, far, new Counts(others)]);
}

/** Hints know no namespaces: to a selector of namespaces they have no labels. */
const unlabelled = { get: () => undefined } as unknown as View;

function podHelps(pod: Pod, { name, old, object }: ClusterEvent): boolean {
  if (old !== undefined && object.metadata.uid === pod.metadata.uid) return true;
  if (!isPlaced(object as Pod)) return false;
  const { affinity, antiAffinity } = termsOf(pod);
  const any = (terms: readonly Term[], other: Pod) =>
    terms.some((term) => isAbout(term, other, unlabelled));
  const all = (other: Pod) =>
    affinity.length > 0 && affinity.every((term) => isAbout(term, other, unlabelled));
  if (name === 'Pod/Delete') {
    return any(antiAffinity, object as Pod) || any(termsOf(object as Pod).antiAffinity, pod);
  }
  if (old === undefined) return all(object as Pod);
  if (all(object as Pod) && !all(old as Pod)) return true;
  return any(antiAffinity, old as Pod) && !any(antiAffinity, object as Pod);
}

/**
 * A node that is new, or is another place by now, may have somebody near; and a node that is in no domain of
 * an anti-affinity, or is in another one, has nobody of that domain near.
 */
function nodeHelps(pod: Pod, old: Node | undefined, node: Node): boolean {
  const { affinity, antiAffinity } = termsOf(pod);
  const domain = (of: Node | undefined, { topologyKey }: Term) =>
    of?.metadata.labels?.[topologyKey];
  const comes = (term: Term) => {
    const value = domain(node, term);
    return value !== undefined && value !== domain(old, term);
  };
  const leaves = (term: Term) => {
    const value = domain(old, term);
    return old === undefined || (value !== undefined && value !== domain(node, term));
  };
  // Other Pods' terms may have kept it out: any node that is new, or has other labels, may do.
  if (affinity.length + antiAffinity.length === 0) return true;
  return affinity.some(comes) || antiAffinity.some(leaves);
}

export const interPodAffinity = interPodAffinityWith({});
