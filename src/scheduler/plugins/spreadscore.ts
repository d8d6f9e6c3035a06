/** How PodTopologySpread scores: by the Pods of the workload in the same domains (sched-04). */
import type { Cycle, Plugin, PluginState } from '../framework.ts';
import { scoreMax } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import {
  type Constraint,
  defaultConstraints,
  hostname,
  ownConstraints,
  type PodTopologySpreadArgs,
} from './spreadconstraints.ts';

class Prepared implements PluginState {
  readonly constraints: readonly Constraint[];
  /** Nodes that lack one of the keys count for nothing. */
  readonly needsAll: boolean;
  /** Those that do, one claim for each feasible node; undefined: none. */
  readonly ignored: readonly boolean[] | undefined;

  constructor(
    constraints: readonly Constraint[],
    needsAll: boolean,
    ignored: readonly boolean[] | undefined,
  ) {
    this.constraints = constraints;
    this.needsAll = needsAll;
    this.ignored = ignored;
  }

  copy(): PluginState {
    return this;
  }
}

const key = 'PodTopologySpread/score';

export function spreading(
  args: PodTopologySpreadArgs,
): Required<Pick<Plugin, 'preScore' | 'scores' | 'normalize'>> {
  return {
    preScore(cycle, feasible) {
      const hasOwn = (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0;
      const constraints = hasOwn
        ? ownConstraints(cycle.pod, 'ScheduleAnyway')
        : defaultConstraints(cycle, 'ScheduleAnyway', args);
      if (constraints.length === 0) return false;
      const needsAll = hasOwn || (args.defaultingType ?? 'System') !== 'System';
      const ignored = needsAll ? lacking(cycle, constraints, feasible) : undefined;
      cycle.state.set(key, new Prepared(constraints, needsAll, ignored));
      return true;
    },
    scores(cycle, feasible) {
      const prepared = cycle.state.get(key) as Prepared;
      const { constraints, ignored } = prepared;
      const scores = new Array<number>(feasible.length).fill(0);
      for (const constraint of constraints) add(scores, constraint, { cycle, feasible, prepared });
      for (let i = 0; i < scores.length; i++) {
        scores[i] = ignored?.[i] === true ? 0 : Math.round(scores[i]!);
      }
      return scores;
    },
    normalize({ state }, _nodes, scores) {
      const { ignored } = state.get(key) as Prepared;
      let least = Number.POSITIVE_INFINITY;
      let most = 0;
      for (let i = 0; i < scores.length; i++) {
        if (ignored?.[i] === true) continue;
        const score = scores[i]!;
        if (score < least) least = score;
        if (score > most) most = score;
      }
      for (let i = 0; i < scores.length; i++) {
        if (ignored?.[i] === true) scores[i] = 0;
        else if (most === 0) scores[i] = scoreMax;
        else scores[i] = Math.trunc((scoreMax * (most + least - scores[i]!)) / most);
      }
    },
  };
}

function lacking(
  { cache }: Cycle,
  constraints: readonly Constraint[],
  nodes: readonly NodeInfo[],
): readonly boolean[] | undefined {
  const all = constraints.map((constraint) => cache.domainsOf(constraint.key));
  const lacks = nodes.map((node) => all.some((domains) => domains.lacks(node)));
  return lacks.includes(true) ? lacks : undefined;
}

interface Scored {
  readonly cycle: Cycle;
  readonly feasible: readonly NodeInfo[];
  readonly prepared: Prepared;
}

/** What one constraint adds to the scores. */
function add(scores: number[], constraint: Constraint, scored: Scored): void {
  const { cycle, feasible, prepared } = scored;
  const domains = cycle.cache.domainsOf(constraint.key);
  const more = constraint.maxSkew - 1;
  if (constraint.key === hostname) {
    const ignored = prepared.ignored?.filter(Boolean).length ?? 0;
    const weight = Math.log(feasible.length - ignored + 2);
    const count = cycle.cache.countReader(constraint.sort);
    for (let i = 0; i < scores.length; i++) {
      const node = feasible[i]!;
      if (!domains.lacks(node)) scores[i]! += count(node) * weight + more;
    }
    return;
  }
  const { counts, met } = countsOf(constraint, scored);
  const weight = Math.log(met + 2);
  for (let i = 0; i < scores.length; i++) {
    const node = feasible[i]!;
    if (!domains.lacks(node)) scores[i]! += (counts[domains.of(node)] ?? 0) * weight + more;
  }
}

/** Pods in each domain that a feasible node is of, by number; and how many such domains there are. */
function countsOf(
  constraint: Constraint,
  { cycle: { cache }, feasible, prepared }: Scored,
): { readonly counts: readonly (number | undefined)[]; readonly met: number } {
  const { constraints, ignored, needsAll } = prepared;
  const domains = cache.domainsOf(constraint.key);
  const { none, empty } = domains;
  // Nodes without the label are of the domain of those whose label is empty.
  const domainOf = (node: NodeInfo) => {
    const domain = domains.of(node);
    return domain === none && empty !== -1 ? empty : domain;
  };
  const counts = new Array<number | undefined>(domains.count).fill(undefined);
  const met: number[] = [];
  for (let i = 0; i < feasible.length; i++) {
    if (ignored?.[i] === true) continue;
    const domain = domainOf(feasible[i]!);
    if (counts[domain] !== undefined) continue;
    counts[domain] = 0;
    met.push(domain);
  }
  // A node that counts for nothing lacks this very key, and so is in none of the domains.
  if (constraint.includesAll && (!needsAll || constraints.length === 1)) {
    const { totals } = cache.tally(constraint.sort, constraint.key);
    for (const domain of met) counts[domain] = totals[domain]!;
    if (counts[empty] !== undefined && none !== -1 && !needsAll) counts[empty]! += totals[none]!;
    return { counts, met: met.length };
  }
  const keys = constraints.map((one) => cache.domainsOf(one.key));
  for (const [name, pods] of cache.countOf(constraint.sort)) {
    const node = pods === 0 ? undefined : cache.node(name);
    const before = node && counts[domainOf(node)];
    if (node === undefined || before === undefined) continue;
    if (needsAll && keys.some((one) => one.lacks(node))) continue;
    if (constraint.includes(node.node)) counts[domainOf(node)] = before + pods;
  }
  return { counts, met: met.length };
}
