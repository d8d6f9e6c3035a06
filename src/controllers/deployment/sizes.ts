/** The sums of a rollout (ctl-02 §B.3–B.5), as pure functions of sizes. */
import type { Deployment } from '../../api/deployment.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import { isRollingUpdate, maxSurge, maxUnavailable } from './fenceposts.ts';
import { availableOf, byCreation, isActive, sizeOf } from './replicasets.ts';

/** The size that the new ReplicaSet may have now. `all` includes it. */
export function newReplicas(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRs: ReplicaSet,
): number {
  const { replicas } = deployment.spec;
  if (!isRollingUpdate(deployment)) return replicas;
  const maxTotal = replicas + maxSurge(deployment);
  const current = sizeOf(all);
  if (current >= maxTotal) return newRs.spec.replicas;
  return newRs.spec.replicas + Math.min(maxTotal - current, replicas - newRs.spec.replicas);
}

/** The size that the new ReplicaSet gets in a rolling step; undefined: the one it has. */
export function reconciledNew(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRs: ReplicaSet,
): number | undefined {
  const { replicas } = deployment.spec;
  const size = newRs.spec.replicas;
  if (size === replicas) return undefined;
  const wanted = size > replicas ? replicas : newReplicas(deployment, all, newRs);
  return wanted === size ? undefined : wanted;
}

export interface Resized {
  readonly rs: ReplicaSet;
  readonly size: number;
}

export interface OldScaling {
  readonly minAvailable?: number;
  readonly maxScaledDown?: number;
  readonly cleaned: readonly Resized[];
  readonly scaledDown: readonly Resized[];
  /** A status that is ahead of its spec made no sense: nothing more happens in this step. */
  readonly aborted?: true;
}

/** How the old ReplicaSets shrink in a rolling step: the broken replicas first, then what is spare. */
export function reconciledOld(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
): OldScaling {
  const active = old.filter(isActive);
  if (sizeOf(active) === 0) return { cleaned: [], scaledDown: [] };
  const minAvailable = deployment.spec.replicas - maxUnavailable(deployment);
  const newUnavailable =
    newRs === undefined ? 0 : newRs.spec.replicas - (newRs.status.availableReplicas ?? 0);
  const maxScaledDown = sizeOf(all) - minAvailable - newUnavailable;
  if (maxScaledDown <= 0) return { minAvailable, maxScaledDown, cleaned: [], scaledDown: [] };
  const { resized: cleaned, aborted } = cleanUpUnhealthy(active, maxScaledDown);
  if (aborted) return { minAvailable, maxScaledDown, cleaned, scaledDown: [], aborted };
  const sizes = new Map(cleaned.map(({ rs, size }) => [rs, size]));
  // Those that have been scaled to nothing may still be told to have some: these are on their way out.
  const serving = newRs === undefined ? active : [...active, newRs];
  const scaledDown = scaleDownOld(deployment, serving, active, sizes);
  return { minAvailable, maxScaledDown, cleaned, scaledDown };
}

/** Oldest first: replicas that are not available serve nobody. */
export function cleanUpUnhealthy(
  old: readonly ReplicaSet[],
  most: number,
): { readonly resized: readonly Resized[]; readonly aborted?: true } {
  const resized: Resized[] = [];
  let total = 0;
  for (const rs of [...old].sort(byCreation)) {
    if (total >= most) break;
    const size = rs.spec.replicas;
    const available = rs.status.availableReplicas ?? 0;
    if (size === 0 || size === available) continue;
    const count = Math.min(most - total, size - available);
    if (count < 0) return { resized, aborted: true };
    total += count;
    resized.push({ rs, size: size - count });
  }
  return { resized };
}

/** Oldest first, as long as enough of `serving` stays available. `sizes` are those after the clean-up. */
export function scaleDownOld(
  deployment: Deployment,
  serving: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  sizes: ReadonlyMap<ReplicaSet, number> = new Map(),
): readonly Resized[] {
  const minAvailable = deployment.spec.replicas - maxUnavailable(deployment);
  let spare = availableOf(serving) - minAvailable;
  const resized: Resized[] = [];
  for (const rs of [...old].sort(byCreation)) {
    if (spare <= 0) break;
    const size = sizes.get(rs) ?? rs.spec.replicas;
    if (size === 0) continue;
    const count = Math.min(size, spare);
    spare -= count;
    resized.push({ rs, size: size - count });
  }
  return resized;
}
