/** Removes a Pod whose kubelet will not: it is failed first, so that whoever counts Pods knows. */
import type { Condition } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import type { Garbage } from './decide.ts';

const isGone = (reason: string): boolean => reason === 'NotFound' || reason === 'Conflict';

/** What is written of it before it goes. */
export interface LastWords {
  readonly setFailed: boolean;
  /** Reason of its DisruptionTarget. */
  readonly condition: string | null;
}

export const lastWords = (pod: Pod, why: Garbage): LastWords => {
  const setFailed = !isPodTerminal(pod);
  return { setFailed, condition: setFailed && why === 'orphaned' ? 'DeletionByPodGC' : null };
};

/** Returns an error. */
export function* failAndRemove(pod: Pod, why: Garbage, now: number): Requests<string | undefined> {
  const { setFailed, condition } = lastWords(pod, why);
  const { namespace, name, uid } = pod.metadata;
  const named = { kind: 'Pod', namespace: namespace!, name };
  if (setFailed) {
    const conditions = condition === null ? {} : { conditions: [orphaned(pod, condition, now)] };
    const patched = yield* call<Pod>({
      verb: 'patch',
      ...named,
      patchType: 'strategic',
      patch: { metadata: { uid }, status: { phase: 'Failed', ...conditions } },
      subresource: 'status',
    });
    if (!patched.ok) return isGone(patched.status.reason) ? undefined : patched.status.message;
  }
  return yield* remove(pod);
}

/** At once, and no other Pod of its name. Returns an error. */
export function* remove({ metadata }: Pod): Requests<string | undefined> {
  const { namespace, name, uid } = metadata;
  const deleted = yield* call<Pod>({
    verb: 'delete',
    kind: 'Pod',
    namespace: namespace!,
    name,
    options: { gracePeriodSeconds: 0, preconditions: { uid } },
  });
  return deleted.ok || isGone(deleted.status.reason) ? undefined : deleted.status.message;
}

const orphaned = ({ metadata: { generation } }: Pod, reason: string, now: number): Condition => ({
  type: 'DisruptionTarget',
  ...(generation === undefined ? {} : { observedGeneration: generation }),
  status: 'True',
  lastTransitionTime: timestamp(now),
  reason,
  message: 'PodGC: node no longer exists',
});
