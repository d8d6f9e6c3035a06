/** Which Pods are deleted so that they come back with the new revision (ctl-03 §B.3, step 4). */
import { resolveIntOrPercent } from '../../api/intstr.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { StatefulSet } from '../../api/statefulset.ts';
import type { Slot } from './ordinals.ts';
import { type Clock, isTerminating, isUnavailable, podRevision } from './podstate.ts';

/** Highest ordinal first. */
export function podsToUpdate(
  set: StatefulSet,
  replicas: readonly Slot[],
  updateRevision: string,
  clock: Clock,
): readonly Pod[] {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type !== 'RollingUpdate') return [];
  const targets = replicas.slice(rollingUpdate?.partition ?? 0).reverse();
  if (rollingUpdate?.maxUnavailable === undefined) return oneByOne(targets, updateRevision, clock);
  return withinBudget(set, replicas, targets, updateRevision, clock);
}

const isOutdated = (pod: Pod | undefined, updateRevision: string): pod is Pod =>
  pod !== undefined && !isTerminating(pod) && podRevision(pod) !== updateRevision;

/** The first outdated one, unless one above it is not well yet. */
function oneByOne(targets: readonly Slot[], updateRevision: string, clock: Clock): readonly Pod[] {
  for (const { pod } of targets) {
    if (isOutdated(pod, updateRevision)) return [pod];
    if (isUnavailable(pod, clock)) return [];
  }
  return [];
}

/** At least one, or nothing would ever be updated. */
export const maxUnavailableOf = ({ spec }: StatefulSet): number => {
  const { maxUnavailable = 1 } = spec.updateStrategy.rollingUpdate ?? {};
  return Math.max(1, resolveIntOrPercent(maxUnavailable, spec.replicas, false) ?? 1);
};

/** Parallel sets take those first that are not well anyway: they cost nothing. */
function withinBudget(
  set: StatefulSet,
  replicas: readonly Slot[],
  targets: readonly Slot[],
  updateRevision: string,
  clock: Clock,
): readonly Pod[] {
  const outdated = targets.flatMap(({ pod }) => (isOutdated(pod, updateRevision) ? [pod] : []));
  const unavailable = replicas.filter(({ pod }) => isUnavailable(pod, clock)).length;
  const left = Math.max(0, maxUnavailableOf(set) - unavailable);
  if (set.spec.podManagementPolicy !== 'Parallel') return outdated.slice(0, left);
  const unwell = outdated.filter((pod) => isUnavailable(pod, clock));
  const well = outdated.filter((pod) => !isUnavailable(pod, clock));
  return [...unwell, ...well.slice(0, left)];
}
