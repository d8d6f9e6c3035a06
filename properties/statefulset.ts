/** What StatefulSets promise (properties §4). */
import type { ControllerRevision } from '../src/api/controllerrevision.ts';
import { deepEqual } from '../src/api/equal.ts';
import { controllerOf, type Key, makeKey } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import type { StatefulSet } from '../src/api/statefulset.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import { currently, isGoing } from './going.ts';
import { type Always, type Judged, onWriteOf, type Properties, type World } from './rule.ts';
import { claimNames, claimOwners } from './statefulset/claims.ts';
import { converges } from './statefulset/converges.ts';
import {
  by,
  clock,
  condemnedOf,
  isOutdated,
  isWanted,
  isWell,
  type Member,
  memberOf,
  membersOf,
  newestRevision,
  ordinalOf,
  revisionLabel,
  startOf,
  templateIn,
} from './statefulset/members.ts';

const isCreation = (entry: WriteEntry): boolean =>
  entry.by === by && entry.kind === 'Pod' && entry.before === undefined;

const isDeletion = (entry: WriteEntry): boolean =>
  entry.by === by && entry.kind === 'Pod' && entry.verb === 'delete';

/** The set that the acting pass is about, as its author saw it. */
const setOf = ({ acting, seen }: World): StatefulSet | undefined =>
  acting === undefined ? undefined : seen.get<StatefulSet>('StatefulSet', acting.pass.key);

/**
 * Two containers of one identity at once are what a StatefulSet exists to prevent. Who removes a Pod
 * without its kubelet's word takes that risk.
 */
const oneOfEachIdentity: Always = {
  id: 'S-S1',
  claim: 'an identity runs once: no container starts before those of its last Pod have ended',
  types: ['write', 'runtime'],
  kinds: ['Pod'],
  begin() {
    const running = new Map<Key, Set<string>>();
    const forced = new Set<string>();
    return (entry, world): Judged => {
      if (entry.type === 'write') {
        if (entry.kind === 'Pod' && entry.after === undefined && !entry.by.startsWith('kubelet/')) {
          forced.add(entry.before!.metadata.uid);
        }
        return undefined;
      }
      if (entry.type !== 'runtime') return undefined;
      const { key, uid, event } = entry;
      const uids = running.get(key) ?? new Set();
      if (event === 'container exited' || event === 'sandbox removed') uids.delete(uid);
      if (event !== 'container started') return undefined;
      const twin = [...uids].find((other) => other !== uid && !forced.has(other));
      running.set(key, uids.add(uid));
      const pod = world.now.get<Pod>('Pod', key);
      const isMember = pod !== undefined && controllerOf(pod)?.kind === 'StatefulSet';
      return twin !== undefined && isMember ? `${key} runs twice` : undefined;
    };
  },
};

const inOrder = onWriteOf(
  ['Pod'],
  'S-S2',
  'in order: creates a Pod when all before it are well, deletes the highest and waits for it',
  (entry, world) => {
    const set = setOf(world);
    if (set === undefined || set.spec.podManagementPolicy !== 'OrderedReady') return undefined;
    if (isCreation(entry)) return createdTooEarly(entry, set, world);
    if (!isDeletion(entry)) return undefined;
    const ordinal = ordinalOf(set, entry.before as Pod);
    if (ordinal === undefined || isWanted(set, ordinal)) return undefined;
    const members = membersOf(set, world.seen);
    const above = condemnedOf(set, members).find((other) => other.ordinal > ordinal);
    if (above !== undefined) return `${entry.key} is deleted while ${above.ordinal} is there`;
    return unwell(set, members, Number.POSITIVE_INFINITY, world, 'is deleted', entry.key);
  },
);

function createdTooEarly(entry: WriteEntry, set: StatefulSet, world: World): Judged {
  const ordinal = ordinalOf(set, entry.after as Pod);
  if (ordinal === undefined) return `${entry.key} is none of its names`;
  const members = membersOf(set, world.seen);
  return unwell(set, members, ordinal, world, 'is created', entry.key);
}

