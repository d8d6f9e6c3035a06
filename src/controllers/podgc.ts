/**
 * Pod garbage collector (ctl-07 §C): removes Pods that nobody else would.
 *
 * It looks around every 20 s. An event that may have made garbage is what makes it look at the next
 * of these instants; where nothing happened there is nothing to find.
 */
import type { Key } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodTerminal } from '../api/pod/podstatus.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import {
  type Garbage,
  garbageOf,
  isOutOfService,
  quarantineMs,
  surplusTerminated,
  terminatedPodThreshold,
} from './podgc/decide.ts';
import { failAndRemove, remove } from './podgc/remove.ts';

const periodMs = 20_000;
const collect = '@collect';

export const podGarbageCollector = (): Controller => {
  let startedAt = 0;
  let now = 0;
  /** Nodes that are missing, and since when. */
  const missing = new Map<string, number>();
  /** Uids of Pods that have ended. */
  const ended = new Set<string>();
  const untilNext = () => periodMs - ((now - startedAt) % periodMs);

  function keysFor(event: WatchEvent, context: ControllerContext): void {
    now = context.now;
    const { view, queue } = context;
    const { kind, type, object } = event;
    if (kind === 'Node') {
      const mayMatter = type === 'DELETED' || isOutOfService(object as Node);
      if (mayMatter) queue.addAfter(collect, untilNext());
      return;
    }
    const pod = object as Pod;
    const { uid } = pod.metadata;
    if (type === 'DELETED') {
      ended.delete(uid);
      return;
    }
    if (isPodTerminal(pod)) ended.add(uid);
    const { nodeName } = pod.spec;
    const node = nodeName ? view.get<Node>('Node', nodeName) : undefined;
    const isStranded = nodeName !== undefined && node === undefined;
    const deleting = pod.metadata.deletionTimestamp !== undefined;
    const isGarbage = deleting && (!nodeName || (node !== undefined && isOutOfService(node)));
    if (isStranded || isGarbage) queue.addAfter(collect, untilNext());
    else if (ended.has(uid) && ended.size > terminatedPodThreshold) {
      queue.addAfter(collect, untilNext());
    }
  }

  function* reconcile(_key: Key, context: ControllerContext): Requests<Outcome> {
    now = context.now;
    const { view, queue } = context;
    const pods = view.list<Pod>('Pod');
    let failed = false;
    for (const pod of surplusTerminated(pods, terminatedPodThreshold)) {
      failed = (yield* remove(pod)) !== undefined || failed;
    }
    const away = yield* findMissing(pods, context);
    for (const why of ['outOfService', 'orphaned', 'unscheduled'] satisfies readonly Garbage[]) {
      for (const pod of pods) {
        const { nodeName = '' } = pod.spec;
        const node = view.get<Node>('Node', nodeName);
        // In quarantine, or back since the cache was read.
        if (why === 'orphaned' && !away.has(nodeName)) continue;
        const missingMs = now - (missing.get(nodeName) ?? now);
        if (garbageOf(pod, { node, missingMs }) !== why) continue;
        failed = (yield* failAndRemove(pod, why, now)) !== undefined || failed;
      }
    }
    for (const name of away) missing.delete(name);
    if (failed || missing.size > 0) queue.addAfter(collect, untilNext());
    return undefined;
  }

  /** Nodes that have been missing for long enough, and are missing still when asked for. */
  function* findMissing(
    pods: readonly Pod[],
    { view }: ControllerContext,
  ): Requests<ReadonlySet<string>> {
    const names = new Set(pods.flatMap(({ spec }) => (spec.nodeName ? [spec.nodeName] : [])));
    for (const name of missing.keys()) {
      if (!names.has(name) || view.get('Node', name) !== undefined) missing.delete(name);
    }
    const away = new Set<string>();
    for (const name of names) {
      if (view.get('Node', name) !== undefined) continue;
      const since = missing.get(name);
      if (since === undefined) missing.set(name, now);
      else if (now - since >= quarantineMs) {
        const live = yield* call<Node>({ verb: 'get', kind: 'Node', name });
        if (!live.ok && live.status.reason === 'NotFound') away.add(name);
      }
    }
    return away;
  }

  return {
    name: 'pod-garbage-collector',
    watches: ['Pod', 'Node'],
    start(context) {
      startedAt = context.now;
    },
    keysFor,
    reconcile,
    memory: () => [[...missing].map(([node, since]) => [node, now - since])],
  };
};
