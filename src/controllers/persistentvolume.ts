/**
 * PersistentVolume binder (ctl-08 §D): gives each claim one volume and each volume one claim.
 *
 * One queue holds both: keys of claims have a namespace, keys of volumes do not.
 */

import { type Key, makeKey, splitKey } from '../api/meta.ts';
import type { PersistentVolume } from '../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../api/volume/persistentvolumeclaim.ts';
import { storageClassNameOf } from '../api/volume/storageclassname.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext, Outcome } from '../sim/controller.ts';
import { syncClaim } from './persistentvolume/claim.ts';
import { syncVolume } from './persistentvolume/volume.ts';
import { everything } from './persistentvolume/write.ts';

export const persistentVolumeBinder = (): Controller => ({
  name: 'persistent-volume-binder',
  recorder: 'persistentvolume-controller',
  watches: ['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass', 'Pod'],
  keysFor,
  reconcile,
});

/** Upstream looks at everything every so often; here at what a change may have made possible. */
const resyncMs = 15_000;

function keysFor({ kind, type, key, object, old }: WatchEvent, context: ControllerContext): void {
  const { queue } = context;
  if (kind === 'PersistentVolumeClaim') {
    const { volumeName } = (object as PersistentVolumeClaim).spec;
    if (type !== 'DELETED') queue.add(key);
    else if (volumeName) queue.add(volumeName);
  }
  if (kind === 'PersistentVolume') {
    const volume = object as PersistentVolume;
    const { claimRef } = volume.spec;
    if (type !== 'DELETED') queue.add(key);
    else if (claimRef?.name) queue.add(makeKey(claimRef.namespace, claimRef.name));
    const becameFree = isFree(volume) && (old === undefined || !isFree(old as PersistentVolume));
    if (type !== 'DELETED' && becameFree) retryPending(storageClassNameOf(volume) ?? '', context);
  }
  if (kind === 'StorageClass' && type !== 'DELETED') {
    retryPending(object.metadata.name, context);
    // A default class is for those that name none, too.
    retryPending('', context);
  }
}

const isFree = ({ spec, status }: PersistentVolume): boolean =>
  status.phase === 'Available' && spec.claimRef === undefined;

/** Claims of a class that have no volume: one may fit by now. */
function retryPending(storageClass: string, { view, queue }: ControllerContext): void {
  const kind = 'PersistentVolumeClaim';
  for (const { metadata, status } of view.by<PersistentVolumeClaim>(kind, 'class', storageClass)) {
    if (status.phase !== 'Pending') continue;
    queue.addAfter(makeKey(metadata.namespace, metadata.name), resyncMs);
  }
}

function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const stale = context.stale(everything);
  if (stale !== undefined) return { error: `the ${stale} cache does not show the last write yet` };
  const { view } = context;
  if (splitKey(key).namespace === undefined) {
    const volume = view.get<PersistentVolume>('PersistentVolume', key);
    if (volume === undefined) return undefined;
    const error = yield* syncVolume(volume, context);
    return error === undefined ? undefined : { error };
  }
  const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
  if (claim === undefined) return undefined;
  const error = yield* syncClaim(claim, context);
  return error === undefined ? undefined : { error };
}
