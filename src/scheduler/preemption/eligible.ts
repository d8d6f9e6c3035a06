/** Whether a Pod may preempt others (sched-05). */
import type { Pod } from '../../api/pod/pod.ts';
import type { Unfit } from '../framework.ts';
import { priorityOf } from './victims.ts';

export const preemptedByScheduler = 'PreemptionByScheduler';

/** Why it may not, in upstream's words. `onNominated` is what its promised node was turned down for. */
export function ineligible(
  pod: Pod,
  onNode: (name: string) => Iterable<Pod>,
  onNominated: Unfit | undefined,
): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') {
    return 'not eligible due to preemptionPolicy=Never.';
  }
  const { nominatedNodeName } = pod.status ?? {};
  if (!nominatedNodeName || onNominated?.unresolvable === true) return undefined;
  for (const other of onNode(nominatedNodeName)) {
    if (priorityOf(other) < priorityOf(pod) && isMakingRoom(other)) {
      return 'not eligible due to a terminating pod on the nominated node.';
    }
  }
  return undefined;
}

const isMakingRoom = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (status?.conditions ?? []).some(
    ({ type, status, reason }) =>
      type === 'DisruptionTarget' && status === 'True' && reason === preemptedByScheduler,
  );
