/** How long containers get to stop, and what happens in that time (kubelet-04). Seconds. */
import type { Pod } from '../../api/pod/pod.ts';
import type { KillReason } from './initactions.ts';

/** What a container gets even if nothing is left of its grace. */
const containerMin = 2;
const podMin = 1;

export interface GraceSources {
  readonly termination?: number | undefined;
  readonly deletion?: number | undefined;
  /** Asked for by an eviction or a shutdown. */
  readonly override?: number | undefined;
  /** What the Pod is being stopped with already: it only gets less. */
  readonly current?: number | undefined;
}

/** Grace of a whole Pod. */
export function podGrace({ termination, deletion, override, current }: GraceSources): number {
  let least = current ?? Number.POSITIVE_INFINITY;
  if (deletion !== undefined) least = Math.min(least, deletion);
  if (override !== undefined) least = Math.min(least, override);
  if (least === Number.POSITIVE_INFINITY) least = termination ?? podMin;
  return Math.max(least, podMin);
}

/** Grace of one container that is killed while its Pod goes on. */
export function containerGrace(
  { metadata, spec }: Pick<Pod, 'metadata' | 'spec'>,
  name: string,
  reason: KillReason,
): number {
  const { deletionGracePeriodSeconds } = metadata;
  if (deletionGracePeriodSeconds !== undefined) return deletionGracePeriodSeconds;
  const { terminationGracePeriodSeconds } = spec;
  if (terminationGracePeriodSeconds === undefined) return containerMin;
  const container = [...spec.containers, ...(spec.initContainers ?? [])].find(
    (c) => c.name === name,
  );
  const probe =
    reason === 'LivenessProbe'
      ? container?.livenessProbe
      : reason === 'StartupProbe'
        ? container?.startupProbe
        : undefined;
  return probe?.terminationGracePeriodSeconds ?? terminationGracePeriodSeconds;
}

/** What is left of the grace when SIGTERM is sent, after a preStop hook or a turn waited for. */
export const graceAfter = (grace: number, spent: number): number =>
  Math.max(grace - Math.floor(Math.min(spent, grace)), containerMin);

export interface Stop {
  readonly sigtermAt: number;
  readonly exitedAt: number;
  readonly sigkill: boolean;
}

/** When a container is told to stop, and when it has. Undefined: no hook, never by itself. */
export function stopTimeline(
  grace: number,
  preStop: number | undefined,
  exitsAfterSigterm: number | undefined,
): Stop {
  const sigtermAt = grace > 0 ? Math.min(preStop ?? 0, grace) : 0;
  const left = graceAfter(grace, sigtermAt);
  const sigkill = exitsAfterSigterm === undefined || exitsAfterSigterm > left;
  return { sigtermAt, exitedAt: sigtermAt + (sigkill ? left : exitsAfterSigterm), sigkill };
}
