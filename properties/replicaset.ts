/** What ReplicaSets promise, and ReplicationControllers by the same rules (properties §3). */

import { controllerOf, keyOf } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodActive, isPodAvailable, isPodReady } from '../src/api/pod/podstatus.ts';
import type { ReplicaSet } from '../src/api/replicaset.ts';
import { selectorOf } from '../src/api/selectors/selectors.ts';
import { blank } from '../src/blank.ts';
import { type Replicas, replicaSets, replicasIn } from '../src/controllers/replicaset/replicas.ts';
import { replicationControllers } from '../src/controllers/replicationcontroller.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import type { View } from '../src/store/view.ts';
import { isGoing } from './going.ts';
import { isHeld } from './held.ts';
import { slowStart } from './replicaset/slowstart.ts';
import {
  type Always,
  type Eventually,
  type Judged,
  onWriteOf,
  type Properties,
  type World,
} from './rule.ts';

const both: readonly Replicas[] = [replicaSets, replicationControllers];

/** The kind that the author of an entry looks after, if it is one of the two. */
const keptBy = ({ by }: Entry): Replicas | undefined =>
  both.find(({ controller }) => controller === by);

const isDeletion = (entry: WriteEntry): boolean =>
  keptBy(entry) !== undefined && entry.kind === 'Pod' && entry.verb === 'delete';

const allSets = (view: View): readonly ReplicaSet[] =>
  both.flatMap(({ kind, asReplicaSet }) => view.list(kind).map(asReplicaSet));

const neverTooMany = onWriteOf(
  ['Pod'],
  'R-S1',
  'no more active Pods than were wanted since its author looked',
  (entry, world) => {
    const replicas = keptBy(entry);
    if (replicas === undefined || entry.kind !== 'Pod' || entry.before !== undefined)
      return undefined;
    const key = world.acting!.pass.key;
    const owner = controllerOf(entry.after!);
    const active = world.now.by<Pod>('Pod', 'controller', owner!.uid).filter(isPodActive).length;
    const most = mostWanted(key, owner!.uid, replicas.kind, world);
    return active <= most
      ? undefined
      : `${key} has ${active} active Pods, at most ${most} were wanted`;
  },
);

/** The largest size that was asked for between the author's look and now. */
function mostWanted(key: string, uid: string, kind: string, { simulation, seen }: World): number {
  const looked = Number(seen.get(kind, key)?.metadata.resourceVersion ?? 0);
  let most = 0;
  for (const { after, revision } of simulation.store.history(kind, key)) {
    const rs = after as ReplicaSet | undefined;
    if (rs?.metadata.uid === uid) most = Math.max(most, rs.spec.replicas);
    if (revision <= looked) break;
  }
  return most;
}

const surplusOnly = onWriteOf(
  ['Pod'],
  'R-S2',
  'deletes only its own Pods, and only those it saw too many',
  (entry, world) => {
    if (!isDeletion(entry) || world.acting === undefined) return undefined;
    const rs = replicasIn(world.seen, world.acting.pass.key, keptBy(entry)!);
    if (rs === undefined) return `${entry.key} is deleted for a ReplicaSet that is not there`;
    const owner = controllerOf(entry.before!);
    if (owner?.uid !== rs.metadata.uid) return `${entry.key} is not its own Pod`;
    const seen = activeOf(rs, world);
    const deleted = world.ownWrites.filter(isDeletion).length + 1;
    const surplus = seen.length - rs.spec.replicas;
    return deleted <= surplus ? undefined : `${deleted} Pods are deleted, ${surplus} were too many`;
  },
);

/**
 * Its active Pods as the pass saw them, those that it adopted included. An adoption that a stale
 * cache makes a second time writes nothing: the Pod seems an orphan, and is its own.
 */
function activeOf(rs: ReplicaSet, { now, seen, ownWrites }: World): readonly Pod[] {
  const { uid, namespace = '' } = rs.metadata;
  const own = seen.by<Pod>('Pod', 'controller', uid);
  const adopted = new Set(ownWrites.filter(({ kind }) => kind === 'Pod').map(({ key }) => key));
  const adoptable = seen
    .by<Pod>('Pod', 'namespace', namespace)
    .filter((pod) => controllerOf(pod) === undefined)
    .filter((pod) => adopted.has(keyOf(pod)) || ownerNow(pod, now) === uid);
  const matches = selectorOf(rs.spec.selector);
  return [...own, ...adoptable].filter((pod) => isPodActive(pod) && matches(pod.metadata.labels));
}

function ownerNow(pod: Pod, now: View): string | undefined {
  const current = now.get<Pod>('Pod', keyOf(pod));
  return current === undefined ? undefined : controllerOf(current)?.uid;
}

const leastMissedFirst: Always = {
  id: 'R-S3',
  claim: 'deletes the Pods first that are missed least: unassigned, pending, not ready',
  types: ['rejected', 'reconciled', 'fault'],
  begin() {
    const refused = new Set<string>();
    /** A request of this controller did not arrive, since its last pass. */
    const lost = new Set<string>();
    return (entry, world): Judged => {
      if (entry.type === 'fault' && entry.fault === 'request lost') lost.add(entry.target);
      const replicas = keptBy(entry);
      if (replicas === undefined) return undefined;
      if (entry.type === 'rejected' && entry.verb === 'delete') refused.add(entry.key);
      if (entry.type !== 'reconciled' || world.acting === undefined) return undefined;
      const victims = new Set(world.ownWrites.filter(isDeletion).map(({ key }) => key));
      const unknown = lost.delete(entry.by);
      const judged =
        victims.size === 0 || unknown
          ? undefined
          : missedLess(victims, refused, replicasIn(world.seen, entry.key, replicas), world);
      refused.clear();
      return judged;
    };
  },
};

