/** What the binder does about a claim (ctl-08 §D). */

import { keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import { defaultClassOf, type StorageClass } from '../../api/volume/storageclass.ts';
import { storageClassNameOf } from '../../api/volume/storageclassname.ts';
import {
  bindCompleted,
  boundByController,
  hasAnnotation,
  selectedNode,
} from '../../api/volume/volumeannotations.ts';
import { isBoundToClaim, matchingVolume, mismatch } from '../../api/volume/volumematching.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import type { View } from '../../store/view.ts';
import { bind } from './bind.ts';
import { provision } from './provision.ts';
import { write, writeUnbound } from './write.ts';

/** Returns an error. */
export function* syncClaim(
  claim: PersistentVolumeClaim,
  context: ControllerContext,
): Requests<string | undefined> {
  if (hasAnnotation(claim, bindCompleted)) return yield* syncBound(claim, context);
  if (claim.spec.volumeName) return yield* syncNamed(claim, claim.spec.volumeName, context);
  const { view } = context;
  const storageClass = classOf(claim, view);
  const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  const volume = matchingVolume(claim, { volumes: candidates(claim, view), delayed });
  if (volume !== undefined) return yield* bind(volume, claim, context);
  const byDefault = storageClassNameOf(claim) === undefined ? defaultClass(view) : undefined;
  if (byDefault !== undefined) return yield* assign(claim, byDefault, context);
  if (delayed && !hasAnnotation(claim, selectedNode)) {
    const [reason, message] = awaited(claim, view);
    context.record(claim, 'Normal', reason, message);
  } else if (storageClassNameOf(claim)) {
    return yield* provision(claim, storageClass, context);
  } else {
    context.record(claim, 'Normal', 'FailedBinding', noVolumes);
  }
  return yield* pending(claim, context);
}

const noVolumes = 'no persistent volumes available for this claim and no storage class is set';

function classOf(claim: PersistentVolumeClaim, view: View): StorageClass | undefined {
  const name = storageClassNameOf(claim);
  return name ? view.get<StorageClass>('StorageClass', name) : undefined;
}

const defaultClass = (view: View): string | undefined =>
  defaultClassOf(view.list<StorageClass>('StorageClass'))?.metadata.name;

/** It was created before there was a default class. */
function* assign(
  claim: PersistentVolumeClaim,
  storageClassName: string,
  context: ControllerContext,
): Requests<string | undefined> {
  const assigned = { ...claim, spec: { ...claim.spec, storageClassName } };
  const written = yield* write(assigned, undefined, context);
  return 'error' in written ? written.error : undefined;
}

/** Free ones of its class, and those that are kept for it. */
function candidates(claim: PersistentVolumeClaim, view: View): readonly PersistentVolume[] {
  return [
    ...view.by<PersistentVolume>('PersistentVolume', 'free', storageClassNameOf(claim) ?? ''),
    ...view.by<PersistentVolume>('PersistentVolume', 'claim', keyOf(claim)),
  ];
}

/** Nobody binds it before a Pod that uses it is scheduled. */
function awaited(claim: PersistentVolumeClaim, view: View): readonly [string, string] {
  const waiting = view
    .by<Pod>('Pod', 'persistentVolumeClaim', keyOf(claim))
    .filter(({ spec, metadata }) => !spec.nodeName && metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name)
    .sort();
  if (waiting.length === 0) {
    return ['WaitForFirstConsumer', 'waiting for first consumer to be created before binding'];
  }
  const pods = `pod${waiting.length === 1 ? '' : 's'} ${waiting.join(',')}`;
  return ['WaitForPodScheduled', `waiting for ${pods} to be scheduled`];
}

function* pending(
  claim: PersistentVolumeClaim,
  context: ControllerContext,
): Requests<string | undefined> {
  const written = yield* writeUnbound(claim, 'Pending', context);
  return 'error' in written ? written.error : undefined;
}

/** Its user asked for a certain volume. */
function* syncNamed(
  claim: PersistentVolumeClaim,
  name: string,
  context: ControllerContext,
): Requests<string | undefined> {
  const volume = context.view.get<PersistentVolume>('PersistentVolume', name);
  if (volume === undefined) return yield* pending(claim, context);
  if (isBoundToClaim(volume, claim)) return yield* bind(volume, claim, context);
  if (volume.spec.claimRef !== undefined) {
    const message = `volume "${name}" already bound to a different claim.`;
    context.record(claim, 'Warning', 'FailedBinding', message);
    if (!hasAnnotation(claim, boundByController)) return yield* pending(claim, context);
    const other = `${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}`;
    return `invalid binding of claim "${keyOf(claim)}" to volume "${name}": volume already claimed by "${other}"`;
  }
  const why = mismatch(volume, claim);
  if (why === undefined) return yield* bind(volume, claim, context);
  const message = `Cannot bind to requested volume "${name}": ${why}`;
  context.record(claim, 'Warning', 'VolumeMismatch', message);
  return yield* pending(claim, context);
}

/** It had its volume: it has it still, or has lost it. */
function* syncBound(
  claim: PersistentVolumeClaim,
  context: ControllerContext,
): Requests<string | undefined> {
  const { volumeName } = claim.spec;
  if (!volumeName) return yield* lose(claim, 'ClaimLost', lostReference, context);
  const volume = context.view.get<PersistentVolume>('PersistentVolume', volumeName);
  if (volume === undefined) return yield* lose(claim, 'ClaimLost', lostVolume, context);
  const { claimRef } = volume.spec;
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) {
    return yield* bind(volume, claim, context);
  }
  return yield* lose(claim, 'ClaimMisbound', misbound, context);
}

const lostReference =
  'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!';
const lostVolume = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
const misbound = 'Two claims are bound to the same volume, this one is bound incorrectly';

function* lose(
  claim: PersistentVolumeClaim,
  reason: string,
  message: string,
  context: ControllerContext,
): Requests<string | undefined> {
  if (claim.status.phase === 'Lost') return undefined;
  const written = yield* writeUnbound(claim, 'Lost', context);
  if ('error' in written) return written.error;
  context.record(written.object, 'Warning', reason, message);
  return undefined;
}
