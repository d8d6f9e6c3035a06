/**
 * What one pass does to a set's Pods (ctl-03 §B.3): all of it follows from what the pass sees.
 *
 * OrderedReady goes from Pod to Pod and stops at the first that must be waited for. Parallel does
 * not wait, but both update from the highest ordinal down.
 */
import type { Pod } from '../../api/pod/pod.ts';
import type { StatefulSet } from '../../api/statefulset.ts';
import { type Arranged, arrange, type Slot, startOf } from './ordinals.ts';
import { type Clock, isRunningAndAvailable, isTerminating, isUnavailable } from './podstate.ts';
import { podsToUpdate } from './update.ts';

/** `tend` sees to its claims and waits; `keep` sees to its identity too, and goes on. */
export type Step = Slot & { readonly action: 'create' | 'delete' | 'wait' | 'tend' | 'keep' };

export interface Plan extends Arranged {
  readonly steps: readonly Step[];
  /** Something must be waited for: neither scaling down nor updating comes into question. */
  readonly blocked: boolean;
  /** Of the condemned, those to delete. */
  readonly surplus: readonly Pod[];
  /** To delete, so that they come back with the new revision. */
  readonly outdated: readonly Pod[];
}

export interface Situation {
  readonly set: StatefulSet;
  /** Those that the set has claimed. */
  readonly pods: readonly Pod[];
  /** Name of the newest revision. */
  readonly updateRevision: string;
  readonly now: number;
  /** A claim of that ordinal still belongs to a Pod that is gone, and goes with it. */
  readonly hasStaleClaim?: (ordinal: number) => boolean;
}

export const isMonotonic = ({ spec }: StatefulSet): boolean =>
  spec.podManagementPolicy !== 'Parallel';

export const clockOf = ({ spec }: StatefulSet, now: number): Clock => ({
  minReadySeconds: spec.minReadySeconds ?? 0,
  now,
});

export function planOf(situation: Situation): Plan {
  const { set, pods, updateRevision, now } = situation;
  const arranged = arrange(set, pods);
  const monotonic = isMonotonic(set);
  const clock = clockOf(set, now);
  const steps: Step[] = [];
  for (const slot of arranged.replicas) {
    const action = actionFor(slot, situation, monotonic, clock);
    steps.push({ ...slot, action });
    if (monotonic && action !== 'keep') {
      return { ...arranged, steps, blocked: true, surplus: [], outdated: [] };
    }
  }
  const surplus = condemnedToDelete(arranged, monotonic, clock);
  const settled = !monotonic || arranged.condemned.length === 0;
  const outdated = settled ? podsToUpdate(set, arranged.replicas, updateRevision, clock) : [];
  return { ...arranged, steps, blocked: false, surplus, outdated };
}

function actionFor(
  { ordinal, pod }: Slot,
  { hasStaleClaim }: Situation,
  monotonic: boolean,
  clock: Clock,
): Step['action'] {
  if (pod === undefined) return hasStaleClaim?.(ordinal) === true ? 'wait' : 'create';
  const { phase } = pod.status;
  // Evicted Pods and those of a rebooted node may have succeeded: they are wanted all the same.
  if (phase === 'Failed' || phase === 'Succeeded') return isTerminating(pod) ? 'wait' : 'delete';
  return monotonic && isUnavailable(pod, clock) ? 'tend' : 'keep';
}

/** Highest first. In order, the next waits until this one is gone, and all before it are well. */
function condemnedToDelete(
  { replicas, condemned }: Arranged,
  monotonic: boolean,
  clock: Clock,
): readonly Pod[] {
  if (!monotonic) return condemned.filter((pod) => !isTerminating(pod));
  const [next] = condemned;
  if (next === undefined || isTerminating(next)) return [];
  const waits = !isRunningAndAvailable(next, clock) && next !== firstUnavailable();
  return waits ? [] : [next];

  function firstUnavailable(): Pod | undefined {
    const unwell = replicas.find(({ pod }) => isUnavailable(pod, clock));
    return unwell === undefined
      ? condemned.findLast((pod) => isUnavailable(pod, clock))
      : unwell.pod;
  }
}

/** Which revision a Pod that is missing is made of. */
export function revisionFor(set: StatefulSet, ordinal: number): 'current' | 'update' {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type !== 'RollingUpdate') return 'update';
  const kept = rollingUpdate === undefined ? set.status.currentReplicas : rollingUpdate.partition;
  return ordinal < startOf(set) + (kept ?? 0) ? 'current' : 'update';
}
