/**
 * Rolling update (ctl-03 §C.3): which old Pods go, or get a new one beside them, so that no more
 * nodes than allowed are without an available Pod, or with two.
 */
import type { DaemonSet } from '../../api/daemonset.ts';
import { resolveIntOrPercent } from '../../api/intstr.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodAvailable } from '../../api/pod/podstatus.ts';
import { type Daemons, isDeleting } from './daemons.ts';
import type { Eligible } from './eligibility.ts';
import type { Changes } from './manage.ts';
import { isUpdated } from './template.ts';

export interface Limits {
  readonly maxUnavailable: number;
  readonly maxSurge: number;
}

/** Both round up; both zero would never get anywhere, so one may be missing. */
export function limitsOf({ spec }: DaemonSet, desired: number): Limits {
  const { maxUnavailable = 0, maxSurge = 0 } = spec.updateStrategy.rollingUpdate ?? {};
  const surge = resolveIntOrPercent(maxSurge, desired, true) ?? 0;
  const unavailable = resolveIntOrPercent(maxUnavailable, desired, true) ?? 0;
  const isStuck = surge === 0 && unavailable === 0 && desired > 0;
  return { maxUnavailable: isStuck ? 1 : unavailable, maxSurge: surge };
}

/** Whether a new Pod may be there before the old one goes. */
export function surges({ spec: { updateStrategy } }: DaemonSet): boolean {
  const { maxSurge = 0 } = updateStrategy.rollingUpdate ?? {};
  return updateStrategy.type === 'RollingUpdate' && Number.parseInt(String(maxSurge), 10) !== 0;
}

export interface Rolling {
  readonly ds: DaemonSet;
  readonly hash: string;
  readonly nodes: readonly Node[];
  readonly daemons: Daemons;
  readonly eligible: (node: Node) => Eligible;
  readonly now: number;
}

export function updatesOf(rolling: Rolling): Changes {
  const { ds, nodes, daemons, eligible } = rolling;
  const places = new Map<string, readonly Pod[]>(daemons);
  const wanted = new Set<string>();
  for (const node of nodes) {
    const { name } = node.metadata;
    if (!eligible(node).shouldRun) continue;
    wanted.add(name);
    if (!places.has(name)) places.set(name, []);
  }
  const { maxUnavailable, maxSurge } = limitsOf(ds, wanted.size);
  return maxSurge === 0
    ? replacements(places, maxUnavailable, rolling)
    : surplus(places, wanted, maxSurge, rolling);
}

interface Pair {
  readonly updated: Pod | undefined;
  readonly old: Pod | undefined;
}

/** What lives on a node; undefined if there are two of one kind, which others sort out. */
function pairOf(pods: readonly Pod[], { ds, hash }: Rolling): Pair | undefined {
  const living = pods.filter((pod) => !isDeleting(pod));
  const updated = living.filter((pod) => isUpdated(ds, pod, hash));
  const old = living.filter((pod) => !updated.includes(pod));
  return updated.length > 1 || old.length > 1 ? undefined : { updated: updated[0], old: old[0] };
}

const isAvailable = (pod: Pod, { ds, now }: Rolling): boolean =>
  isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, now);

/** An old Pod that is not available anyway goes at once: nothing is lost with it. */
function replacements(places: Daemons, maxUnavailable: number, rolling: Rolling): Changes {
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const pods of places.values()) {
    const { updated, old } = pairOf(pods, rolling) ?? {};
    if (old !== undefined && updated === undefined) {
      (isAvailable(old, rolling) ? candidates : broken).push(old);
    } else if (updated === undefined || old !== undefined || !isAvailable(updated, rolling)) {
      unavailable += 1;
    }
  }
  const left = Math.max(0, maxUnavailable - unavailable);
  return { create: [], delete: [...broken, ...candidates.slice(0, left)] };
}

function surplus(
  places: Daemons,
  wanted: ReadonlySet<string>,
  maxSurge: number,
  rolling: Rolling,
): Changes {
  const broken: string[] = [];
  const candidates: string[] = [];
  const done: Pod[] = [];
  let surging = 0;
  for (const [node, pods] of places) {
    const pair = pairOf(pods, rolling);
    const { updated, old } = pair ?? {};
    if (pair === undefined) surging += 1;
    else if (old === undefined) continue;
    else if (updated !== undefined && isAvailable(updated, rolling)) done.push(old);
    else if (updated !== undefined) surging += 1;
    else if (wanted.has(node)) (isAvailable(old, rolling) ? candidates : broken).push(node);
  }
  const left = Math.max(0, maxSurge - surging);
  return { create: [...broken, ...candidates.slice(0, left)], delete: done };
}
