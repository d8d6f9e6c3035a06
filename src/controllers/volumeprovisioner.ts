/**
 * A provisioner of volumes, as CSI drivers bring one (ctl-08 §D): makes a volume for each claim of its
 * classes, and deletes it when the claim is gone. It serves classes that name it, and no others.
 */
import { type Draft, type Key, keyOf, splitKey } from '../api/meta.ts';
import type { PersistentVolume } from '../api/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../api/persistentvolumeclaim.ts';
import type { StorageClass } from '../api/storageclass.ts';
import { provisionedBy, storageProvisioners } from '../api/volumeannotations.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

/** `provisioner` of the classes that it serves. */
export const provisionerName = 'volumes.kubestep.dev';

export const volumeProvisioner = (): Controller => ({
  name: 'volume-provisioner',
  recorder: provisionerName,
  watches: ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass'],
  keysFor({ kind, type, key }: WatchEvent, { queue }: ControllerContext): void {
    if (kind !== 'StorageClass' && type !== 'DELETED') queue.add(key);
  },
  reconcile,
});

/** Keys of claims have a namespace, keys of volumes do not. */
function* reconcile(key: Key, { view }: ControllerContext): Requests<Outcome> {
  if (splitKey(key).namespace === undefined) {
    const volume = view.get<PersistentVolume>('PersistentVolume', key);
    return volume !== undefined && isToDelete(volume) ? yield* remove(volume) : undefined;
  }
  const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
  if (claim === undefined || !isToProvision(claim)) return undefined;
  const storageClass = view.get<StorageClass>('StorageClass', claim.spec.storageClassName ?? '');
  if (storageClass?.provisioner !== provisionerName) return undefined;
  const draft = volumeFor(claim, storageClass);
  const created = yield* call({ verb: 'create', kind: 'PersistentVolume', object: draft });
  if (!created.ok && created.status.reason !== 'AlreadyExists') {
    return { error: created.status.message };
  }
  return undefined;
}

const isToProvision = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  !spec.volumeName &&
  metadata.deletionTimestamp === undefined &&
  storageProvisioners.some((name) => metadata.annotations?.[name] === provisionerName);

/** Named after the claim's uid: made twice, it is the same volume. */
function volumeFor(
  claim: PersistentVolumeClaim,
  { metadata, reclaimPolicy = 'Delete' }: StorageClass,
): Draft<PersistentVolume> {
  const { namespace, name: claimed, uid, resourceVersion } = claim.metadata;
  const { accessModes, resources, volumeMode } = claim.spec;
  const name = `pvc-${uid}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [provisionedBy]: provisionerName } },
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
      csi: { driver: provisionerName, volumeHandle: name },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: metadata.name,
      ...(volumeMode === undefined ? {} : { volumeMode }),
    },
  };
}

const isToDelete = ({ metadata, spec, status }: PersistentVolume): boolean =>
  metadata.annotations?.[provisionedBy] === provisionerName &&
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
