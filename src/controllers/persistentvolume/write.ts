/** The writes of the binder. What follows a write goes on with the version that was returned. */
import type { KubeObject } from '../../api/meta.ts';
import type {
  PersistentVolume,
  PersistentVolumeStatus,
} from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';

/**
 * Claims and volumes concern each other, so the binder looks at neither before it sees all that it
 * has written: upstream keeps what it wrote in a cache of its own for that.
 */
export const everything = '*';

export type Written<T> = { readonly object: T } | { readonly error: string };

export function* write<T extends KubeObject>(
  object: T,
  subresource: 'status' | undefined,
  { consistency }: ControllerContext,
): Requests<Written<T>> {
  const { kind } = object;
  const updated = yield* call<T>({
    verb: 'update',
    kind,
    object,
    ...(subresource === undefined ? {} : { subresource }),
  });
  if (!updated.ok) return { error: updated.status.message };
  consistency.wrote(everything, kind, updated.object.metadata.resourceVersion);
  return updated;
}

export function* writePhase(
  volume: PersistentVolume,
  phase: NonNullable<PersistentVolumeStatus['phase']>,
  message: string | undefined,
  context: ControllerContext,
): Requests<Written<PersistentVolume>> {
  const { message: _told, ...status } = volume.status;
  if (status.phase === phase) return { object: volume };
  const next = { ...status, phase, ...(message === undefined ? {} : { message }) };
  return yield* write({ ...volume, status: next }, 'status', context);
}

/** Of a claim that has no volume, or lost it: it has no capacity either. */
export function* writeUnbound(
  claim: PersistentVolumeClaim,
  phase: 'Pending' | 'Lost',
  context: ControllerContext,
): Requests<Written<PersistentVolumeClaim>> {
  const { accessModes, capacity, currentVolumeAttributesClassName, ...status } = claim.status;
  const had = [accessModes, capacity, currentVolumeAttributesClassName];
  if (status.phase === phase && had.every((one) => one === undefined)) return { object: claim };
  return yield* write({ ...claim, status: { ...status, phase } }, 'status', context);
}
