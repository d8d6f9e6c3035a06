/** Where a StatefulSet comes to rest, and where the real one stands still too. */

import { controllerOf } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { StatefulSet } from '../../src/api/statefulset.ts';
import type { PersistentVolumeClaim } from '../../src/api/volume/persistentvolumeclaim.ts';
import { replacedUnseen } from '../garbagecollector.ts';
import { isHeld } from '../held.ts';

import type { Eventually, Judged, World } from '../rule.ts';
import { claimsOf } from './claims.ts';
import {
  clock,
  isOutdated,
  isWanted,
  isWell,
  type Member,
  membersOf,
  newestRevision,
  startOf,
} from './members.ts';

/** An image that never gets ready. */
const isBroken = (pod: Pod): boolean => pod.spec.containers.some(({ image }) => image === 'broken');

export const converges: Eventually = {
  id: 'S-L1',
  claim: 'at rest every wanted ordinal has a Pod of the right revision that is well, and no other',
  known: (world) => standsStill(world) ?? replacedUnseen(world),
  holds(world) {
    for (const set of world.now.list<StatefulSet>('StatefulSet')) {
      const { deletionTimestamp, generation, name } = set.metadata;
      if (isHeld(set, world)) continue;
      if (deletionTimestamp !== undefined) return `${name} is still being deleted`;
      if (set.status.observedGeneration !== generation) return `${name}: generation not observed`;
      const wrong = unconverged(set, world);
      if (wrong !== undefined) return `${name}: ${wrong}`;
    }
    return undefined;
  },
};

function unconverged(set: StatefulSet, world: World): Judged {
  const members = membersOf(set, world.now);
  // Users asked for what never gets ready, or have to delete it themselves.
  if (members.some((member) => isToStay(set, member, world))) return undefined;
  const extra = members.find(({ ordinal }) => !isWanted(set, ordinal));
  if (extra !== undefined) return `${extra.ordinal} is not wanted`;
  for (let ordinal = startOf(set); isWanted(set, ordinal); ordinal++) {
    const pod = members.find((member) => member.ordinal === ordinal)?.pod;
    if (pod === undefined) return `${ordinal} is missing`;
    if (!isWell(pod, clock(set, world))) return `${ordinal} is not well`;
    if (mustUpdate(set, ordinal) && isOutdated(pod, newestRevision(set, world.now)?.metadata.name))
      return `${ordinal} is outdated`;
    for (const [name, claim] of claimsOf(set, ordinal, world.now)) {
      if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) continue;
      if (claim.status.phase !== 'Bound') return `${name} is not bound`;
    }
  }
  const { replicas, readyReplicas = 0, availableReplicas } = set.status;
  return replicas === set.spec.replicas &&
    readyReplicas === replicas &&
    availableReplicas === replicas
    ? undefined
    : `says ${replicas}, ${readyReplicas} ready, ${availableReplicas} available`;
}

const mustUpdate = (set: StatefulSet, ordinal: number): boolean => {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  return type === 'RollingUpdate' && ordinal >= startOf(set) + (rollingUpdate?.partition ?? 0);
};

/** Broken, and of the revision that it should be of. */
function isToStay(set: StatefulSet, { ordinal, pod }: Member, { now }: World): boolean {
  if (!isBroken(pod) || !isWanted(set, ordinal)) return false;
  return !mustUpdate(set, ordinal) || !isOutdated(pod, newestRevision(set, now)?.metadata.name);
}

function standsStill(world: World): string | undefined {
  for (const set of world.now.list<StatefulSet>('StatefulSet')) {
    const members = membersOf(set, world.now);
    const ordered = set.spec.podManagementPolicy === 'OrderedReady';
    if (ordered && members.some(({ ordinal, pod }) => isBroken(pod) && isWanted(set, ordinal))) {
      return 'k/k#67250: a Pod of a revision that never gets ready blocks the next revision';
    }
    const lost = members.length < set.spec.replicas && waitedForClaim(set, members, world);
    if (lost || members.some((member) => isClaimGone(set, member, world)))
      return 'a set waits for a claim that goes away, and nothing wakes it when it has gone';
  }
  return undefined;
}

/** A Pod's claim went before it got a node, and after the set was looked at last: it would be made again. */
export function isClaimGone(set: StatefulSet, { ordinal, pod }: Member, world: World): boolean {
  if (pod.spec.nodeName !== undefined) return false;
  const { now, simulation } = world;
  const { entries } = simulation.log;
  const { namespace, name: own } = set.metadata;
  const looked = entries.findLast(
    (entry) =>
      entry.type === 'reconciled' &&
      entry.by === 'statefulset-controller' &&
      entry.key === `${namespace}/${own}`,
  );
  return [...claimsOf(set, ordinal, now)].some(([name, claim]) => {
    if (claim !== undefined) return false;
    const gone = entries.findLast(
      (entry) =>
        entry.type === 'write' &&
        entry.kind === 'PersistentVolumeClaim' &&
        entry.key === `${namespace}/${name}` &&
        entry.after === undefined,
    );
    return gone !== undefined && gone.n > (looked?.n ?? 0);
  });
}

/** A missing ordinal's claim belonged to the Pod before; the controller does not watch claims. */
function waitedForClaim(set: StatefulSet, members: readonly Member[], world: World): boolean {
  for (let ordinal = startOf(set); isWanted(set, ordinal); ordinal++) {
    if (members.some((member) => member.ordinal === ordinal)) continue;
    for (const [name] of claimsOf(set, ordinal, world.now)) {
      const key = `${set.metadata.namespace}/${name}`;
      for (const { after } of world.simulation.store.history('PersistentVolumeClaim', key)) {
        const claim = after as PersistentVolumeClaim | undefined;
        if (claim === undefined) continue;
        if (controllerOf(claim)?.kind === 'Pod') return true;
        break;
      }
    }
  }
  return false;
}
