/**
 * PodTopologySpread: keeps the Pods of a workload apart, by hard constraints of their own or by the
 * soft ones that every cluster has (sched-03, sched-04).
 */
import type { KubeObject } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Domains } from '../domains.ts';
import type { ClusterEvent } from '../events.ts';
import { type Cycle, type Plugin, type PluginState, type Unfit, unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { isPlaced } from './nodeports.ts';
import {
  type Constraint,
  defaultConstraints,
  ownConstraints,
  type PodTopologySpreadArgs,
} from './spreadconstraints.ts';
import { spreading } from './spreadscore.ts';

const skewed = unfit("node(s) didn't match pod topology spread constraints");
const missingLabel = unfit(`${skewed.reasons[0]} (missing required label)`, true);

/** With no domain at all there is nothing to be out of balance with. */
const unlimited = 2 ** 31 - 1;

/** Pods by domain, and how many domains there are that may have some. */
interface Counts {
  readonly domains: Domains;
  readonly totals: readonly (number | undefined)[];
  readonly size: number;
}

class Hard implements PluginState {
  readonly constraints: readonly Constraint[];
  /** One per constraint. */
  readonly counts: readonly Counts[];
  /** The least of each, until a Pod changes them: every node is compared with it. */
  #least: (number | undefined)[] = [];
  /** What Pods changed that are only supposed; undefined before the first: the counts are not its own. */
  #supposed: (number | undefined)[][] | undefined;

  constructor(constraints: readonly Constraint[], counts: readonly Counts[]) {
    this.constraints = constraints;
    this.counts = counts;
  }

  copy(): PluginState {
    const copy = new Hard(this.constraints, this.counts);
    copy.#supposed = this.#supposed?.map((totals) => [...totals]);
    return copy;
  }

  of(i: number, node: NodeInfo): number {
    return this.#totals(i)[this.counts[i]!.domains.of(node)] ?? 0;
  }

  least(i: number): number {
    this.#least[i] ??= this.#leastOf(i);
    return this.#least[i]!;
  }

  #totals(i: number): readonly (number | undefined)[] {
    return (this.#supposed ?? this.counts.map(({ totals }) => totals))[i]!;
  }

  #leastOf(i: number): number {
    const { size, domains } = this.counts[i]!;
    if (size < this.constraints[i]!.minDomains) return 0;
    let least = unlimited;
    const totals = this.#totals(i);
    for (let domain = 0; domain < totals.length; domain++) {
      const total = totals[domain];
      if (total !== undefined && total < least && domain !== domains.none) least = total;
    }
    return least;
  }

  /** A Pod of the same namespace comes, or goes: even one that did not count, as it is being deleted. */
  change({ metadata }: Pod, node: NodeInfo, by: 1 | -1): void {
    if (this.counts.some(({ domains }) => domains.lacks(node))) return;
    this.#least = [];
    this.#supposed ??= this.counts.map(({ totals }) => [...totals]);
    for (const [i, { matches, includes }] of this.constraints.entries()) {
      if (!matches(metadata.labels) || !includes(node.node)) continue;
      const totals = this.#supposed[i]!;
      const domain = this.counts[i]!.domains.of(node);
      totals[domain] = (totals[domain] ?? 0) + by;
    }
  }
}

const name = 'PodTopologySpread';

const stateOf = ({ state }: Cycle): Hard | undefined => state.get(name) as Hard | undefined;

