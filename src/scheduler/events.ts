/** What happens in a cluster, as far as it may help a Pod that waits (sched-02). */
import type { KubeObject } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { amountsOf, usageOf } from './resources.ts';

export type Resource =
  | 'Node'
  | 'Pod'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment'
  | 'ResourceClaim';

export type NodeAction =
  | 'UpdateNodeTaint'
  | 'UpdateNodeAllocatable'
  | 'UpdateNodeLabel'
  | 'UpdateNodeCondition'
  | 'UpdateNodeAnnotation'
  | 'UpdateNodeDeclaredFeature';

export type PodAction =
  | 'UpdatePodLabel'
  | 'UpdatePodScaleDown'
  | 'UpdatePodSchedulingGatesEliminated'
  | 'UpdatePodToleration'
  | 'UpdatePodOther';

export type EventName =
  | `${Resource}/${'Add' | 'Update' | 'Delete'}`
  | `Node/${NodeAction}`
  | `Pod/${PodAction}`;

export interface ClusterEvent {
  readonly name: EventName;
  readonly old?: KubeObject | undefined;
  /** As it is now; as it last was, if it is gone. */
  readonly object: KubeObject;
  /** The entry of the log that wrote it; 0 if it comes of a list. */
  readonly n: number;
  /** Those that are more important than this did not mind what is over now. */
  readonly upTo?: number;
}

/** The kinds of change between two versions of a node; none for a mere heartbeat. */
export function nodeChanges(old: Node, node: Node): readonly NodeAction[] {
  const changes: NodeAction[] = [];
  if (differs(old.status?.allocatable, node.status?.allocatable)) {
    changes.push('UpdateNodeAllocatable');
  }
  if (differs(old.metadata.labels, node.metadata.labels)) changes.push('UpdateNodeLabel');
  if (old.spec !== node.spec) {
    const opened = old.spec.unschedulable === true && node.spec.unschedulable !== true;
    if (opened || differs(old.spec.taints, node.spec.taints)) changes.push('UpdateNodeTaint');
  }
  if (differs(conditionsOf(old), conditionsOf(node))) changes.push('UpdateNodeCondition');
  if (differs(old.metadata.annotations, node.metadata.annotations)) {
    changes.push('UpdateNodeAnnotation');
  }
  if (differs(featuresOf(old), featuresOf(node))) changes.push('UpdateNodeDeclaredFeature');
  return changes;
}

const conditionsOf = ({ status }: Node) =>
  Object.fromEntries((status?.conditions ?? []).map(({ type, status }) => [type, status]));

const featuresOf = ({ status }: Node): unknown =>
  (status as { readonly declaredFeatures?: unknown } | undefined)?.declaredFeatures;

/** The kinds of change between two versions of a Pod. */
export function podChanges(old: Pod, pod: Pod): readonly PodAction[] {
  const changes: PodAction[] = [];
  if (differs(old.metadata.labels, pod.metadata.labels)) changes.push('UpdatePodLabel');
  if (shrank(old, pod)) changes.push('UpdatePodScaleDown');
  if (old.spec !== pod.spec) {
    const gates = ({ spec }: Pod) => spec.schedulingGates?.length ?? 0;
    if (gates(old) > 0 && gates(pod) === 0) changes.push('UpdatePodSchedulingGatesEliminated');
    const tolerations = ({ spec }: Pod) => spec.tolerations?.length ?? 0;
    if (tolerations(old) !== tolerations(pod)) changes.push('UpdatePodToleration');
  }
  return changes.length === 0 ? ['UpdatePodOther'] : changes;
}

/** Whether it takes less of something than it did. */
function shrank(old: Pod, pod: Pod): boolean {
  const [before, after] = [usageOf(old), usageOf(pod)];
  if (before === after) return false;
  const [used, left] = [amountsOf(before.plain), amountsOf(after.plain)];
  return Object.entries(used).some(([name, amount]) => (left[name] ?? 0) < amount);
}

/** Parts that were decoded anew may be equal without being the same. */
const differs = (a: unknown, b: unknown): boolean =>
  a !== b && JSON.stringify(a) !== JSON.stringify(b);

/** Hints ask where a Pod was, which of an assumed one only the scheduler knows. */
export const placedOn = (pod: Pod, node = '?'): Pod =>
  pod.spec.nodeName ? pod : { ...pod, spec: { ...pod.spec, nodeName: node } };

/** A promise to a Pod is over: only those that are no more important minded it. */
export const promiseEnded = (pod: Pod, n: number): ClusterEvent => ({
  name: 'Pod/Delete',
  object: placedOn(pod, pod.status.nominatedNodeName),
  n,
  upTo: pod.spec.priority ?? 0,
});
