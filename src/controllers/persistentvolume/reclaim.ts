/** What becomes of a volume whose claim is gone (ctl-08 §D). */
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import {
  boundByController,
  provisionedBy,
  unannotated,
} from '../../api/volume/volumeannotations.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { write, writePhase } from './write.ts';

/** Returns an error. */
export function* reclaim(
  volume: PersistentVolume,
  context: ControllerContext,
): Requests<string | undefined> {
  const { persistentVolumeReclaimPolicy: policy } = volume.spec;
  if (policy === 'Delete') return yield* remove(volume, context);
  if (policy === 'Recycle') return yield* recycle(volume, context);
  return undefined;
}

/** What the binder can delete itself; what a driver made is left to that driver. */
function* remove(
  volume: PersistentVolume,
  context: ControllerContext,
): Requests<string | undefined> {
  if (isMadeByDriver(volume) || volume.metadata.deletionTimestamp !== undefined) return undefined;
  const why = undeletable(volume);
  if (why !== undefined) return yield* fail(volume, 'VolumeFailedDelete', why, context);
  const { name, uid } = volume.metadata;
  const deleted = yield* call<PersistentVolume>({
    verb: 'delete',
    kind: 'PersistentVolume',
    name,
    options: { preconditions: { uid } },
  });
  if (deleted.ok || deleted.status.reason === 'NotFound') return undefined;
  return deleted.status.message;
}

function isMadeByDriver({ metadata }: PersistentVolume): boolean {
  const driver = metadata.annotations?.[provisionedBy];
  return Boolean(driver) && !driver!.startsWith('kubernetes.io/');
}

/** Upstream's hostPath plugin deletes nothing but what tests make. */
function undeletable({ metadata, spec }: PersistentVolume): string | undefined {
  const hostPath = spec['hostPath'] as { readonly path: string } | undefined;
  if (hostPath === undefined) {
    // Of the plugins of 1.36, these two are asked and cannot; for all others there is none to ask.
    const isAsked = spec['nfs'] !== undefined || spec['local'] !== undefined;
    const why = isAsked ? 'no deletable volume plugin matched' : 'no volume plugin matched';
    return `error getting deleter volume plugin for volume "${metadata.name}": ${why}`;
  }
  return /^\/tmp\/.+/.test(hostPath.path)
    ? undefined
    : `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
}

/** Scrubbed, it is nobody's again. */
function* recycle(
  volume: PersistentVolume,
  context: ControllerContext,
): Requests<string | undefined> {
  if (volume.spec['hostPath'] === undefined && volume.spec['nfs'] === undefined) {
    const why = 'No recycler plugin found for the volume!';
    return yield* fail(volume, 'VolumeFailedRecycle', why, context);
  }
  context.record(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
  const { claimRef: _gone, ...spec } = volume.spec;
  const freed = unannotated({ ...volume, spec }, boundByController);
  const written = yield* write(freed, undefined, context);
  if ('error' in written) return written.error;
  const available = yield* writePhase(written.object, 'Available', undefined, context);
  return 'error' in available ? available.error : undefined;
}

function* fail(
  volume: PersistentVolume,
  reason: string,
  message: string,
  context: ControllerContext,
): Requests<string | undefined> {
  if (volume.status.phase === 'Failed') return undefined;
  const written = yield* writePhase(volume, 'Failed', message, context);
  if ('error' in written) return written.error;
  context.record(written.object, 'Warning', reason, message);
  return undefined;
}
