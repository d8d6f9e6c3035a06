/** Pods of a node that went silent are not ready, whatever they said last (ctl-07 §A.1). */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady } from '../../api/pod/podstatus.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';

/** Returns an error: it is tried again with the next look at the node. */
export function* markPodsNotReady(
  { metadata: { name } }: Node,
  context: ControllerContext,
): Requests<string | undefined> {
  const { view, now } = context;
  let error: string | undefined;
  for (const pod of view.by<Pod>('Pod', 'node', name)) {
    if (!isPodReady(pod)) continue;
    const conditions = pod.status.conditions!.map((condition) =>
      condition.type === 'Ready'
        ? { ...condition, status: 'False' as const, lastTransitionTime: timestamp(now) }
        : condition,
    );
    const updated = yield* call<Pod>({
      verb: 'update',
      kind: 'Pod',
      object: { ...pod, status: { ...pod.status, conditions } },
      subresource: 'status',
    });
    if (updated.ok) context.record(updated.object, 'Warning', 'NodeNotReady', 'Node is not ready');
    else if (updated.status.reason !== 'NotFound') error ??= updated.status.message;
  }
  return error;
}
