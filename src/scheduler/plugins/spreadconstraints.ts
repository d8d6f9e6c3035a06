/** Topology spread constraints: which Pods they count, and on which nodes (sched-03). */
import type { KubeObject } from '../../api/meta.ts';
import { controllerOf, makeKey } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { LabelSelector, TopologySpreadConstraint } from '../../api/pod/podspec.ts';
import { type Matches, selectorOf, selectsEverything } from '../../api/selectors/selectors.ts';
import type { View } from '../../store/view.ts';
import type { Cycle } from '../framework.ts';
import { pairsOf, type Sort } from '../podcounts.ts';
import { matchesNode } from './nodeaffinity.ts';
import { toleratesNode } from './tainttoleration.ts';

export const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

export interface Constraint {
  readonly maxSkew: number;
  readonly key: string;
  readonly minDomains: number;
  /** Whether it counts a Pod. */
  readonly counts: (pod: Pod) => boolean;
  /** Those that it counts, for whoever counts them for all cycles. */
  readonly sort: Sort;
  /** Whether labels are of the workload. */
  readonly matches: Matches;
  readonly selfMatch: boolean;
  /** Nodes whose taints the Pod does not tolerate do not count. */
  readonly honorsTaints: boolean;
  /** Whether Pods on this node count. */
  readonly includes: (node: Node) => boolean;
  /** They do on every node. */
  readonly includesAll: boolean;
}

export interface PodTopologySpreadArgs {
  readonly defaultConstraints?: readonly TopologySpreadConstraint[];
  readonly defaultingType?: 'System' | 'List';
}

/** A Pod's own constraints of one kind. */
export const ownConstraints = (pod: Pod, whenUnsatisfiable: string): readonly Constraint[] =>
  (pod.spec.topologySpreadConstraints ?? [])
    .filter((one) => one.whenUnsatisfiable === whenUnsatisfiable)
    .map((one) => constraintOf(pod, one, ownSelector(pod, one)));

/** What the profile spreads that says nothing itself: the Pods of one workload. */
export function defaultConstraints(
  { pod, view }: Pick<Cycle, 'pod' | 'view'>,
  whenUnsatisfiable: string,
  { defaultConstraints: listed, defaultingType = 'System' }: PodTopologySpreadArgs,
): readonly Constraint[] {
  const all = defaultingType === 'System' ? systemConstraints : (listed ?? []);
  const wanted = all.filter((one) => one.whenUnsatisfiable === whenUnsatisfiable);
  if (wanted.length === 0) return [];
  const selector = workloadSelector(pod, view);
  if (selector === undefined) return [];
  return wanted.map((one) => constraintOf(pod, one, selector));
}

const systemConstraints: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: zone, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

interface Selector {
  readonly matches: Matches;
  readonly text: string;
  /** Labels that all have whom it matches. */
  readonly pairs: readonly string[];
  /** An empty selector counts nobody, though it matches everybody. */
  readonly isEmpty: boolean;
}

function ownSelector({ metadata }: Pod, constraint: TopologySpreadConstraint): Selector {
  const { labelSelector, matchLabelKeys = [] } = constraint;
  const bySelector = selectorOf(labelSelector);
  const { labels = {} } = metadata;
  const pairs = matchLabelKeys
    .filter((key) => labels[key] !== undefined)
    .map((key) => [key, labels[key]!] as const);
  if (pairs.length === 0) {
    const isEmpty = labelSelector !== undefined && selectsEverything(labelSelector);
    const text = textOf(labelSelector);
    return { matches: bySelector, text, pairs: pairsOf(labelSelector), isEmpty };
  }
  return {
    matches: (other) => bySelector(other) && pairs.every(([key, value]) => other?.[key] === value),
    text: `${textOf(labelSelector)} ${JSON.stringify(pairs)}`,
    pairs: pairsOf(labelSelector),
    isEmpty: labelSelector === undefined,
  };
}

const texts = new WeakMap<LabelSelector, string>();

function textOf(selector: LabelSelector | undefined): string {
  if (selector === undefined) return '';
  let text = texts.get(selector);
  if (text === undefined) {
    text = JSON.stringify(selector);
    texts.set(selector, text);
  }
  return text;
}

function constraintOf(pod: Pod, one: TopologySpreadConstraint, selector: Selector): Constraint {
  const { maxSkew, topologyKey, minDomains = 1 } = one;
  const { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' } = one;
  const { namespace = '', labels } = pod.metadata;
  const { matches, text, pairs, isEmpty } = selector;
  const anyNode = nodeAffinityPolicy !== 'Honor' || selectsNoNode(pod);
  const counts = ({ metadata }: Pod) =>
    !isEmpty &&
    metadata.namespace === namespace &&
    metadata.deletionTimestamp === undefined &&
    matches(metadata.labels);
  return {
    maxSkew,
    key: topologyKey,
    minDomains,
    counts,
    sort: { id: `PodTopologySpread ${namespace} ${text}`, counts, pairs },
    matches,
    selfMatch: matches(labels),
    honorsTaints: nodeTaintsPolicy === 'Honor',
    includes: (node) =>
      (anyNode || matchesNode(pod.spec, node)) &&
      (nodeTaintsPolicy !== 'Honor' || toleratesNode(pod, node)),
    includesAll: anyNode && nodeTaintsPolicy !== 'Honor',
  };
}

const selectsNoNode = ({ spec: { nodeSelector, affinity } }: Pod): boolean =>
  nodeSelector === undefined && affinity?.nodeAffinity === undefined;

const owners = ['ReplicationController', 'ReplicaSet', 'StatefulSet'];

/** All that the Services of a Pod and its controller select by, together. */
function workloadSelector(pod: Pod, view: View): Selector | undefined {
  const { namespace, labels = {} } = pod.metadata;
  const selectors: LabelSelector[] = [];
  for (const service of view.by('Service', 'namespace', namespace ?? '')) {
    const { selector } = (service as Selecting).spec as { readonly selector?: object };
    if (selector === undefined || Object.keys(selector).length === 0) continue;
    const matchLabels = selector as Readonly<Record<string, string>>;
    if (selectorOf({ matchLabels })(labels)) selectors.push({ matchLabels });
  }
  const owner = controllerOf(pod);
  if (owner !== undefined && owners.includes(owner.kind)) {
    const found = view.get<Selecting>(owner.kind, makeKey(namespace, owner.name));
    const selector = found?.spec.selector;
    if (owner.kind === 'ReplicationController') {
      if (selector !== undefined) selectors.push({ matchLabels: selector as Labels });
    } else if (selector !== undefined) selectors.push(selector as LabelSelector);
  }
  const telling = selectors.filter((one) => !selectsEverything(one));
  if (telling.length === 0) return undefined;
  return {
    matches: (other) => telling.every((one) => selectorOf(one)(other)),
    text: telling.map(textOf).join(' '),
    pairs: telling.length === 1 ? pairsOf(telling[0]) : telling.flatMap(pairsOf),
    isEmpty: false,
  };
}

type Labels = Readonly<Record<string, string>>;

interface Selecting extends KubeObject {
  readonly spec: { readonly selector?: Labels | LabelSelector };
}
