/**
 * What Deployments promise while nobody disturbs them (properties §2, D-S3, D-S4): of what is there,
 * and not of what somebody decided. Who kills, takes away, edits or lets fail ends the calm.
 */
import type { Deployment } from '../../src/api/deployment.ts';
import { deepEqual } from '../../src/api/equal.ts';
import { controllerOf, type KubeObject, makeKey } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodActive, isPodReady } from '../../src/api/pod/podstatus.ts';
import type { ReplicaSet } from '../../src/api/replicaset.ts';
import { parseTimestamp } from '../../src/api/time.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import type { View } from '../../src/store/view.ts';
import { fenceposts, isResized } from '../deployment.ts';
import type { Always, Judged, Properties } from '../rule.ts';

const makesSets = 'deployment-controller';
const makesPods = 'replicaset-controller';

const ownerIn = <T extends KubeObject>(object: KubeObject | undefined, kind: string, now: View) => {
  const ref = object && controllerOf(object);
  if (object === undefined || ref?.kind !== kind) return undefined;
  const owner = now.get<T>(kind, makeKey(object.metadata.namespace, ref.name));
  return owner?.metadata.uid === ref.uid ? owner : undefined;
};

/** The Deployment that a write is about. */
function aboutOf({ kind, before, after }: WriteEntry, now: View): Deployment | undefined {
  const object = after ?? before;
  if (kind === 'Deployment') return after as Deployment | undefined;
  const set =
    kind === 'Pod' ? ownerIn<ReplicaSet>(object, 'ReplicaSet', now) : (object as ReplicaSet);
  return kind === 'Pod' || kind === 'ReplicaSet'
    ? ownerIn<Deployment>(set, 'Deployment', now)
    : undefined;
}

const setsOf = ({ metadata }: Deployment, now: View): readonly ReplicaSet[] =>
  now.by<ReplicaSet>('ReplicaSet', 'controller', metadata.uid);

const podsOf = ({ metadata }: ReplicaSet, now: View): readonly Pod[] =>
  now.by<Pod>('Pod', 'controller', metadata.uid).filter(isPodActive);

function isAvailable(pod: Pod, minReadySeconds: number, t: number): boolean {
  if (pod.metadata.deletionTimestamp !== undefined || !isPodReady(pod)) return false;
  const ready = pod.status.conditions?.find(({ type }) => type === 'Ready');
  const since = ready?.lastTransitionTime ? parseTimestamp(ready.lastTransitionTime) : 0;
  return since + minReadySeconds * 1000 <= t;
}

const isOther = (a: KubeObject | undefined, b: KubeObject | undefined): boolean =>
  !deepEqual(a?.metadata.ownerReferences, b?.metadata.ownerReferences) ||
  !deepEqual(a?.metadata.labels, b?.metadata.labels);

/** Something happens to Pods or ReplicaSets that no rollout does. */
function disturbs({ kind, by, before, after }: WriteEntry): boolean {
  if (before !== undefined && after !== undefined && isOther(before, after)) return true;
  if (kind === 'ReplicaSet') {
    const marked = after?.metadata.deletionTimestamp !== undefined;
    return by !== makesSets && (by !== makesPods || after === undefined || marked);
  }
  if (kind !== 'Pod') return false;
  const wasMarked = before?.metadata.deletionTimestamp !== undefined;
  if (wasMarked) return false;
  if (after === undefined || before === undefined) return by !== makesPods;
  if (after.metadata.deletionTimestamp !== undefined) return by !== makesPods;
  return isPodReady(before as Pod) && !isPodReady(after as Pod);
}

/** Whoever was owned and is not, or the other way, disturbs both. */
const aboutBoth = (entry: WriteEntry, now: View): readonly Deployment[] =>
  [
    aboutOf(entry, now),
    ...(entry.before === undefined ? [] : [aboutOf({ ...entry, after: undefined }, now)]),
  ].filter((one) => one !== undefined);

const isRolling = ({ spec }: Deployment): boolean => spec.strategy.type === 'RollingUpdate';

const totalOf = (deployment: Deployment, now: View): number =>
  setsOf(deployment, now).reduce((sum, set) => sum + podsOf(set, now).length, 0);

