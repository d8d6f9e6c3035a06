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

interface Soft {
  readonly constraint: Constraint;
  readonly perNode: ReadonlyMap<string, number>;
  /** Pods in each domain that a feasible node is of. */
  readonly counts: ReadonlyMap<string, number>;
  readonly weight: number;
}

class Prepared implements PluginState {
  readonly soft: readonly Soft[];
  readonly ignored: ReadonlySet<string>;

  constructor(soft: readonly Soft[], ignored: ReadonlySet<string>) {
    this.soft = soft;
    this.ignored = ignored;
  }

  copy(): PluginState {
    return this;
  }
}

const key = 'PodTopologySpread/score';

export function spreading(
  args: PodTopologySpreadArgs,
): Required<Pick<Plugin, 'preScore' | 'score' | 'normalize'>> {
  return {
    preScore(cycle, feasible) {
      const hasOwn = (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0;
      const constraints = hasOwn
        ? ownConstraints(cycle.pod, 'ScheduleAnyway')
        : defaultConstraints(cycle, 'ScheduleAnyway', args);
      if (constraints.length === 0) return false;
      const needsAll = hasOwn || (args.defaultingType ?? 'System') !== 'System';
      cycle.state.set(key, prepare(cycle, { feasible, constraints, needsAll }));
      return true;
    },
    score({ state }, { name, labels }) {
      const { soft, ignored } = state.get(key) as Prepared;
      if (ignored.has(name)) return 0;
      let score = 0;
      for (const { constraint, perNode, counts, weight } of soft) {
        const value = labels[constraint.key];
        if (value === undefined) continue;
        const isHost = constraint.key === hostname;
        const count = (isHost ? perNode.get(name) : counts.get(value)) ?? 0;
        score += count * weight + (constraint.maxSkew - 1);
      }
      return Math.round(score);
    },
    normalize({ state }, nodes, scores) {
      const { ignored } = state.get(key) as Prepared;
      let least = Number.POSITIVE_INFINITY;
      let most = 0;
      nodes.forEach(({ name }, i) => {
        if (ignored.has(name)) return;
        least = Math.min(least, scores[i]!);
        most = Math.max(most, scores[i]!);
      });
      nodes.forEach(({ name }, i) => {
        if (ignored.has(name)) scores[i] = 0;
        else if (most === 0) scores[i] = scoreMax;
        else scores[i] = Math.trunc((scoreMax * (most + least - scores[i]!)) / most);
      });
    },
  };
}

interface Scored {
  readonly feasible: readonly NodeInfo[];
  readonly constraints: readonly Constraint[];
  /** Nodes that lack one of the keys count for nothing. */
  readonly needsAll: boolean;
}

function prepare({ cache }: Cycle, { feasible, constraints, needsAll }: Scored): Prepared {
  const lacks = ({ labels }: NodeInfo) => constraints.some(({ key }) => labels[key] === undefined);
  const ignored = new Set(needsAll ? feasible.filter(lacks).map(({ name }) => name) : []);
  const soft = constraints.map((constraint): Soft => {
    const perNode = cache.countOf(constraint.sort);
    if (constraint.key === hostname) {
      const weight = Math.log(feasible.length - ignored.size + 2);
      return { constraint, perNode, counts: noCounts, weight };
    }
    const counts = new Map<string, number>();
    for (const { name, labels } of feasible) {
      if (!ignored.has(name)) counts.set(labels[constraint.key] ?? '', 0);
    }
    const weight = Math.log(counts.size + 2);
    // A node that counts for nothing lacks this very key, and so is in none of the domains.
    if (constraint.includesAll && (!needsAll || constraints.length === 1)) {
      const totals = cache.countByDomain(constraint.sort, constraint.key);
      for (const value of counts.keys()) counts.set(value, totals.get(value) ?? 0);
      return { constraint, perNode, counts, weight };
    }
    for (const [name, pods] of perNode) {
      const node = pods === 0 ? undefined : cache.node(name);
      const before = node && counts.get(node.labels[constraint.key] ?? '');
      if (node === undefined || before === undefined) continue;
      if ((needsAll && lacks(node)) || !constraint.includes(node.node)) continue;
      counts.set(node.labels[constraint.key] ?? '', before + pods);
    }
    return { constraint, perNode, counts, weight };
  });
  return new Prepared(soft, ignored);
}

const noCounts: ReadonlyMap<string, number> = new Map();
