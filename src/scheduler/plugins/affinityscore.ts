/** How InterPodAffinity scores: by the Pods near a node, and what they and this Pod prefer (sched-04). */
import type { Pod } from '../../api/pod/pod.ts';
import { hasAny, type Tally } from '../domains.ts';
import type { Cycle, Plugin, PluginState } from '../framework.ts';
import type { Said } from '../termcounts.ts';
import { isAbout, type PodTerms, resolved, type Term, termsOf } from './affinityterms.ts';
import type { InterPodAffinityArgs } from './interpodaffinity.ts';

/** Pods by domain, and what each of them counts. */
interface Weighted extends Tally {
  readonly weight: number;
}

class Sums implements PluginState {
  readonly weighted: readonly Weighted[];

  constructor(weighted: readonly Weighted[]) {
    this.weighted = weighted;
  }

  copy(): PluginState {
    return this;
  }
}

export function nearness(
  name: string,
  args: InterPodAffinityArgs,
): Pick<Plugin, 'preScore' | 'scores'> {
  const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false } = args;
  const key = `${name}/score`;
  return {
    preScore(cycle) {
      const own = termsOf(cycle.pod);
      const hasOwn = own.preferred.length > 0 || own.preferredAnti.length > 0;
      if (ignorePreferredTermsOfExistingPods && !hasOwn) return false;
      const all = [...ownOf(own, cycle), ...othersOf(cycle, hardPodAffinityWeight)];
      const weighted = all.filter((one) => one.weight !== 0 && hasAny(one));
      cycle.state.set(key, new Sums(weighted));
      return weighted.length > 0;
    },
    scores({ state }, feasible) {
      const scores = new Array<number>(feasible.length).fill(0);
      for (const { domains, totals, weight } of (state.get(key) as Sums).weighted) {
        for (let i = 0; i < scores.length; i++) {
          const node = feasible[i]!;
          if (!domains.lacks(node)) scores[i]! += totals[domains.of(node)]! * weight;
        }
      }
      return scores;
    },
  };
}

/** What this Pod prefers of those that are there. */
function ownOf({ preferred, preferredAnti }: PodTerms, { cache, view }: Cycle): Weighted[] {
  const weighted = (term: Term, weight: number): Weighted => {
    const about = resolved(term, view);
    const sort = {
      id: `InterPodAffinity ${about.text}`,
      counts: (other: Pod) => isAbout(about, other, view),
      pairs: about.pairs,
    };
    return { ...cache.tally(sort, term.topologyKey), weight };
  };
  return [
    ...preferred.map((term) => weighted(term, term.weight)),
    ...preferredAnti.map((term) => weighted(term, -term.weight)),
  ];
}

/** What those that are there think of this Pod. `hard`: what a required affinity of theirs counts. */
function othersOf({ pod, cache, view }: Cycle, hard: number): Weighted[] {
  const weights = { near: () => hard, 'rather near': weightOf, 'rather far': against };
  const weighted: Weighted[] = [];
  for (const said of cache.said) {
    if (said.says === 'far' || !isAbout(said.term, pod, view)) continue;
    weighted.push({ ...cache.tallyOfSaid(said), weight: weights[said.says](said) });
  }
  return weighted;
}

const weightOf = ({ weight }: Said): number => weight;
const against = ({ weight }: Said): number => -weight;
