/**
 * Node lifecycle controller (ctl-07 §A): taints of nodes follow their conditions, and a node that is
 * not heard of any more is given up.
 *
 * It looks at all nodes every five seconds, once there is a Lease: where no kubelet sends heartbeats,
 * all nodes would look dead.
 */

import { leaseNamespace } from '../api/lease.ts';
import type { Key } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { readyOf } from '../api/nodestatus.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext, Outcome } from '../sim/controller.ts';
import { followConditions } from './nodelifecycle/conditiontaints.ts';
import { copyLabels } from './nodelifecycle/labels.ts';
import { NodeMonitor } from './nodelifecycle/monitor.ts';
import { noExecuteKeys, setNoExecute, taintKeyOf } from './nodelifecycle/noexecute.ts';

const monitorPeriodMs = 5_000;
const taintPeriodMs = 100;

/** Keys that are no nodes. */
const look = '@look';
const awake = '@awake';
const taint = '@taint';

export const nodeLifecycleController = (): Controller => {
  const monitor = new NodeMonitor();
  let startedAt = 0;
  let now = 0;
  let monitors = false;
  const untilNext = (periodMs: number) => periodMs - ((now - startedAt) % periodMs);

  function keysFor(event: WatchEvent, context: ControllerContext): void {
    now = context.now;
    const { queue } = context;
    if (event.kind === 'Lease') {
      if (monitors || event.object.metadata.namespace !== leaseNamespace) return;
      monitors = true;
      queue.addAfter(look, now === startedAt ? 0 : untilNext(monitorPeriodMs), true);
    } else if (event.kind === 'Node' && event.type !== 'DELETED') {
      queue.add(event.key);
      if (monitors && isUnsettling(event as WatchEvent<Node>, context)) {
        queue.addAfter(awake, untilNext(monitorPeriodMs));
      }
    }
  }

  function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
    now = context.now;
    if (key === awake) return undefined;
    if (key === look) return yield* lookAtAll(context);
    if (key === taint) return yield* taintSome(context);
    const node = context.view.get<Node>('Node', key);
    if (node === undefined) return undefined;
    return (yield* followConditions(node, now)) ?? (yield* copyLabels(node));
  }

  function* lookAtAll(context: ControllerContext): Requests<Outcome> {
    context.queue.addAfter(look, untilNext(monitorPeriodMs), true);
    const failed = yield* monitor.look(context);
    if (failed) context.queue.addAfter(awake, untilNext(monitorPeriodMs));
    if (monitor.tainter.isWaiting) context.queue.addAfter(taint, untilNext(taintPeriodMs));
    return undefined;
  }

  function* taintSome({ view, queue }: ControllerContext): Requests<Outcome> {
    for (const name of monitor.tainter.take(now)) {
      const node = view.get<Node>('Node', name);
      const wanted = node && taintKeyOf(readyOf(node));
      if (wanted === undefined) continue;
      const error = yield* setNoExecute(name, wanted, now);
      if (error !== undefined) queue.addAfter(awake, untilNext(monitorPeriodMs));
    }
    const waitMs = monitor.tainter.waitMs(now);
    if (waitMs !== undefined) {
      queue.addAfter(taint, Math.max(waitMs, untilNext(taintPeriodMs)));
    }
    return undefined;
  }

  return {
    name: 'node-controller',
    watches: ['Node', 'Pod'],
    watchesEvery: (kind) => kind === 'Lease',
    start(context) {
      startedAt = context.now;
    },
    keysFor,
    reconcile,
    memory: () => [monitor.memory(now), (now - startedAt) % monitorPeriodMs],
  };
};

/** The next look may change something: until then the cluster is not at rest. */
function isUnsettling({ object, old }: WatchEvent<Node>, { view }: ControllerContext): boolean {
  if (isUnsettled(object)) return true;
  // While no node was heard of, none was given up: with the first one that is, the others may be.
  const isBack = readyOf(object)?.status === 'True' && old && readyOf(old)?.status !== 'True';
  return isBack === true && view.list<Node>('Node').some(isUnsettled);
}

function isUnsettled(node: Node): boolean {
  const wanted = taintKeyOf(readyOf(node));
  const there = noExecuteKeys(node);
  return wanted === undefined ? there.length > 0 : !there.includes(wanted);
}
