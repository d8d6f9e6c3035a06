/**
 * PodTopologySpread: keeps the Pods of a workload apart, by hard constraints of their own or by the
 * soft ones that every cluster has (sched-03, sched-04).
 */
import type { KubeObject } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod.ts';
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

class Hard implements PluginState {
  readonly constraints: readonly Constraint[];
  /** Pods by domain, one map per constraint. */
  readonly counts: readonly Map<string, number>[];
  /** The least of each, until a Pod changes them: every node is compared with it. */
  #least: (number | undefined)[] = [];

  constructor(constraints: readonly Constraint[], counts: readonly Map<string, number>[]) {
    this.constraints = constraints;
    this.counts = counts;
  }

  copy(): PluginState {
    return new Hard(
      this.constraints,
      this.counts.map((counts) => new Map(counts)),
    );
  }

  least(i: number): number {
    this.#least[i] ??= this.#leastOf(i);
    return this.#least[i]!;
  }

  #leastOf(i: number): number {
    const counts = this.counts[i]!;
    if (counts.size < this.constraints[i]!.minDomains) return 0;
    let least = unlimited;
    for (const count of counts.values()) least = Math.min(least, count);
    return least;
  }

  change(pod: Pod, { labels, node }: NodeInfo, by: 1 | -1): void {
    if (!this.hasKeys(labels)) return;
    this.#least = [];
    this.constraints.forEach(({ key, counts, includes }, i) => {
      const domains = this.counts[i]!;
      if (!counts(pod) || !includes(node)) return;
      domains.set(labels[key]!, (domains.get(labels[key]!) ?? 0) + by);
    });
  }

  hasKeys(labels: NodeInfo['labels']): boolean {
    return this.constraints.every(({ key }) => labels[key] !== undefined);
  }
}

const name = 'PodTopologySpread';

const stateOf = ({ state }: Cycle): Hard | undefined => state.get(name) as Hard | undefined;

export function podTopologySpreadWith(args: PodTopologySpreadArgs): Plugin {
  const hardOf = (cycle: Cycle): readonly Constraint[] =>
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
    filter(cycle, { labels }): Unfit | undefined {
      const hard = stateOf(cycle)!;
      for (const [i, { key, maxSkew, selfMatch }] of hard.constraints.entries()) {
        const value = labels[key];
        if (value === undefined) return missingLabel;
        const skew = (hard.counts[i]!.get(value) ?? 0) + (selfMatch ? 1 : 0) - hard.least(i);
        if (skew > maxSkew) return skewed;
      }
      return undefined;
    },
    addPod(cycle, pod, node) {
      stateOf(cycle)?.change(pod, node, 1);
      return undefined;
    },
    removePod(cycle, pod, node) {
      stateOf(cycle)?.change(pod, node, -1);
      return undefined;
    },
    ...spreading(args),
    hints: [
      {
        on: ['Pod/Add', 'Pod/UpdatePodLabel', 'Pod/UpdatePodToleration', 'Pod/Delete'],
        helps: podHelps,
      },
      {
        on: ['Node/Add', 'Node/Delete', 'Node/UpdateNodeLabel', 'Node/UpdateNodeTaint'],
        helps: nodeHelps,
      },
    ],
  };
}

function count({ cache }: Cycle, constraints: readonly Constraint[]): Hard {
  const hard = new Hard(
    constraints,
    constraints.map(() => new Map()),
  );
  const perNode = constraints.map(({ sort }) => cache.countOf(sort));
  for (const { name, labels, node } of cache.nodes) {
    if (!hard.hasKeys(labels)) continue;
    constraints.forEach(({ key, includes }, i) => {
      if (!includes(node)) return;
      const domains = hard.counts[i]!;
      domains.set(labels[key]!, (domains.get(labels[key]!) ?? 0) + (perNode[i]!.get(name) ?? 0));
    });
  }
  return hard;
}

/** A Pod of the workload came, went, or is not of it any more; or this Pod changed itself. */
function podHelps(pod: Pod, { name, old, object }: ClusterEvent): boolean {
  const other = object as Pod;
  const isOwn = other.metadata.uid === pod.metadata.uid;
  if (!isOwn && (other.metadata.namespace !== pod.metadata.namespace || !isPlaced(other))) {
    return false;
  }
  const constraints = ownConstraints(pod, 'DoNotSchedule');
  if (constraints.length === 0) return true;
  if (name === 'Pod/UpdatePodToleration') {
    return isOwn && constraints.some(({ honorsTaints }) => honorsTaints);
  }
  const { labels } = other.metadata;
  return constraints.some(({ matches }) =>
    old === undefined ? matches(labels) : matches(labels) !== matches(old.metadata.labels),
  );
}

/** The node has all the labels that Pods are spread over, or had, and they or its taints changed. */
function nodeHelps(pod: Pod, { name, old, object }: ClusterEvent): boolean {
  const constraints = ownConstraints(pod, 'DoNotSchedule');
  const domains = ({ metadata: { labels = {} } }: KubeObject): string | undefined => {
    const values = constraints.map(({ key }) => labels[key]);
    return values.includes(undefined) ? undefined : JSON.stringify(values);
  };
  if (constraints.length === 0) return true;
  const now = domains(object);
  if (old === undefined) return now !== undefined;
  if (domains(old) !== now) return true;
  return now !== undefined && name === 'Node/UpdateNodeTaint' && taintsOf(old) !== taintsOf(object);
}

const taintsOf = (node: KubeObject): string => JSON.stringify((node as Node).spec.taints ?? []);

export const podTopologySpread = podTopologySpreadWith({});
