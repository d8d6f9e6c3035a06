/** Proportional scaling (ctl-02 §B.4): a rollout that is resized shares the difference. */
import type { Deployment } from '../../api/deployment.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import { isRollingUpdate, maxSurge } from './fenceposts.ts';
import { byCreation, countOf, desiredKey, isActive, maxKey, sizeOf } from './replicasets.ts';
import type { Resized } from './sizes.ts';

/** New sizes of the ReplicaSets that are to be written, unchanged ones included. */
export function scaled(
  deployment: Deployment,
  newRs: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Resized[] {
  const { replicas } = deployment.spec;
  const only = activeOrLatest(newRs, old);
  if (only !== undefined) {
    return only.spec.replicas === replicas ? [] : [{ rs: only, size: replicas }];
  }
  if (newRs !== undefined && isSaturated(deployment, newRs)) {
    return old.filter(isActive).map((rs) => ({ rs, size: 0 }));
  }
  if (!isRollingUpdate(deployment)) return [];
  return proportions(
    deployment,
    [...old, ...(newRs === undefined ? [] : [newRs])].filter(isActive),
  );
}

/** The only one that is active; if none is, the new one or else the latest. */
function activeOrLatest(
  newRs: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const all = newRs === undefined ? old : [...old, newRs];
  const active = all.filter(isActive);
  if (active.length === 1) return active[0];
  if (active.length > 1) return undefined;
  return newRs ?? [...old].sort(byCreation).at(-1);
}

/** It is as large as it should be, and all of it is available. */
function isSaturated({ spec: { replicas } }: Deployment, rs: ReplicaSet): boolean {
  return (
    rs.spec.replicas === replicas &&
    countOf(rs, desiredKey) === replicas &&
    (rs.status.availableReplicas ?? 0) === replicas
  );
}

function proportions(deployment: Deployment, active: readonly ReplicaSet[]): readonly Resized[] {
  const { replicas } = deployment.spec;
  const allowed = replicas > 0 ? replicas + maxSurge(deployment) : 0;
  const toAdd = allowed - sizeOf(active);
  const order = [...active];
  if (toAdd > 0) order.sort((a, b) => b.spec.replicas - a.spec.replicas || byCreation(b, a));
  if (toAdd < 0) order.sort((a, b) => b.spec.replicas - a.spec.replicas || byCreation(a, b));
  const sizes: number[] = [];
  let added = 0;
  for (const rs of order) {
    const share = toAdd === 0 ? 0 : proportion(rs, deployment, toAdd, added);
    sizes.push(rs.spec.replicas + share);
    added += share;
  }
  if (sizes.length > 0 && toAdd !== 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  return order.map((rs, i) => ({ rs, size: sizes[i]! }));
}

/** The ReplicaSet's part of what is to be added, clipped to what is left of it. */
function proportion(rs: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (rs.spec.replicas === 0 || toAdd === added) return 0;
  const fraction = fractionOf(rs, deployment);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function fractionOf(rs: ReplicaSet, deployment: Deployment): number {
  const { replicas } = deployment.spec;
  const size = rs.spec.replicas;
  if (replicas === 0) return -size;
  const before = countOf(rs, maxKey) || (deployment.status.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalfAway((size * (replicas + maxSurge(deployment))) / before) - size;
}

const roundHalfAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
