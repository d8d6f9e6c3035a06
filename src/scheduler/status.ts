/** What the scheduler writes into a Pod's status: why it waits, and which node it is promised. */
import type { Condition } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { podCondition } from '../api/pod/podstatus.ts';
import { timestamp } from '../api/time.ts';
import type { Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';

export interface Reported {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  /** The node that it is promised; empty: none; absent: as before. */
  readonly nominated?: string;
  readonly now: number;
}

export function* reportFailure(pod: Pod, reported: Reported): Requests<void> {
  const { reason, message, nominated, now } = reported;
  const before = podCondition(pod, 'PodScheduled');
  const isTold =
    before?.status === 'False' && before.message === message && before.reason === reason;
  const isPromised = nominated === undefined || nominated === (pod.status.nominatedNodeName ?? '');
  if (isTold && isPromised) return;
  const condition = conditionOf(
    pod,
    { type: 'PodScheduled', status: 'False', reason, message },
    now,
  );
  yield* patchStatus(pod, {
    ...(isTold ? {} : { conditions: [condition] }),
    ...(isPromised ? {} : { nominatedNodeName: nominated || null }),
  });
}

type Told = Pick<Condition, 'type' | 'status'> & {
  readonly reason: string;
  readonly message: string;
};

/** The time stays as it was as long as the status does. */
export function conditionOf(pod: Pod, { type, status, reason, message }: Told, now: number) {
  const before = podCondition(pod, type);
  return {
    type,
    status,
    observedGeneration: pod.metadata.generation,
    lastProbeTime: null,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now),
    reason,
    message,
  };
}

export function* patchStatus(
  { metadata: { name, namespace } }: Pod,
  status: Readonly<Record<string, unknown>>,
): ReturnType<typeof call<Pod>> {
  return yield* call<Pod>({
    verb: 'patch',
    kind: 'Pod',
    namespace: namespace!,
    name,
    patchType: 'strategic',
    patch: { status },
    subresource: 'status',
  });
}
