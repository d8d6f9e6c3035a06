/** What StatefulSets promise about the claims of their Pods. */

import type { Pod } from '../../src/api/pod/pod.ts';
import type { StatefulSet } from '../../src/api/statefulset.ts';
import type { PersistentVolumeClaim } from '../../src/api/volume/persistentvolumeclaim.ts';
import type { View } from '../../src/store/view.ts';
import { type Eventually, type Judged, onWriteOf, type World } from '../rule.ts';
import { by, clock, isWanted, isWell, membersOf, ordinalOf, startOf } from './members.ts';

export const claimsOf = (
  set: StatefulSet,
  ordinal: number,
  view: View,
): readonly (readonly [string, PersistentVolumeClaim | undefined])[] =>
  (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => {
    const name = `${metadata.name}-${set.metadata.name}-${ordinal}`;
    const key = `${set.metadata.namespace}/${name}`;
    return [name, view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key)];
  });

/** A Pod uses the claims of its ordinal, and the controller itself never deletes one. */
export const claimNames = onWriteOf(
  ['Pod', 'PersistentVolumeClaim'],
  'S-S5b',
  'the claims of an ordinal bear its name, and are not deleted by the controller',
  (entry, { acting, seen }) => {
    if (entry.by !== by || acting === undefined) return undefined;
    if (entry.kind === 'PersistentVolumeClaim' && entry.after === undefined) {
      return `${entry.key} is deleted`;
    }
    if (entry.kind !== 'Pod' || entry.before !== undefined) return undefined;
    const set = seen.get<StatefulSet>('StatefulSet', acting.pass.key);
    const pod = entry.after as Pod;
    for (const [name] of set === undefined ? [] : claimsOf(set, ordinalOf(set, pod)!, seen)) {
      const used = pod.spec.volumes?.some(
        (volume) =>
          (volume['persistentVolumeClaim'] as { readonly claimName?: string })?.claimName === name,
      );
      if (used !== true) return `${entry.key} does not use ${name}`;
    }
    return undefined;
  },
);

/** As far as the controller comes: in order, it stops at the first Pod that is not well. */
export const claimOwners: Eventually = {
  id: 'S-S5',
  claim: 'at rest claims belong to whom the retention policy says',
  holds(world) {
    for (const set of world.now.list<StatefulSet>('StatefulSet')) {
      if (set.metadata.deletionTimestamp !== undefined) continue;
      const members = membersOf(set, world.now);
      for (let ordinal = startOf(set); isWanted(set, ordinal); ordinal++) {
        const pod = members.find((member) => member.ordinal === ordinal)?.pod;
        const wrong = pod === undefined ? undefined : wrongOwner(set, ordinal, pod, world);
        if (wrong !== undefined) return wrong;
        const stops = pod === undefined || !isWell(pod, clock(set, world));
        if (stops && set.spec.podManagementPolicy === 'OrderedReady') break;
      }
    }
    return undefined;
  },
};

function wrongOwner(set: StatefulSet, ordinal: number, pod: Pod, { now }: World): Judged {
  const { whenDeleted } = set.spec.persistentVolumeClaimRetentionPolicy;
  for (const [name, claim] of claimsOf(set, ordinal, now)) {
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) continue;
    const owners = claim.metadata.ownerReferences ?? [];
    const ofSet = owners.some(({ uid }) => uid === set.metadata.uid);
    const ofPod = owners.some(({ uid }) => uid === pod.metadata.uid);
    if (ofPod) return `${name} belongs to a Pod that is wanted`;
    if (ofSet !== (whenDeleted === 'Delete')) {
      return `${name} ${ofSet ? 'belongs' : 'does not belong'} to ${set.metadata.name}`;
    }
  }
  return undefined;
}