const bounded: Always = {
  id: 'D-S3',
  claim: 'while nobody disturbs a rollout, no more Pods are active than replicas + maxSurge',
  types: ['write'],
  kinds: ['Deployment', 'ReplicaSet', 'Pod'],
  begin() {
    const disturbed = new Set<string>();
    return (entry, { now }): Judged => {
      const write = entry as WriteEntry;
      const isEdit = write.kind === 'Deployment' && write.by !== makesSets;
      if (isEdit || disturbs(write)) {
        for (const { metadata } of aboutBoth(write, now)) disturbed.add(metadata.uid);
      }
      const deployment = aboutOf(write, now);
      if (deployment === undefined || !isRolling(deployment)) return undefined;
      const { uid, name } = deployment.metadata;
      const most = deployment.spec.replicas + fenceposts(deployment).surge;
      const sets = setsOf(deployment, now);
      const wanted = sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
      // Who is told to have fewer needs a moment to make it so.
      const isLate = sets.some((set) => podsOf(set, now).length > set.spec.replicas);
      if (disturbed.has(uid)) {
        const isSeen =
          deployment.status.observedGeneration === deployment.metadata.generation &&
          !isResized(deployment, sets);
        if (isSeen && wanted <= most && !isLate) disturbed.delete(uid);
        return undefined;
      }
      const total = totalOf(deployment, now);
      return isLate || total <= most
        ? undefined
        : `${name} has ${total} active Pods, and ${most} are allowed`;
    };
  },
};

const available: Always = {
  id: 'D-S4',
  claim:
    'a rollout that begins with all Pods available, and is not disturbed, keeps replicas − maxUnavailable so',
  types: ['write'],
  kinds: ['Deployment', 'ReplicaSet', 'Pod'],
  begin() {
    /** How many must stay available, of rollouts that began well. */
    const minimum = new Map<string, number>();
    return (entry, { now }): Judged => {
      const write = entry as WriteEntry;
      const { kind, before, after, t } = write;
      if (kind === 'Deployment' && write.by !== makesSets && after !== undefined) {
        const was = (before as Deployment | undefined)?.spec;
        const deployment = after as Deployment;
        const { spec, metadata } = deployment;
        minimum.delete(metadata.uid);
        const { template: _old, ...rest } = was ?? { template: undefined };
        const { template: _new, ...still } = spec;
        if (isRolling(deployment) && deepEqual(rest, still) && isWell(deployment, now, t)) {
          const { unavailable } = fenceposts(deployment);
          minimum.set(metadata.uid, spec.replicas - Math.min(unavailable, spec.replicas));
        }
        return undefined;
      }
      if (minimum.size === 0) return undefined;
      if (disturbs(write)) {
        for (const { metadata } of aboutBoth(write, now)) minimum.delete(metadata.uid);
        return undefined;
      }
      const deployment = kind === 'Pod' ? aboutOf(write, now) : undefined;
      const least = deployment && minimum.get(deployment.metadata.uid);
      if (deployment === undefined || least === undefined) return undefined;
      const count = countAvailable(deployment, now, t);
      return count >= least
        ? undefined
        : `${deployment.metadata.name} has ${count} Pods available, and ${least} are needed`;
    };
  },
};

function countAvailable(deployment: Deployment, now: View, t: number): number {
  const { minReadySeconds = 0 } = deployment.spec;
  return setsOf(deployment, now)
    .flatMap((set) => podsOf(set, now))
    .filter((pod) => isAvailable(pod, minReadySeconds, t)).length;
}

/** One ReplicaSet has all that is wanted, all of it available, and nobody else has anything. */
function isWell(deployment: Deployment, now: View, t: number): boolean {
  const { replicas } = deployment.spec;
  const active = setsOf(deployment, now).filter(
    (set) => set.spec.replicas > 0 || podsOf(set, now).length > 0,
  );
  return (
    active.length === 1 &&
    active[0]!.spec.replicas === replicas &&
    podsOf(active[0]!, now).length === replicas &&
    countAvailable(deployment, now, t) === replicas
  );
}

export const deploymentCalm: Properties = { always: [bounded, available] };
