/** The claims and volumes of Pods, as the volume plugins look them up (sched-06). */

import type { KubeObject } from '../../api/meta.ts';
import { makeKey } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { claimedBy, claimKeysOf } from '../../api/pod/podclaims.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { StorageClass } from '../../api/volume/storageclass.ts';
import { storageClassNameOf } from '../../api/volume/storageclassname.ts';
import { bindCompleted, hasAnnotation } from '../../api/volume/volumeannotations.ts';
import type { View } from '../../store/view.ts';
import type { ClusterEvent } from '../events.ts';

export const usesClaims = ({ spec: { volumes } }: Pod): boolean =>
  volumes?.some((volume) => volume['persistentVolumeClaim'] || volume['ephemeral']) ?? false;

/** Hints of claims: whether an event is about one that the Pod uses. */
export const isOwnClaim = (pod: Pod, { object: { metadata } }: ClusterEvent): boolean =>
  metadata.namespace === pod.metadata.namespace &&
  claimedBy(pod).some(({ name }) => name === metadata.name);

/** Claims that the Pod names itself: one that is made for it alone is nobody else's. */
export const namedKeys = (pod: Pod): readonly string[] =>
  claimedBy(pod)
    .filter(({ isEphemeral }) => !isEphemeral)
    .map(({ name }) => makeKey(pod.metadata.namespace, name));

export const claimOf = (view: View, namespace: string | undefined, name: string) =>
  view.get<PersistentVolumeClaim>('PersistentVolumeClaim', makeKey(namespace, name));

export const claimsOf = (view: View, pod: Pod): readonly PersistentVolumeClaim[] =>
  claimKeysOf(pod).flatMap(
    (key) => view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key) ?? [],
  );

export const volumeOf = (view: View, claim: PersistentVolumeClaim): PersistentVolume | undefined =>
  claim.spec.volumeName
    ? view.get<PersistentVolume>('PersistentVolume', claim.spec.volumeName)
    : undefined;

export function classOf(view: View, claim: PersistentVolumeClaim): StorageClass | undefined {
  const name = storageClassNameOf(claim);
  return name ? view.get<StorageClass>('StorageClass', name) : undefined;
}

export const isBound = (claim: PersistentVolumeClaim): boolean =>
  Boolean(claim.spec.volumeName) && hasAnnotation(claim, bindCompleted);

export const waitsForConsumer = (view: View, claim: PersistentVolumeClaim): boolean =>
  classOf(view, claim)?.volumeBindingMode === 'WaitForFirstConsumer';

export interface CsiNode extends KubeObject {
  readonly spec: {
    readonly drivers?: readonly {
      readonly name: string;
      readonly allocatable?: { readonly count?: number };
    }[];
  };
}
