/** How far a rolling update may go above and below its size (ctl-02 §B.7). */
import type { Deployment, IntOrString } from '../../api/deployment.ts';
import { resolveIntOrPercent } from '../../api/intstr.ts';

export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

/**
 * Surge is rounded up, unavailability down; if both come to 0, one may be unavailable. Undefined: one
 * of them is neither a count nor a percentage.
 */
export function resolveFenceposts(
  maxSurge: IntOrString | undefined | null,
  maxUnavailable: IntOrString | undefined | null,
  replicas: number,
): Fenceposts | undefined {
  const surge = resolveIntOrPercent(maxSurge ?? 0, replicas, true);
  const unavailable = resolveIntOrPercent(maxUnavailable ?? 0, replicas, false);
  if (surge === undefined || unavailable === undefined) return undefined;
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export const isRollingUpdate = ({ spec: { strategy } }: Deployment): boolean =>
  strategy.type === 'RollingUpdate';

const fencepostsOf = ({ spec: { strategy, replicas } }: Deployment): Fenceposts =>
  resolveFenceposts(
    strategy.rollingUpdate?.maxSurge,
    strategy.rollingUpdate?.maxUnavailable,
    replicas,
  ) ?? none;

/** What upstream goes on with after an error. */
const none: Fenceposts = { surge: 0, unavailable: 0 };

export function maxUnavailable(deployment: Deployment): number {
  const { replicas } = deployment.spec;
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  return Math.min(fencepostsOf(deployment).unavailable, replicas);
}

export const maxSurge = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? fencepostsOf(deployment).surge : 0;
