/** Which DaemonSets an event wakes (ctl-03 §C.1). */
import type { DaemonSet } from '../../api/daemonset.ts';
import { semanticDeepEqual } from '../../api/equal.ts';
import { controllerOf, type KubeObject, keyOf } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady } from '../../api/pod/podstatus.ts';
import type { WatchEvent } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import type { View } from '../../store/view.ts';
import { matchingKeys, resolveController } from '../resolve.ts';
import { eligible } from './eligibility.ts';

export function setChanged(event: WatchEvent<DaemonSet>, context: ControllerContext): void {
  const { key, old, object, type } = event;
  const replaced = old !== undefined && old.metadata.uid !== object.metadata.uid;
  if (type === 'DELETED' || replaced) {
    context.expectations.forget(key);
    context.consistency.forget(key);
  }
  context.queue.add(key);
}

const ownerOf = (view: View, object: KubeObject): DaemonSet | undefined =>
  resolveController<DaemonSet>(view, 'DaemonSet', object);

export function podChanged(event: WatchEvent<Pod>, context: ControllerContext): void {
  const { type, object: pod, old } = event;
  if (type === 'MODIFIED' && pod === old) return;
  const beingDeleted = pod.metadata.deletionTimestamp !== undefined;
  if (type === 'DELETED' || beingDeleted) return podDeleted(pod, old, context);
  const { view, queue, expectations } = context;
  const owner = ownerOf(view, pod);
  const refChanged = old !== undefined && controllerOf(pod)?.uid !== controllerOf(old)?.uid;
  const before = refChanged ? ownerOf(view, old) : undefined;
  if (before !== undefined) queue.add(keyOf(before));
  if (controllerOf(pod) === undefined) {
    const mayBeAdopted =
      old === undefined || refChanged || pod.metadata.labels !== old.metadata.labels;
    if (mayBeAdopted) wakeMatching(pod, context);
    return;
  }
  if (owner === undefined) return;
  if (type === 'ADDED') expectations.creationObserved(keyOf(owner));
  queue.add(keyOf(owner));
  const { minReadySeconds = 0 } = owner.spec;
  if (old !== undefined && minReadySeconds > 0 && isPodReady(pod) && !isPodReady(old)) {
    // One second more, because timestamps have whole seconds.
    queue.addAfter(keyOf(owner), (minReadySeconds + 1) * 1000);
  }
}

function podDeleted(pod: Pod, old: Pod | undefined, context: ControllerContext): void {
  const { view, queue, expectations } = context;
  for (const version of old !== undefined && old !== pod ? [pod, old] : [pod]) {
    const owner = ownerOf(view, version);
    if (owner === undefined) continue;
    expectations.deletionObserved(keyOf(owner), keyOf(pod));
    queue.add(keyOf(owner));
  }
}

export function revisionChanged({ object, old }: WatchEvent, context: ControllerContext): void {
  for (const version of old !== undefined && old !== object ? [object, old] : [object]) {
    const owner = ownerOf(context.view, version);
    if (owner !== undefined) context.queue.add(keyOf(owner));
  }
  if (controllerOf(object) === undefined) wakeMatching(object, context);
}

function wakeMatching(object: KubeObject, { view, queue }: ControllerContext): void {
  for (const key of matchingKeys(view, 'DaemonSet', object)) queue.add(key);
}

/** A node that goes wakes nobody: its Pods are for others to remove. */
export function nodeChanged(event: WatchEvent<Node>, { view, queue }: ControllerContext): void {
  const { type, object: node, old } = event;
  if (type === 'DELETED') return;
  if (old !== undefined && !mayMatter(node, old)) return;
  for (const ds of view.list<DaemonSet>('DaemonSet')) {
    const now = eligible(ds)(node);
    const before = old === undefined ? undefined : eligible(ds)(old);
    const changed =
      before === undefined
        ? now.shouldRun
        : now.shouldRun !== before.shouldRun ||
          now.shouldContinueRunning !== before.shouldContinueRunning;
    if (changed) queue.add(keyOf(ds));
  }
}

/** Eligibility asks for labels, taints and the name only. */
const mayMatter = (node: Node, old: Node): boolean =>
  node.metadata.labels !== old.metadata.labels ||
  !semanticDeepEqual(node.spec.taints ?? [], old.spec.taints ?? []);