/** A wanted Pod below an ordinal that is missing, or not well. */
function unwell(
  set: StatefulSet,
  members: readonly Member[],
  below: number,
  world: World,
  what: string,
  key: Key,
): Judged {
  const end = Math.min(below, startOf(set) + set.spec.replicas);
  for (let ordinal = startOf(set); ordinal < end; ordinal++) {
    const pod = members.find((member) => member.ordinal === ordinal)?.pod;
    if (pod !== undefined && isWell(known(pod, world), clock(set, world))) continue;
    return `${key} ${what} while ${ordinal} is not well`;
  }
  return undefined;
}

/** A Pod as the controller knows it: who adopts one is answered with it as it is by now. */
const known = (seen: Pod, world: World): Pod =>
  controllerOf(seen) === undefined ? (currently(seen, world) ?? seen) : seen;

const gentleUpdates = onWriteOf(
  ['Pod'],
  'S-S3',
  'updates from the highest ordinal down to the partition, and takes no more than may be missing',
  (entry, world) => {
    const set = setOf(world);
    if (set === undefined || !isDeletion(entry)) return undefined;
    const { before, key } = entry;
    const ordinal = ordinalOf(set, before as Pod);
    const seen = membersOf(set, world.seen);
    const victim = seen.find((member) => member.ordinal === ordinal);
    if (victim === undefined || !isWanted(set, victim.ordinal)) return undefined;
    const { phase } = victim.pod.status;
    if (phase === 'Failed' || phase === 'Succeeded') return undefined;
    const { type, rollingUpdate } = set.spec.updateStrategy;
    if (type === 'OnDelete') return `${key} is updated, though only users delete`;
    if (victim.ordinal < startOf(set) + (rollingUpdate?.partition ?? 0)) {
      return `${key} is updated below the partition`;
    }
    const newest = newestRevision(set, world.now)?.metadata.name;
    return tooMany(set, seen, victim, newest, world);
  },
);

function tooMany(
  set: StatefulSet,
  seen: readonly Member[],
  victim: Member,
  newest: string | undefined,
  world: World,
): Judged {
  const time = clock(set, world);
  const deleted = new Set(
    world.ownWrites.filter(isDeletion).map(({ before }) => before!.metadata.name),
  );
  const wanted = seen.filter(({ ordinal }) => isWanted(set, ordinal));
  const { maxUnavailable } = set.spec.updateStrategy.rollingUpdate ?? {};
  const skipped = wanted.find(
    ({ ordinal, pod }) =>
      ordinal > victim.ordinal &&
      pod.metadata.deletionTimestamp === undefined &&
      isOutdated(pod, newest) &&
      !deleted.has(pod.metadata.name) &&
      !isGoing(pod, world) &&
      isWell(pod, time) === isWell(victim.pod, time),
  );
  if (skipped !== undefined) return `${victim.ordinal} is updated before ${skipped.ordinal}`;
  if (!isWell(victim.pod, time)) return undefined;
  const parallel = set.spec.podManagementPolicy === 'Parallel';
  // Without a budget, a Parallel set waits only for those above the one that it takes.
  const counted = parallel && maxUnavailable === undefined ? victim.ordinal : startOf(set) - 1;
  const end = startOf(set) + set.spec.replicas;
  let missing = 1;
  for (let ordinal = Math.max(counted + 1, startOf(set)); ordinal < end; ordinal++) {
    const pod = wanted.find((member) => member.ordinal === ordinal)?.pod;
    if (pod === undefined || !isWell(pod, time) || deleted.has(pod.metadata.name)) missing += 1;
  }
  const most = budgetOf(maxUnavailable, set.spec.replicas);
  return missing <= most ? undefined : `${missing} are missing, at most ${most} may be`;
}

function budgetOf(maxUnavailable: number | string = 1, replicas: number): number {
  if (typeof maxUnavailable === 'number') return maxUnavailable;
  return Math.max(1, Math.floor((Number.parseInt(maxUnavailable, 10) * replicas) / 100));
}

