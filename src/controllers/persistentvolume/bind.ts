/**
 * Binds a claim and a volume in four writes (ctl-08 §D): each of them names the other, then says so.
 * Whatever happens between two of them, the next pass finishes what was begun.
 */
import type { ObjectReference } from '../../api/event.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import {
  annotated,
  bindCompleted,
  boundByController,
  hasAnnotation,
  unannotated,
} from '../../api/volume/volumeannotations.ts';
import { isBoundToClaim } from '../../api/volume/volumematching.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { type Written, write, writePhase } from './write.ts';

/** Returns an error. */
export function* bind(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
  context: ControllerContext,
): Requests<string | undefined> {
  const claimed = yield* writeChange(volume, claimedVolume(volume, claim), context);
  if ('error' in claimed) return claimed.error;
  const bound = yield* writePhase(claimed.object, 'Bound', undefined, context);
  if ('error' in bound) return bound.error;
  const named = yield* writeChange(claim, boundClaim(claim, volume), context);
  if ('error' in named) return named.error;
  const told = yield* writeBound(named.object, volume, context);
  return 'error' in told ? told.error : undefined;
}

function* writeChange<T extends PersistentVolume | PersistentVolumeClaim>(
  before: T,
  after: T,
  context: ControllerContext,
): Requests<Written<T>> {
  return before === after ? { object: before } : yield* write(after, undefined, context);
}

/** A volume that was kept for the claim only learns its uid; one that was chosen says so. */
function claimedVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const kept = isBoundToClaim(volume, claim);
  if (kept && claimRef?.uid === claim.metadata.uid) return volume;
  const named = { ...volume, spec: { ...volume.spec, claimRef: referenceTo(claim) } };
  return kept ? named : annotated(named, boundByController, 'yes');
}

function referenceTo({ apiVersion, kind, metadata }: PersistentVolumeClaim): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return { kind, namespace: namespace!, name, uid, apiVersion, resourceVersion };
}

function boundClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const { name } = volume.metadata;
  if (claim.spec.volumeName === name) return annotated(claim, bindCompleted, 'yes');
  const named = { ...claim, spec: { ...claim.spec, volumeName: name } };
  return annotated(annotated(named, bindCompleted, 'yes'), boundByController, 'yes');
}

/** What a resizer says of a claim that has its volume is left alone. */
function* writeBound(
  claim: PersistentVolumeClaim,
  { spec }: PersistentVolume,
  context: ControllerContext,
): Requests<Written<PersistentVolumeClaim>> {
  const { accessModes, ...before } = claim.status;
  const modes = spec.accessModes === undefined ? {} : { accessModes: spec.accessModes };
  if (before.phase === 'Bound') {
    if (String(accessModes) === String(spec.accessModes)) return { object: claim };
    return yield* write({ ...claim, status: { ...before, ...modes } }, 'status', context);
  }
  const { currentVolumeAttributesClassName: _before, ...pending } = before;
  const { volumeAttributesClassName: attributes, capacity } = spec;
  const status = {
    ...(before.phase === 'Pending' ? pending : before),
    phase: 'Bound' as const,
    ...modes,
    ...(capacity === undefined ? {} : { capacity }),
    ...(before.phase === 'Pending' && attributes !== undefined
      ? { currentVolumeAttributesClassName: attributes }
      : {}),
  };
  return yield* write({ ...claim, status }, 'status', context);
}

/**
 * Takes back what the binder wrote: its claim got another volume. What a user has kept for a claim
 * stays so, without the uid. Returns an error.
 */
export function* unbind(
  volume: PersistentVolume,
  context: ControllerContext,
): Requests<string | undefined> {
  const { claimRef, ...spec } = volume.spec;
  const chosen = hasAnnotation(volume, boundByController);
  const { uid: _uid, ...kept } = claimRef!;
  const freed = chosen
    ? unannotated({ ...volume, spec }, boundByController)
    : { ...volume, spec: { ...spec, claimRef: kept } };
  const written = yield* write(freed, undefined, context);
  if ('error' in written) return written.error;
  const available = yield* writePhase(written.object, 'Available', undefined, context);
  return 'error' in available ? available.error : undefined;
}
