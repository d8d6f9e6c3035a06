/**
 * PodTopologySpread: keeps the Pods of a workload apart, by hard constraints of their own or by the
 * soft ones that every cluster has (sched-03, sched-04).
 */
import type { Pod } from '../../api/pod.ts';
import type { TopologySpreadConstraint } from '../../api/podspec.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import { type Matches, selectorOf } from '../../api/selectors.ts';
import { resolveController } from '../../controllers/resolve.ts';
import { type Cycle, type Plugin, scoreMax, type Unfit, unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { nodeAffinity } from './nodeaffinity.ts';
import { taintToleration } from './tainttoleration.ts';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

interface Constraint {
  readonly maxSkew: number;
  readonly key: string;
  readonly minDomains: number;
  readonly perNode: ReadonlyMap<string, number>;
  readonly selfMatch: boolean;
  readonly includes: (node: NodeInfo) => boolean;
}

interface Hard extends Constraint {
  readonly counts: Map<string, number>;
  readonly least: number;
}

const missingLabel = unfit(
  "node(s) didn't match pod topology spread constraints (missing required label)",
  true,
);
const skewed = unfit("node(s) didn't match pod topology spread constraints");

export const podTopologySpread: Plugin = {
  name: 'PodTopologySpread',
  preFilter(cycle) {
    const own = constraintsOf(cycle, 'DoNotSchedule');
    if (own.length === 0) return false;
    const keys = own.map(({ key }) => key);
    const hard = own.map((constraint): Hard => {
      const counts = new Map<string, number>();
      for (const node of cycle.cache.nodes) {
        const labels = node.node.metadata.labels ?? {};
        const value = labels[constraint.key];
        if (value === undefined || !keys.every((key) => labels[key] !== undefined)) continue;
        if (!constraint.includes(node)) continue;
        const here = constraint.perNode.get(node.name) ?? 0;
        counts.set(value, (counts.get(value) ?? 0) + here);
      }
      const fewDomains = counts.size < constraint.minDomains;
      return { ...constraint, counts, least: fewDomains ? 0 : Math.min(...counts.values()) };
    });
    cycle.state.set('PodTopologySpread/hard', hard);
    return true;
  },
  filter(cycle, { node }): Unfit | undefined {
    const hard = cycle.state.get('PodTopologySpread/hard') as readonly Hard[];
    for (const { key, counts, least, maxSkew, selfMatch } of hard) {
      const value = node.metadata.labels?.[key];
      if (value === undefined) return missingLabel;
      const skew = (counts.get(value) ?? 0) + (selfMatch ? 1 : 0) - least;
      if (skew > maxSkew) return skewed;
    }
    return undefined;
  },
  preScore: prepareScores,
  score(cycle, node) {
    const soft = cycle.state.get(softKey) as Soft;
    if (soft.ignored.has(node.name)) return 0;
    let score = 0;
    soft.constraints.forEach(({ key, maxSkew, perNode }, i) => {
      const value = node.node.metadata.labels?.[key];
      if (value === undefined) return;
      const count =
        key === hostname ? (perNode.get(node.name) ?? 0) : (soft.counts[i]!.get(value) ?? 0);
      score += count * soft.weights[i]! + (maxSkew - 1);
    });
    return Math.round(score);
  },
  normalize(cycle, nodes, scores) {
    const { ignored } = cycle.state.get(softKey) as Soft;
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
  wakesOn: ['nodeAdded', 'nodeUpdated', 'podDeleted', 'podAdded', 'podUpdated'],
};

const softKey = 'PodTopologySpread/soft';

interface Soft {
  readonly constraints: readonly Constraint[];
  readonly counts: readonly ReadonlyMap<string, number>[];
  readonly weights: readonly number[];
  readonly ignored: ReadonlySet<string>;
}

function prepareScores(cycle: Cycle, feasible: readonly NodeInfo[]): boolean {
  const own = (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0;
  const constraints = own ? constraintsOf(cycle, 'ScheduleAnyway') : systemDefaults(cycle);
  if (constraints.length === 0) return false;
  const lacks = ({ node }: NodeInfo) =>
    constraints.some(({ key }) => node.metadata.labels?.[key] === undefined);
  const ignored = new Set(own ? feasible.filter(lacks).map(({ name }) => name) : []);
  const counts: Map<string, number>[] = [];
  const weights: number[] = [];
  for (const { key, perNode, includes } of constraints) {
    const values = new Map<string, number>();
    if (key === hostname) weights.push(Math.log(feasible.length - ignored.size + 2));
    else {
      for (const { name, node } of feasible) {
        if (!ignored.has(name)) values.set(node.metadata.labels?.[key] ?? '', 0);
      }
      for (const node of cycle.cache.nodes) {
        const value = node.node.metadata.labels?.[key] ?? '';
        const before = values.get(value);
        if (before === undefined || (own && lacks(node)) || !includes(node)) continue;
        values.set(value, before + (perNode.get(node.name) ?? 0));
      }
      weights.push(Math.log(values.size + 2));
    }
    counts.push(values);
  }
  const soft: Soft = { constraints, counts, weights, ignored };
  cycle.state.set(softKey, soft);
  return true;
}

/** The Pod's own constraints of one kind. */
function constraintsOf(cycle: Cycle, whenUnsatisfiable: string): readonly Constraint[] {
  return (cycle.pod.spec.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => ownConstraint(cycle, constraint));
}

function ownConstraint(cycle: Cycle, constraint: TopologySpreadConstraint): Constraint {
  const { pod, cache } = cycle;
  const { labelSelector, matchLabelKeys = [], maxSkew, topologyKey, minDomains = 1 } = constraint;
  const bySelector = selectorOf(labelSelector);
  const keys = matchLabelKeys.filter((key) => pod.metadata.labels?.[key] !== undefined);
  const matches: Matches = (labels) =>
    bySelector(labels) && keys.every((key) => labels?.[key] === pod.metadata.labels?.[key]);
  const id = keys.length === 0 ? (labelSelector ?? constraint) : {};
  return {
    maxSkew,
    key: topologyKey,
    minDomains,
    perNode: cache.countOf(id, pod.metadata.namespace!, matches),
    selfMatch: matches(pod.metadata.labels),
    includes: inclusion(cycle, constraint),
  };
}

/** Which nodes count: by default those that the Pod's affinity allows, taints ignored. */
function inclusion(
  cycle: Cycle,
  { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }: Partial<TopologySpreadConstraint>,
): (node: NodeInfo) => boolean {
  return (node) =>
    (nodeAffinityPolicy !== 'Honor' || nodeAffinity.filter!(cycle, node) === undefined) &&
    (nodeTaintsPolicy !== 'Honor' || taintToleration.filter!(cycle, node) === undefined);
}

/** What every cluster spreads: the Pods of one ReplicaSet, over nodes and over zones. */
function systemDefaults(cycle: Cycle): readonly Constraint[] {
  const owner = ownerOf(cycle.pod, cycle);
  if (owner === undefined) return [];
  const matches = selectorOf(owner.spec.selector);
  const perNode = cycle.cache.countOf(owner.spec.selector, cycle.pod.metadata.namespace!, matches);
  const common = {
    minDomains: 1,
    perNode,
    selfMatch: matches(cycle.pod.metadata.labels),
    includes: inclusion(cycle, {}),
  };
  return [
    { ...common, maxSkew: 3, key: hostname },
    { ...common, maxSkew: 5, key: zone },
  ];
}

const ownerOf = (pod: Pod, { view }: Cycle): ReplicaSet | undefined =>
  resolveController<ReplicaSet>(view, 'ReplicaSet', pod);