export function podTopologySpreadWith(args: PodTopologySpreadArgs): Plugin {
  const hardOf = (cycle: Pick<Cycle, 'pod' | 'view'>): readonly Constraint[] =>
    (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0
      ? ownConstraints(cycle.pod, 'DoNotSchedule')
      : defaultConstraints(cycle, 'DoNotSchedule', args);
  return {
    name,
    preFilter(cycle) {
      const constraints = hardOf(cycle);
      if (constraints.length === 0) return false;
      cycle.state.set(name, count(cycle, constraints));
      return true;
    },
    filter(cycle, node): Unfit | undefined {
      const hard = stateOf(cycle)!;
      for (let i = 0; i < hard.constraints.length; i++) {
        if (hard.counts[i]!.domains.lacks(node)) return missingLabel;
        const { maxSkew, selfMatch } = hard.constraints[i]!;
        const skew = hard.of(i, node) + (selfMatch ? 1 : 0) - hard.least(i);
        if (skew > maxSkew) return skewed;
      }
      return undefined;
    },
    addPod(cycle, pod, node) {
      if (isNeighbour(pod, cycle.pod)) stateOf(cycle)?.change(pod, node, 1);
      return undefined;
    },
    removePod(cycle, pod, node) {
      if (isNeighbour(pod, cycle.pod)) stateOf(cycle)?.change(pod, node, -1);
      return undefined;
    },
    ...spreading(args),
    hints: [
      {
        on: ['Pod/Add', 'Pod/UpdatePodLabel', 'Pod/UpdatePodToleration', 'Pod/Delete'],
        helps: (pod, event, view) => podHelps(pod, event, hardOf({ pod, view })),
      },
      {
        on: ['Node/Add', 'Node/Delete', 'Node/UpdateNodeLabel', 'Node/UpdateNodeTaint'],
        helps: (pod, event, view) => nodeHelps(event, hardOf({ pod, view })),
      },
    ],
  };
}

function count({ cache }: Cycle, constraints: readonly Constraint[]): Hard {
  const all = constraints.map(({ key }) => cache.domainsOf(key));
  const everyNode =
    constraints.every(({ includesAll }) => includesAll) &&
    (constraints.length === 1 || all.every(({ none }) => none === -1));
  if (everyNode) {
    const counts = constraints.map(({ sort, key }, i): Counts => {
      const { count, none } = all[i]!;
      return { ...cache.tally(sort, key), size: none === -1 ? count : count - 1 };
    });
    return new Hard(constraints, counts);
  }
  const totals = all.map(({ count }) => new Array<number | undefined>(count).fill(undefined));
  const counting = constraints.map(({ sort }) => cache.countReader(sort));
  for (const info of cache.nodes) {
    if (all.some((domains) => domains.lacks(info))) continue;
    for (const [i, { includes }] of constraints.entries()) {
      if (!includes(info.node)) continue;
      const domain = all[i]!.of(info);
      totals[i]![domain] = (totals[i]![domain] ?? 0) + counting[i]!(info);
    }
  }
  const counts = all.map((domains, i): Counts => {
    const size = totals[i]!.filter((total) => total !== undefined).length;
    return { domains, totals: totals[i]!, size };
  });
  return new Hard(constraints, counts);
}

/** A Pod of the workload came, went, or is not of it any more; or this Pod changed itself. */
function podHelps(
  pod: Pod,
  { name, old, object }: ClusterEvent,
  constraints: readonly Constraint[],
): boolean {
  const other = object as Pod;
  const isOwn = other.metadata.uid === pod.metadata.uid;
  if (!isOwn && !(isNeighbour(other, pod) && isPlaced(other))) return false;
  if (name === 'Pod/UpdatePodToleration') {
    return isOwn && constraints.some(({ honorsTaints }) => honorsTaints);
  }
  const { labels } = other.metadata;
  return constraints.some(({ matches }) =>
    old === undefined ? matches(labels) : matches(labels) !== matches(old.metadata.labels),
  );
}

/** The node has all the labels that Pods are spread over, or had, and they or its taints changed. */
function nodeHelps(
  { name, old, object }: ClusterEvent,
  constraints: readonly Constraint[],
): boolean {
  const domains = ({ metadata: { labels = {} } }: KubeObject): string | undefined => {
    const values = constraints.map(({ key }) => labels[key]);
    return values.includes(undefined) ? undefined : JSON.stringify(values);
  };
  const now = domains(object);
  if (old === undefined) return now !== undefined;
  if (domains(old) !== now) return true;
  return now !== undefined && name === 'Node/UpdateNodeTaint' && taintsOf(old) !== taintsOf(object);
}

const isNeighbour = (other: Pod, { metadata }: Pod): boolean =>
  other.metadata.namespace === metadata.namespace;

const taintsOf = (node: KubeObject): string => JSON.stringify((node as Node).spec.taints ?? []);

export const podTopologySpread = podTopologySpreadWith({});
