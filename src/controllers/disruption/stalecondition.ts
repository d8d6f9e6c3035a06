/**
 * The disruption controller's other worker (ctl-05 §B): a Pod that was told to end, and is not ended
 * for two minutes, is told that it stays.
 */
import { withDisruptionTarget } from '../../api/disruption.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodTerminal, podCondition } from '../../api/pod/podstatus.ts';
import { parseTimestamp } from '../../api/time.ts';
import { type Controller, call } from '../../sim/controller.ts';

const staleAfterMs = 120_000;

export const staleDisruptionTarget = (): Controller => ({
  name: 'disruption-controller',
  watches: ['Pod'],
  keysFor({ type, key, object }, { queue, now }) {
    if (type === 'DELETED') return;
    const leftMs = staleInMs(object as Pod, now);
    if (leftMs !== undefined) queue.addAfter(key, leftMs);
  },
  *reconcile(key, { view, now, queue }) {
    const pod = view.get<Pod>('Pod', key);
    const leftMs = pod === undefined ? undefined : staleInMs(pod, now);
    if (pod === undefined || leftMs === undefined) return undefined;
    if (leftMs > 0) {
      queue.addAfter(key, leftMs);
      return undefined;
    }
    const conditions = withDisruptionTarget(pod, { status: 'False' }, now);
    const written = yield* call<Pod>({
      verb: 'update',
      kind: 'Pod',
      object: { ...pod, status: { ...pod.status, conditions } },
      subresource: 'status',
    });
    return written.ok ? undefined : { error: written.status.message };
  },
});

/**
 * Milliseconds until the condition is stale; undefined if it is none that can be. What a kubelet
 * ends may take any time, and what has ended stays as it is.
 */
export function staleInMs(pod: Pod, now: number): number | undefined {
  if (pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) return undefined;
  const condition = podCondition(pod, 'DisruptionTarget');
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined;
  const since = condition.lastTransitionTime;
  return Math.max(0, (since === undefined ? 0 : parseTimestamp(since)) + staleAfterMs - now);
}
