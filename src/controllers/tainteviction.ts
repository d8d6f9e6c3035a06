/**
 * Taint eviction controller (ctl-07 §B): Pods leave a node whose NoExecute taints they do not
 * tolerate, or not for so long.
 */
import { type Key, keyOf } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { evict } from './tainteviction/evict.ts';
import { dueAt, isTurnedOut, noExecuteTaints, staySeconds } from './tainteviction/timing.ts';

/** A Pod that is to leave: since when that is so, and when it does. */
interface Planned {
  readonly uid: string;
  readonly at: number;
}

export const taintEvictionController = (): Controller => {
  const planned = new Map<Key, Planned>();
  /** Pods that were deleted: they are not told again. */
  const evicted = new Map<Key, string>();

  function keysFor(event: WatchEvent, context: ControllerContext): void {
    const { view, queue } = context;
    const { kind, key, type, object, old } = event;
    if (kind === 'Node') {
      if (!taintsChanged(event as WatchEvent<Node>)) return;
      for (const pod of view.by<Pod>('Pod', 'node', object.metadata.name)) queue.add(keyOf(pod));
      return;
    }
    if (type === 'DELETED') {
      evicted.delete(key);
      return cancel(object as Pod, context);
    }
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) {
      planned.delete(key);
      evicted.delete(key);
    }
    const { nodeName, tolerations } = (object as Pod).spec;
    const before = (old as Pod | undefined)?.spec;
    if (!nodeName) return;
    if (before?.nodeName === nodeName && before.tolerations === tolerations) return;
    const node = view.get<Node>('Node', nodeName);
    if (planned.has(key) || (node && noExecuteTaints(node).length > 0)) queue.add(key);
  }

  /** Told of a Pod that somebody else deleted, too. */
  function cancel(pod: Pod, context: ControllerContext): void {
    const { namespace, name } = pod.metadata;
    if (!planned.delete(keyOf(pod))) return;
    const message = `Cancelling deletion of Pod ${namespace}/${name}`;
    context.record(named(pod), 'Normal', 'TaintManagerEviction', message);
  }

  function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
    const { view, now, queue } = context;
    const pod = view.get<Pod>('Pod', key);
    if (pod === undefined || evicted.get(key) === pod.metadata.uid) {
      planned.delete(key);
      return undefined;
    }
    const { uid } = pod.metadata;
    const node = view.get<Node>('Node', pod.spec.nodeName ?? '');
    const seconds = node && secondsOn(node, pod);
    const plan = planned.get(key);
    if (seconds === undefined) {
      cancel(pod, context);
      return undefined;
    }
    if (seconds > 0 && plan?.uid !== uid) {
      planned.set(key, { uid, at: now + seconds * 1000 });
      queue.addAfter(key, seconds * 1000);
      return undefined;
    }
    // A plan stays as it was made: taints that are tolerated neither put it off nor bring it forward.
    const turnedOut = isTurnedOut(noExecuteTaints(node!), pod.spec.tolerations);
    if (!turnedOut && plan?.uid === uid && now < plan.at) {
      queue.addAfter(key, plan.at - now);
      return undefined;
    }
    if (turnedOut) cancel(pod, context);
    return yield* evictNow(pod, context);
  }

  /** The cache may be old; whom it would hit is asked for anew (k/k#119862). */
  function* evictNow(pod: Pod, context: ControllerContext): Requests<Outcome> {
    const { now, queue } = context;
    const key = keyOf(pod);
    const name = pod.spec.nodeName!;
    const live = yield* call<Node>({ verb: 'get', kind: 'Node', name });
    if (!live.ok && live.status.reason !== 'NotFound') return { error: live.status.message };
    const due =
      live.ok && noExecuteTaints(live.object).length > 0 ? dueAt(live.object, pod) : undefined;
    if (due === undefined) {
      cancel(pod, context);
      return undefined;
    }
    if (due > now) {
      planned.set(key, { uid: pod.metadata.uid, at: due });
      queue.addAfter(key, due - now);
      return undefined;
    }
    const { namespace, name: podName } = pod.metadata;
    const message = `Marking for deletion Pod ${namespace}/${podName}`;
    context.record(named(pod), 'Normal', 'TaintManagerEviction', message);
    const error = yield* evict(pod, now);
    if (error !== undefined) return { error };
    planned.delete(key);
    evicted.set(key, pod.metadata.uid);
    return undefined;
  }

  return {
    name: 'taint-eviction-controller',
    author: 'node-controller',
    watches: ['Node', 'Pod'],
    keysFor,
    reconcile,
    memory: () => [[...planned.keys()], [...evicted]],
  };
};

/** Its Events name the Pod only: which of several of that name they are about, they do not say. */
const named = ({ metadata: { name, namespace }, ...pod }: Pod): Pod =>
  ({ ...pod, metadata: { name, namespace } }) as unknown as Pod;

/** Undefined: it may stay for ever. */
function secondsOn(node: Node, pod: Pod): number | undefined {
  const taints = noExecuteTaints(node);
  return taints.length === 0 ? undefined : staySeconds(taints, pod.spec.tolerations);
}

function taintsChanged({ type, object, old }: WatchEvent<Node>): boolean {
  if (type === 'DELETED') return false;
  if (old === undefined) return noExecuteTaints(object).length > 0;
  if (old.spec.taints === object.spec.taints) return false;
  const shown = (node: Node) =>
    noExecuteTaints(node)
      .map(({ key, value }) => `${key}=${value}`)
      .join();
  return shown(old) !== shown(object);
}
