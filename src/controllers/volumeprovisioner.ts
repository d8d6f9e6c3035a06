/**
 * A provisioner of volumes, as CSI drivers bring one (ctl-08 §D): makes a volume for each claim of its
 * classes, and deletes it when the claim is gone. It stands for one driver, or for all that there are.
 */

import { type Draft, type Key, keyOf, splitKey } from '../api/meta.ts';
import type { PersistentVolume } from '../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../api/volume/persistentvolumeclaim.ts';
import type { StorageClass } from '../api/volume/storageclass.ts';
import { storageClassNameOf } from '../api/volume/storageclassname.ts';
import { provisionedBy, storageProvisioners } from '../api/volume/volumeannotations.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

/** `provisioner` of the classes whose volumes are always made. */
export const provisionerName = 'volumes.kubestep.dev';

/** The driver of that name. */
export const volumeProvisioner = (): Controller =>
  provisionerFor((name) => name === provisionerName);

/** Whatever driver a class names is installed. */
export const volumeProvisioners = (): Controller => provisionerFor(() => true);

const provisionerFor = (isServed: (driver: string) => boolean): Controller => ({
  name: 'volume-provisioner',
  recorder: provisionerName,
  watches: ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass'],
  keysFor({ kind, type, key }: WatchEvent, { queue }: ControllerContext): void {
    if (kind !== 'StorageClass' && type !== 'DELETED') queue.add(key);
  },
  reconcile: (key, context) => reconcile(key, context, isServed),
});

/** Keys of claims have a namespace, keys of volumes do not. */
function* reconcile(
  key: Key,
  { view }: ControllerContext,
  isServed: (driver: string) => boolean,
): Requests<Outcome> {
  if (splitKey(key).namespace === undefined) {
    const volume = view.get<PersistentVolume>('PersistentVolume', key);
    const driver = volume?.metadata.annotations?.[provisionedBy];
    if (volume === undefined || driver === undefined || !isServed(driver)) return undefined;
    return isToDelete(volume) ? yield* remove(volume) : undefined;
  }
  const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
  const driver = claim === undefined ? undefined : driverOf(claim);
  if (claim === undefined || driver === undefined || !isServed(driver)) return undefined;
  const storageClass = view.get<StorageClass>('StorageClass', storageClassNameOf(claim) ?? '');
  if (storageClass === undefined) return undefined;
  const draft = volumeFor(claim, driver, storageClass);
  const created = yield* call({ verb: 'create', kind: 'PersistentVolume', object: draft });
  if (!created.ok && created.status.reason !== 'AlreadyExists') {
    return { error: created.status.message };
  }
  return undefined;
}

/** Who is to make a volume for it, if anybody is. */
function driverOf({ metadata, spec }: PersistentVolumeClaim): string | undefined {
  if (spec.volumeName || metadata.deletionTimestamp !== undefined) return undefined;
  const [name] = storageProvisioners.filter((key) => metadata.annotations?.[key] !== undefined);
  return name === undefined ? undefined : metadata.annotations?.[name];
}

/** Named after the claim's uid: made twice, it is the same volume. */
function volumeFor(
  claim: PersistentVolumeClaim,
  driver: string,
  { metadata, reclaimPolicy = 'Delete' }: StorageClass,
): Draft<PersistentVolume> {
  const { namespace, name: claimed, uid, resourceVersion } = claim.metadata;
  const { accessModes, resources, volumeMode } = claim.spec;
  const name = `pvc-${uid}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [provisionedBy]: driver } },
    spec: {
      ...(accessModes === undefined ? {} : { accessModes }),
      capacity: { storage: resources?.requests?.['storage'] ?? '0' },
      claimRef: {
        apiVersion: claim.apiVersion,
        kind: claim.kind,
        name: claimed,
        namespace: namespace!,
        resourceVersion,
        uid,
      },
      ...sourceOf(name, driver),
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: metadata.name,
      ...(volumeMode === undefined ? {} : { volumeMode }),
    },
  };
}

/** Provisioners that are no CSI drivers, as their names tell, make directories of the node's. */
const sourceOf = (volume: string, driver: string) =>
  driver.includes('/')
    ? { hostPath: { path: `/var/volumes/${volume}` } }
    : { csi: { driver, volumeHandle: volume } };

const isToDelete = ({ metadata, spec, status }: PersistentVolume): boolean =>
  metadata.deletionTimestamp === undefined &&
  spec.persistentVolumeReclaimPolicy === 'Delete' &&
  status.phase === 'Released';

function* remove(volume: PersistentVolume): Requests<Outcome> {
  const { uid, resourceVersion } = volume.metadata;
  const name = keyOf(volume);
  const preconditions = { uid, resourceVersion };
  const named = { kind: 'PersistentVolume', name };
  const deleted = yield* call({ verb: 'delete', ...named, options: { preconditions } });
  if (deleted.ok || deleted.status.reason === 'NotFound') return undefined;
  return { error: deleted.status.message };
}
