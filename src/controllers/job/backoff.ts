/**
 * How long no Pod may be created after one has failed (ctl-04 §A.1, §A.4).
 *
 * The controller remembers the failures of each Job since its last success, and forgets them when
 * it restarts: the counters in the status do not say when.
 */
import type { Pod } from '../../api/pod/pod.ts';
import { podCondition } from '../../api/pod/podstatus.ts';
import { parseTimestamp } from '../../api/time.ts';

export const podFailureBackoffMs = 10_000;
export const podFailureBackoffMaxMs = 600_000;

export interface BackoffRecord {
  readonly failures: number;
  /** Simulated milliseconds. */
  readonly lastFailureAt?: number;
}

export const noFailures: BackoffRecord = { failures: 0 };

/** The record with what has been found to be finished now. */
export function recordAfter(
  known: BackoffRecord,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): BackoffRecord {
  const failedAt = failed.map(finishedAt);
  if (succeeded.length === 0) {
    if (failed.length === 0) return known;
    const failures = known.failures + failed.length;
    return { failures, lastFailureAt: Math.max(...failedAt) };
  }
  const lastSuccessAt = Math.max(...succeeded.map(finishedAt));
  const later = failedAt.filter((at) => at > lastSuccessAt);
  if (later.length === 0) return noFailures;
  return { failures: later.length, lastFailureAt: Math.max(...later) };
}

export function remainingMs(
  { failures, lastFailureAt = 0 }: BackoffRecord,
  now: number,
  baseMs = podFailureBackoffMs,
  maxMs = podFailureBackoffMaxMs,
): number {
  if (failures === 0) return 0;
  const gap = failures === 1 ? baseMs : Math.min(baseMs * 2 ** (failures - 1), maxMs);
  return Math.max(0, gap - (now - lastFailureAt));
}

/** When a Pod finished: by its containers, its Ready condition, its deletion, or its creation. */
export function finishedAt(pod: Pod): number {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  const ofContainers = containersFinishedAt(pod);
  if (ofContainers !== undefined) return ofContainers;
  const ready = podCondition(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) {
    return parseTimestamp(ready.lastTransitionTime);
  }
  if (deletionTimestamp !== undefined) {
    return parseTimestamp(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  }
  return parseTimestamp(creationTimestamp);
}

function containersFinishedAt({ status }: Pod): number | undefined {
  let latest: number | undefined;
  for (const { state } of status.containerStatuses ?? []) {
    const finished = state?.terminated?.finishedAt;
    if (!finished) return undefined;
    const at = parseTimestamp(finished);
    if (latest === undefined || at > latest) latest = at;
  }
  return latest;
}