const rightRevision = onWriteOf(
  ['Pod'],
  'S-S4',
  'a Pod comes back with the current revision below the partition, else with the newest',
  (entry, world) => {
    const set = setOf(world);
    if (set === undefined || !isCreation(entry)) return undefined;
    const pod = entry.after as Pod;
    const newest = newestRevision(set, world.now)?.metadata.name;
    const { currentRevision, currentReplicas = 0 } = set.status;
    const { type, rollingUpdate } = set.spec.updateStrategy;
    const kept = rollingUpdate === undefined ? currentReplicas : (rollingUpdate.partition ?? 0);
    const below = type === 'RollingUpdate' && ordinalOf(set, pod)! < startOf(set) + kept;
    const exists = memberOf(currentRevision, set, world.now) !== undefined;
    const wanted = below && exists ? currentRevision : newest;
    // Its revision has gone while the pass went on, as that of a set that was created again may.
    if (wanted === undefined) return undefined;
    const has = pod.metadata.labels?.[revisionLabel];
    if (has !== wanted) return `${entry.key} is of ${has}, not of ${wanted}`;
    const template = templateIn(memberOf(has, set, world.now)!);
    const images = (of: readonly { readonly image?: string }[]) =>
      of.map(({ image }) => image).join();
    return images(pod.spec.containers) === images(template.spec.containers)
      ? undefined
      : `${entry.key} does not look like ${has}`;
  },
);

const soundHistory = onWriteOf(
  ['ControllerRevision', 'StatefulSet'],
  'S-S6',
  'one revision for each template, the newest has the highest number, and counts are what was seen',
  (entry, world) => {
    if (entry.by !== by || entry.after === undefined) return undefined;
    if (entry.kind === 'ControllerRevision')
      return twinOf(entry.after as ControllerRevision, world);
    if (entry.kind !== 'StatefulSet') return undefined;
    const [before, after] = [entry.before as StatefulSet, entry.after as StatefulSet];
    return (
      revisionsOf(before, after, world) ??
      countsOf(before, after, world, deletionsBefore(entry, world))
    );
  },
);

function twinOf(revision: ControllerRevision, { now }: World): Judged {
  const owner = controllerOf(revision)?.uid;
  if (owner === undefined) return undefined;
  const twin = now
    .by<ControllerRevision>('ControllerRevision', 'controller', owner)
    .find(
      ({ metadata, data }) =>
        metadata.name !== revision.metadata.name && deepEqual(data, revision.data),
    );
  return twin && `${revision.metadata.name} is ${twin.metadata.name} again`;
}

/** In the order of upstream's history: two that were made blindly may have one number. */
function isOrdered(a: ControllerRevision, b: ControllerRevision): boolean {
  if (a.revision !== b.revision) return a.revision < b.revision;
  const [madeA, madeB] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return madeA === madeB ? a.metadata.name < b.metadata.name : madeA < madeB;
}

function revisionsOf(before: StatefulSet, { metadata, status }: StatefulSet, world: World): Judged {
  const { currentRevision, updateRevision } = status;
  if (before.status.updateRevision !== updateRevision) {
    const update = memberOf(updateRevision, before, world.now);
    const newer = world.seen
      .by<ControllerRevision>('ControllerRevision', 'controller', metadata.uid)
      .find(
        (one) =>
          one.metadata.name !== updateRevision && (update === undefined || isOrdered(update, one)),
      );
    if (newer !== undefined) {
      return `${updateRevision} is no newer than ${newer.metadata.name}`;
    }
  }
  const was = before.status.currentRevision;
  if (was === undefined || was === currentRevision) return undefined;
  if (memberOf(was, before, world.now) === undefined) return undefined;
  const { replicas, readyReplicas = 0, updatedReplicas = 0 } = status;
  const complete = readyReplicas === replicas && updatedReplicas === replicas;
  return complete && currentRevision === updateRevision
    ? undefined
    : `${currentRevision} is current before the update is complete`;
}

