/** Says why a Pod goes, and deletes it (ctl-07 §B). Budgets are not asked. */
import type { Condition } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { podCondition } from '../../api/pod/podstatus.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';

const isGone = (reason: string): boolean => reason === 'NotFound' || reason === 'Conflict';

/** Returns an error. */
export function* evict({ metadata }: Pod, now: number): Requests<string | undefined> {
  const { namespace, name, uid } = metadata;
  const named = { kind: 'Pod', namespace: namespace!, name };
  const live = yield* call<Pod>({ verb: 'get', ...named });
  if (!live.ok) return isGone(live.status.reason) ? undefined : live.status.message;
  if (live.object.metadata.uid !== uid) return undefined;
  if (podCondition(live.object, 'DisruptionTarget')?.status !== 'True') {
    const conditions = [disruption(live.object, now)];
    const patch = { metadata: { uid }, status: { conditions } };
    const patched = yield* call<Pod>({
      verb: 'patch',
      ...named,
      patchType: 'strategic',
      patch,
      subresource: 'status',
    });
    if (!patched.ok) return isGone(patched.status.reason) ? undefined : patched.status.message;
  }
  const options = { preconditions: { uid } };
  const deleted = yield* call<Pod>({ verb: 'delete', ...named, options });
  return deleted.ok || isGone(deleted.status.reason) ? undefined : deleted.status.message;
}

const disruption = ({ metadata: { generation } }: Pod, now: number): Condition => ({
  type: 'DisruptionTarget',
  ...(generation === undefined ? {} : { observedGeneration: generation }),
  status: 'True',
  lastTransitionTime: timestamp(now),
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
});
