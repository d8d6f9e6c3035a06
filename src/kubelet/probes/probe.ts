/**
 * One probe of one container (kubelet-03): what its results lead to, and when it is asked.
 *
 * Outcomes count only once as many as the threshold came in a row. After a liveness failure, and
 * after any result of a startup probe, it is on hold until the container is started anew.
 */
import type { Probe } from '../../api/pod/podspec.ts';

export type ProbeType = 'readiness' | 'liveness' | 'startup';
export type ProbeResult = 'Success' | 'Failure' | 'Unknown';
export type Outcome = 'Success' | 'Failure';

export interface ProbeState {
  /** What was published last. */
  readonly result: ProbeResult;
  readonly last: Outcome | undefined;
  readonly inRow: number;
  readonly isOnHold: boolean;
}

const initialResults: Readonly<Record<ProbeType, ProbeResult>> = {
  readiness: 'Failure',
  liveness: 'Success',
  startup: 'Unknown',
};

export const initialProbe = (type: ProbeType): ProbeState => ({
  result: initialResults[type],
  last: undefined,
  inRow: 0,
  isOnHold: false,
});

export interface Thresholds {
  readonly success: number;
  readonly failure: number;
}

export const thresholdsOf = ({
  successThreshold = 1,
  failureThreshold = 3,
}: Probe): Thresholds => ({
  success: successThreshold,
  failure: failureThreshold,
});

/** The state after one more answer. */
export function afterProbe(
  state: ProbeState,
  type: ProbeType,
  thresholds: Thresholds,
  outcome: Outcome,
): ProbeState {
  if (state.isOnHold) return state;
  const inRow = state.last === outcome ? state.inRow + 1 : 1;
  const needed = outcome === 'Success' ? thresholds.success : thresholds.failure;
  if (inRow < needed) return { ...state, last: outcome, inRow };
  const isOnHold = type === 'startup' || (type === 'liveness' && outcome === 'Failure');
  // Upstream starts counting anew then, so that the next container is not judged by this one's.
  return {
    result: outcome,
    last: isOnHold ? undefined : outcome,
    inRow: isOnHold ? 0 : inRow,
    isOnHold,
  };
}

/** When a probe is asked, in ms. Its worker ticks from `firstTickAt` on, whatever the container does. */
export interface ProbeTimes {
  readonly firstTickAt: number;
  readonly periodMs: number;
  readonly startedAt: number;
  readonly initialDelayMs: number;
}

export const timesOf = (
  { periodSeconds = 10, initialDelaySeconds = 0 }: Probe,
  firstTickAt: number,
  startedAt: number,
): ProbeTimes => ({
  firstTickAt,
  startedAt,
  periodMs: Math.max(periodSeconds, 1) * 1000,
  initialDelayMs: initialDelaySeconds * 1000,
});

/** The first tick at or after `from` at which the container is old enough: in whole seconds. */
export function nextTick(
  { firstTickAt, periodMs, startedAt, initialDelayMs }: ProbeTimes,
  from: number,
): number {
  const earliest = Math.max(from, startedAt + initialDelayMs, firstTickAt);
  return firstTickAt + Math.ceil((earliest - firstTickAt) / periodMs) * periodMs;
}

/** The tick at which a liveness probe that fails from `failsFrom` on has the container killed. */
export function livenessKillAt(
  times: ProbeTimes,
  failureThreshold: number,
  failsFrom: number,
): number {
  const firstFailure = nextTick(times, Math.max(failsFrom, times.startedAt));
  return firstFailure + (failureThreshold - 1) * times.periodMs;
}