/** What the pass has asked to delete; what was gone already is counted as deleted, as upstream does. */
function deletionsBefore({ n }: WriteEntry, { simulation: { log } }: World): number {
  let count = 0;
  for (let at = n - 1; at > 0; at--) {
    const entry = log.at(at)!;
    if (entry.by !== by) continue;
    if (entry.type === 'reconciled') break;
    const isGone = entry.type === 'rejected' && entry.verb === 'delete' && entry.code === 404;
    if (isGone || (entry.type === 'write' && isDeletion(entry))) count++;
  }
  return count;
}

/**
 * Those that the pass has deleted may still be counted, and those that it adopted may have changed
 * since it saw them.
 */
function countsOf(
  before: StatefulSet,
  { status }: StatefulSet,
  world: World,
  deleted: number,
): Judged {
  const set = setOf(world) ?? before;
  const living = membersOf(set, world.seen)
    .map(({ pod }) => pod)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const orphans = living.filter((pod) => controllerOf(pod) === undefined).length;
  const of = (name?: string) =>
    living.filter(({ metadata }) => metadata.labels?.[revisionLabel] === name).length;
  const { replicas, currentReplicas = 0, updatedReplicas = 0 } = status;
  const { readyReplicas = 0, availableReplicas } = status;
  const parts = [readyReplicas, availableReplicas, currentReplicas, updatedReplicas];
  const [most, least] = [Math.max(...parts), Math.min(...parts)];
  if (least < 0 || most > replicas || availableReplicas > readyReplicas) {
    return `counts ${JSON.stringify(status)}`;
  }
  // A Pod that someone else has asked to be deleted meanwhile is not written to once more.
  const going = living.filter(({ metadata: { namespace, name, uid } }) => {
    const now = world.now.get<Pod>('Pod', makeKey(namespace!, name));
    return now?.metadata.uid !== uid || now.metadata.deletionTimestamp !== undefined;
  }).length;
  const isSeen = (told: number, seen: number, less: number) =>
    told <= seen && told >= seen - orphans - less;
  const { updateRevision, currentRevision } = status;
  if (!isSeen(updatedReplicas, of(updateRevision), 0)) {
    return `counts ${updatedReplicas} updated of ${of(updateRevision)}`;
  }
  return isSeen(currentReplicas, of(currentRevision), Math.max(deleted, going))
    ? undefined
    : `counts ${currentReplicas} current of ${of(currentRevision)}`;
}

const isOwn = (entry: Entry): entry is WriteEntry => entry.type === 'write' && entry.by === by;

export const statefulSet: Properties = {
  always: [oneOfEachIdentity, inOrder, gentleUpdates, rightRevision, claimNames, soundHistory],
  eventually: [claimOwners, converges],
  sometimes: [
    {
      id: 'S-W1',
      claim: 'a Pod is deleted so that it comes back with a new revision',
      seen: (entry, world) => {
        const set = isOwn(entry) && isDeletion(entry) ? setOf(world) : undefined;
        if (set === undefined) return false;
        const pod = (entry as WriteEntry).before as Pod;
        return isOutdated(pod, newestRevision(set, world.now)?.metadata.name);
      },
    },
    {
      id: 'S-W2',
      claim: 'a Pod comes back with an old revision',
      seen: (entry, world) => {
        const set = isOwn(entry) && isCreation(entry) ? setOf(world) : undefined;
        if (set === undefined) return false;
        const pod = (entry as WriteEntry).after as Pod;
        return isOutdated(pod, newestRevision(set, world.now)?.metadata.name);
      },
    },
    {
      id: 'S-W3',
      claim: 'an update is completed',
      seen: (entry) => {
        if (!isOwn(entry) || entry.kind !== 'StatefulSet' || entry.after === undefined)
          return false;
        const was = (entry.before as StatefulSet).status.currentRevision;
        const { currentRevision } = (entry.after as StatefulSet).status;
        return was !== undefined && was !== currentRevision;
      },
    },
    {
      id: 'S-W4',
      claim: 'a claim follows its Pod',
      seen: (entry) =>
        isOwn(entry) &&
        entry.kind === 'PersistentVolumeClaim' &&
        entry.after !== undefined &&
        controllerOf(entry.after)?.kind === 'Pod',
    },
  ],
};
