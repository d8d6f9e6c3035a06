/**
 * Whom the claims of a set belong to, so that the garbage collector deletes them or does not
 * (ctl-03 §B.5): the set, the Pod that scaling down condemned, or nobody.
 */
import type { KubeObject, OwnerReference } from '../../api/meta.ts';
import { controllerRef } from '../../api/meta.ts';
import type { ClaimRetentionPolicy, StatefulSet } from '../../api/statefulset.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';

export type ClaimOwner = 'set' | 'pod' | undefined;

export function claimOwner(
  { whenDeleted, whenScaled }: ClaimRetentionPolicy,
  inRange: boolean,
): ClaimOwner {
  if (whenScaled === 'Delete' && !inRange) return 'pod';
  return whenDeleted === 'Delete' ? 'set' : undefined;
}

/** The same kind and name; the uid may be another one's by now. */
const refersTo = (ref: OwnerReference, { apiVersion, kind, metadata }: KubeObject): boolean =>
  ref.apiVersion === apiVersion && ref.kind === kind && ref.name === metadata.name;

/** What a claim's Pod is known by before and after it exists. */
export type PodIdentity = Pick<KubeObject, 'apiVersion' | 'kind'> & {
  readonly metadata: { readonly name: string; readonly uid: string };
};

const asObject = (pod: PodIdentity): KubeObject => pod as unknown as KubeObject;

/** It once belonged to a Pod of this name that is gone: the collector will delete it. */
export const isStale = (claim: PersistentVolumeClaim, pod: PodIdentity): boolean =>
  (claim.metadata.ownerReferences ?? []).some(
    (ref) => refersTo(ref, asObject(pod)) && ref.uid !== pod.metadata.uid,
  );

/** Somebody else manages it, or an earlier set or Pod of the same name: it is left alone. */
export function hasUnexpectedController(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: PodIdentity,
): boolean {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy;
  if (whenDeleted === 'Retain' && whenScaled === 'Retain') return false;
  return (claim.metadata.ownerReferences ?? []).some((ref) => {
    for (const owner of [set, asObject(pod)]) {
      if (refersTo(ref, owner)) return ref.uid !== owner.metadata.uid;
    }
    return ref.controller === true;
  });
}

/** The owner references that the policy asks for; the same list if the claim has them. */
export function ownersOf(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: PodIdentity,
  inRange: boolean,
): readonly OwnerReference[] {
  const before = claim.metadata.ownerReferences ?? [];
  const owner = hasUnexpectedController(claim, set, pod)
    ? undefined
    : claimOwner(set.spec.persistentVolumeClaimRetentionPolicy, inRange);
  const wanted = owner === undefined ? undefined : owner === 'set' ? set : asObject(pod);
  const ours = before.filter(({ uid }) => uid === set.metadata.uid || uid === pod.metadata.uid);
  const upToDate =
    wanted === undefined
      ? ours.length === 0
      : ours.length === 1 && ours[0]!.uid === wanted.metadata.uid && ours[0]!.controller === true;
  if (upToDate) return before;
  const others = before.filter(
    (ref) => !ours.includes(ref) && !refersTo(ref, set) && !refersTo(ref, asObject(pod)),
  );
  return wanted === undefined ? others : [...others, controllerRef(wanted)];
}
