/** Keeps volumes as long as a claim has them (ctl-08 §D). */
import { volumeProtection, withFinalizer, withoutFinalizer } from '../api/finalizers.ts';
import type { Key } from '../api/meta.ts';
import type { PersistentVolume } from '../api/volume/persistentvolume.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

export const persistentVolumeProtection = (): Controller => ({
  name: 'pv-protection-controller',
  watches: ['PersistentVolume'],
  keysFor({ type, key }: WatchEvent, { queue }: ControllerContext): void {
    if (type !== 'DELETED') queue.add(key);
  },
  reconcile,
});

function* reconcile(key: Key, { view }: ControllerContext): Requests<Outcome> {
  const volume = view.get<PersistentVolume>('PersistentVolume', key);
  if (volume === undefined) return undefined;
  const { deletionTimestamp, finalizers = [] } = volume.metadata;
  const held = finalizers.includes(volumeProtection);
  if (held !== (deletionTimestamp !== undefined)) return undefined;
  if (held && volume.status.phase === 'Bound') return undefined;
  const object = held
    ? withoutFinalizer(volume, volumeProtection)
    : withFinalizer(volume, volumeProtection);
  const updated = yield* call({ verb: 'update', kind: 'PersistentVolume', object });
  if (updated.ok || updated.status.reason === 'NotFound') return undefined;
  return { error: updated.status.message };
}
