/** How InterPodAffinity scores: by the Pods near a node, and what they and this Pod prefer (sched-04). */
import type { Pod } from '../../api/pod.ts';
import type { Cycle, Plugin, PluginState } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { isAbout, type PodTerms, resolved, type Term, termsOf } from './affinityterms.ts';
import type { InterPodAffinityArgs } from './interpodaffinity.ts';

/** Sums by topology key, then by value. */
class Sums implements PluginState {
  readonly byKey = new Map<string, Map<string, number>>();

  copy(): PluginState {
    return this;
  }

  add({ topologyKey }: Term, { labels }: NodeInfo, weight: number): void {
    const value = labels[topologyKey];
    if (value === undefined || weight === 0) return;
    let sums = this.byKey.get(topologyKey);
    if (sums === undefined) {
      sums = new Map();
      this.byKey.set(topologyKey, sums);
    }
    sums.set(value, (sums.get(value) ?? 0) + weight);
  }
}

export function nearness(
  name: string,
  args: InterPodAffinityArgs,
): Pick<Plugin, 'preScore' | 'score'> {
  const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false } = args;
  const key = `${name}/score`;
  return {
    preScore(cycle) {
      const own = termsOf(cycle.pod);
      const hasOwn = own.preferred.length > 0 || own.preferredAnti.length > 0;
      if (ignorePreferredTermsOfExistingPods && !hasOwn) return false;
      const sums = new Sums();
      addOwn(sums, own, cycle);
      for (const node of cycle.cache.nodesWithAffinity) {
        for (const other of node.withAffinity.values()) {
          addOthers(sums, cycle, { other, node, hard: hardPodAffinityWeight });
        }
      }
      cycle.state.set(key, sums);
      return sums.byKey.size > 0;
    },
    score({ state }, { labels }) {
      let score = 0;
      for (const [topologyKey, sums] of (state.get(key) as Sums).byKey) {
        const value = labels[topologyKey];
        if (value !== undefined) score += sums.get(value) ?? 0;
      }
      return score;
    },
  };
}

/** What this Pod prefers of those that are there. */
function addOwn(sums: Sums, { preferred, preferredAnti }: PodTerms, cycle: Cycle): void {
  const { cache, view } = cycle;
  const add = (term: Term, weight: number) => {
    const about = resolved(term, view);
    const perNode = cache.countOf({
      id: `InterPodAffinity ${about.text}`,
      counts: (other) => isAbout(about, other, view),
    });
    for (const [name, pods] of perNode) {
      const node = pods === 0 ? undefined : cache.node(name);
      if (node !== undefined) sums.add(term, node, weight * pods);
    }
  };
  for (const term of preferred) add(term, term.weight);
  for (const term of preferredAnti) add(term, -term.weight);
}

interface There {
  readonly other: Pod;
  readonly node: NodeInfo;
  /** What a required affinity counts of one that is there. */
  readonly hard: number;
}

/** What those that are there think of this Pod. */
function addOthers(sums: Sums, { pod, view }: Cycle, { other, node, hard }: There): void {
  const { affinity, preferred, preferredAnti } = termsOf(other);
  if (hard > 0)
    for (const term of affinity) if (isAbout(term, pod, view)) sums.add(term, node, hard);
  for (const term of preferred) if (isAbout(term, pod, view)) sums.add(term, node, term.weight);
  for (const term of preferredAnti)
    if (isAbout(term, pod, view)) sums.add(term, node, -term.weight);
}