/** A Pod that was spared although it is missed less than one that was deleted. */
function missedLess(
  victims: ReadonlySet<string>,
  refused: ReadonlySet<string>,
  rs: ReplicaSet | undefined,
  world: World,
): Judged {
  if (rs === undefined) return undefined;
  const pods = activeOf(rs, world);
  const gone = pods.filter((pod) => victims.has(keyOf(pod)));
  const spared = pods.filter(
    (pod) => !victims.has(keyOf(pod)) && !refused.has(keyOf(pod)) && !isGoing(pod, world),
  );
  const dearest = gone.reduce((most, pod) => Math.max(most, value(pod)), 0);
  const cheaper = spared.find((pod) => value(pod) < dearest);
  return cheaper === undefined
    ? undefined
    : `${keyOf(cheaper)} was spared, one that is missed more was not`;
}

/** Larger: missed more. */
function value({ spec, status, ...pod }: Pod): number {
  const phase = { Pending: 0, Unknown: 1, Running: 2 }[status.phase as string] ?? 0;
  const ready = isPodReady({ ...blank, ...pod, spec, status } as Pod);
  return (spec.nodeName === undefined ? 0 : 100) + phase * 10 + (ready ? 1 : 0);
}

const adoptions = onWriteOf(
  ['Pod'],
  'R-S4',
  'adopts only for an owner that lived when it looked, and what matched and lived',
  (entry, world) => {
    const replicas = keptBy(entry);
    if (replicas === undefined || entry.kind !== 'Pod' || entry.verb !== 'patch') return undefined;
    const { before, after, key } = entry;
    const owner = after && controllerOf(after);
    if (owner === undefined || controllerOf(before!) !== undefined) return undefined;
    const { pass, began } = world.acting!;
    const rs = replicasIn(world.simulation.store.view(began), pass.key, replicas);
    if (rs?.metadata.uid !== owner.uid) return `${key} was adopted for an owner that is gone`;
    if (rs.metadata.deletionTimestamp !== undefined) {
      return `${key} was adopted for an owner that is being deleted`;
    }
    const pod = world.seen.get<Pod>('Pod', key);
    if (pod?.metadata.deletionTimestamp !== undefined)
      return `${key} was adopted while it is deleted`;
    // A ReplicationController's selector may have changed since.
    const known = replicasIn(world.seen, pass.key, replicas) ?? rs;
    return selectorOf(known.spec.selector)(pod?.metadata.labels)
      ? undefined
      : `${key} does not match`;
  },
);

const counts = onWriteOf(
  ['ReplicaSet', 'ReplicationController'],
  'R-S6',
  '0 ≤ available ≤ ready ≤ replicas',
  (entry) => {
    if (!both.some(({ kind }) => kind === entry.kind) || entry.after === undefined)
      return undefined;
    const {
      replicas,
      readyReplicas = 0,
      availableReplicas = 0,
      fullyLabeledReplicas = 0,
    } = (entry.after as ReplicaSet).status;
    const sound =
      availableReplicas <= readyReplicas &&
      readyReplicas <= replicas &&
      fullyLabeledReplicas <= replicas;
    return sound
      ? undefined
      : `${entry.key} counts ${replicas}, ${readyReplicas} ready, ${availableReplicas} available`;
  },
);

const converges: Eventually = {
  id: 'R-L1',
  claim: 'at rest a ReplicaSet has as many active Pods as it wants, and says so',
  holds(world) {
    const { now } = world;
    for (const rs of allSets(now)) {
      if (isHeld(rs, world)) continue;
      if (rs.metadata.deletionTimestamp !== undefined)
        return `${rs.metadata.name} is still being deleted`;
      const active = now.by<Pod>('Pod', 'controller', rs.metadata.uid).filter(isPodActive).length;
      const { name } = rs.metadata;
      if (active !== rs.spec.replicas)
        return `${name} has ${active} active Pods of ${rs.spec.replicas}`;
      if (rs.status.replicas !== active) return `${name} says ${rs.status.replicas} of ${active}`;
    }
    return undefined;
  },
};

const availability: Eventually = {
  id: 'R-L2',
  claim: 'at rest every Pod that was ready for long enough is counted available',
  holds({ now, simulation }) {
    for (const rs of allSets(now)) {
      const pods = now.by<Pod>('Pod', 'controller', rs.metadata.uid).filter(isPodActive);
      const { minReadySeconds = 0 } = rs.spec;
      const available = pods.filter((pod) =>
        isPodAvailable(pod, minReadySeconds, simulation.now + 1),
      ).length;
      const told = rs.status.availableReplicas ?? 0;
      if (told !== available) return `${rs.metadata.name} counts ${told} available of ${available}`;
    }
    return undefined;
  },
};

export const replicaSet: Properties = {
  always: [neverTooMany, surplusOnly, leastMissedFirst, adoptions, slowStart, counts],
  eventually: [converges, availability],
  sometimes: [
    {
      id: 'R-W1',
      claim: 'a Pod is adopted',
      seen: (entry) =>
        entry.type === 'write' &&
        keptBy(entry) !== undefined &&
        entry.kind === 'Pod' &&
        entry.verb === 'patch' &&
        controllerOf(entry.after!) !== undefined,
    },
    {
      id: 'R-W2',
      claim: 'a Pod is released',
      seen: (entry) =>
        entry.type === 'write' &&
        keptBy(entry) !== undefined &&
        entry.kind === 'Pod' &&
        entry.verb === 'patch' &&
        controllerOf(entry.after!) === undefined,
    },
    {
      id: 'R-W3',
      claim: 'a surplus Pod is deleted',
      seen: (entry) => entry.type === 'write' && isDeletion(entry),
    },
  ],
};
