/** DaemonSets, their Pods and the nodes that they are for, as the rules see them. */
import type { ControllerRevision } from '../../src/api/controllerrevision.ts';
import type { DaemonSet } from '../../src/api/daemonset.ts';
import { deepEqual } from '../../src/api/equal.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Toleration } from '../../src/api/pod/podspec.ts';
import { isPodActive } from '../../src/api/pod/podstatus.ts';
import { selectorOf } from '../../src/api/selectors/selectors.ts';
import type { Entry, WriteEntry } from '../../src/log/entry.ts';
import { matchesNode } from '../../src/scheduler/plugins/nodeaffinity.ts';
import { tolerates } from '../../src/scheduler/plugins/tolerations.ts';
import type { View } from '../../src/store/view.ts';
import type { World } from '../rule.ts';
import { type Clock, templateIn } from '../statefulset/members.ts';

export const by = 'daemon-set-controller';
const hashLabel = 'controller-revision-hash';

export const isOwn = (entry: Entry): entry is WriteEntry =>
  entry.type === 'write' && entry.by === by && entry.kind === 'Pod';

export const isCreation = (entry: Entry): entry is WriteEntry =>
  isOwn(entry) && entry.before === undefined;

/** The first write of a deletion: a second one removes what need not wait for a kubelet. */
export const isDeletion = (entry: Entry): entry is WriteEntry =>
  isOwn(entry) && entry.verb === 'delete' && entry.before?.metadata.deletionTimestamp === undefined;

/** The set that the acting pass is about, as its author saw it. */
export const setOf = ({ acting, seen }: World): DaemonSet | undefined =>
  acting === undefined ? undefined : seen.get<DaemonSet>('DaemonSet', acting.pass.key);

/** The node that a Pod is on, or the only one that it may be bound to. */
export function placeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const { nodeSelectorTerms = [] } =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? {};
  const fields = nodeSelectorTerms.flatMap(({ matchFields = [] }) => matchFields);
  return fields.find(({ key }) => key === 'metadata.name')?.values?.[0];
}

export const podsOf = (ds: DaemonSet, view: View): readonly Pod[] =>
  view.by<Pod>('Pod', 'controller', ds.metadata.uid);

/** Neither finished nor being deleted. */
export const activeOn = (ds: DaemonSet, node: string, view: View): readonly Pod[] =>
  podsOf(ds, view).filter((pod) => isPodActive(pod) && placeOf(pod) === node);

/** What a pass has in its hands: its own, and those of nobody that it may just have adopted. */
export function claimedBy(ds: DaemonSet, view: View): readonly Pod[] {
  const matches = selectorOf(ds.spec.selector);
  const orphans = view.by<Pod>('Pod', 'controller', `none/${ds.metadata.namespace}`);
  return [...podsOf(ds, view), ...orphans].filter(({ metadata }) => matches(metadata.labels));
}

const tolerated: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((key) => ({ key, effect: 'NoExecute' as const })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => ({
    key,
    effect: 'NoSchedule' as const,
  })),
].map(({ key, effect }) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }));

/** A Pod may stay on the node; `run`: one should be there. */
function suits({ spec }: DaemonSet, node: Node, effects: readonly string[]): boolean {
  const pod = spec.template.spec;
  if (!matchesNode(pod, node)) return false;
  const all = [...(pod.tolerations ?? []), ...tolerated];
  return (node.spec.taints ?? [])
    .filter(({ effect }) => effects.includes(effect))
    .every((taint) => all.some((toleration) => tolerates(toleration, taint)));
}

export const shouldRun = (ds: DaemonSet, node: Node): boolean =>
  suits(ds, node, ['NoExecute', 'NoSchedule']);

export const mayStay = (ds: DaemonSet, node: Node): boolean => suits(ds, node, ['NoExecute']);

export const clock = ({ spec }: DaemonSet, { simulation }: World): Clock => ({
  minReadySeconds: spec.minReadySeconds ?? 0,
  now: simulation.now,
});

/** The hash of the revision that holds the set's template. */
export function newestHash(ds: DaemonSet, view: View): string | undefined {
  const revision = view
    .by<ControllerRevision>('ControllerRevision', 'controller', ds.metadata.uid)
    .find((one) => deepEqual(templateIn(one), ds.spec.template));
  return revision?.metadata.labels?.[hashLabel];
}

export const hashOf = ({ metadata }: Pod): string | undefined => metadata.labels?.[hashLabel];

export interface Budget {
  readonly maxUnavailable: number;
  readonly maxSurge: number;
}

/** Percentages of the wanted nodes round up; where neither leaves room, one Pod may be missing. */
export function budgetOf({ spec }: DaemonSet, wanted: number): Budget {
  const { maxUnavailable = 1, maxSurge = 0 } = spec.updateStrategy.rollingUpdate ?? {};
  const count = (of: number | string) =>
    typeof of === 'number' ? of : Math.ceil((Number.parseInt(of, 10) * wanted) / 100);
  const [unavailable, surge] = [count(maxUnavailable), count(maxSurge)];
  const stuck = unavailable === 0 && surge === 0 && wanted > 0;
  return { maxUnavailable: stuck ? 1 : unavailable, maxSurge: surge };
}

export const surges = (ds: DaemonSet): boolean =>
  ds.spec.updateStrategy.type === 'RollingUpdate' && budgetOf(ds, 1).maxSurge > 0;
