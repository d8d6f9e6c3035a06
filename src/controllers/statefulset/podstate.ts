/** What the StatefulSet controller asks of a Pod. */
import type { Pod } from '../../api/pod/pod.ts';
import { isPodAvailable, isPodReady } from '../../api/pod/podstatus.ts';

export const revisionLabel = 'controller-revision-hash';

export const podRevision = ({ metadata: { labels } }: Pod): string => labels?.[revisionLabel] ?? '';

export const isTerminating = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined;

export const isRunningAndReady = (pod: Pod): boolean =>
  pod.status.phase === 'Running' && isPodReady(pod);

/** How long a Pod must be ready, and when it is. */
export interface Clock {
  readonly minReadySeconds: number;
  readonly now: number;
}

export const isRunningAndAvailable = (pod: Pod, { minReadySeconds, now }: Clock): boolean =>
  isRunningAndReady(pod) && isPodAvailable(pod, minReadySeconds, now);

/** Missing, going, or not available. */
export const isUnavailable = (pod: Pod | undefined, clock: Clock): boolean =>
  pod === undefined || isTerminating(pod) || !isRunningAndAvailable(pod, clock);
