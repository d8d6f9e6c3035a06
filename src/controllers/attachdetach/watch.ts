/** Which volumes an event is about. */

import { deepEqual } from '../../api/equal.ts';
import type { Node } from '../../api/node.ts';
import { readyOf } from '../../api/nodestatus.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { claimKeysOf } from '../../api/pod/podclaims.ts';
import { controllerAttaches } from '../../api/volume/attachable.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { VolumeAttachment } from '../../api/volume/volumeattachment.ts';
import type { WatchEvent } from '../../sim/component.ts';
import type { View } from '../../store/view.ts';
import { hasEnded } from './users.ts';

/** Names of PersistentVolumes. */
export function volumesConcerned(event: WatchEvent, view: View): readonly string[] {
  const { kind, object } = event;
  if (kind === 'Pod') return volumesOfPods(event as WatchEvent<Pod>, view);
  if (kind === 'Node') return volumesOfNode(event as WatchEvent<Node>, view);
  if (kind === 'PersistentVolume') return [object.metadata.name];
  if (kind === 'PersistentVolumeClaim') return bound(object as PersistentVolumeClaim);
  if (kind === 'CSIDriver') return [];
  return [(object as VolumeAttachment).spec.source.persistentVolumeName ?? ''];
}

const none: readonly string[] = [];

const bound = ({ spec }: PersistentVolumeClaim): readonly string[] =>
  spec.volumeName ? [spec.volumeName] : none;

/** Only Pods on a node count, and of what they say only whether they use anything. */
function volumesOfPods({ type, object, old }: WatchEvent<Pod>, view: View): readonly string[] {
  if (object.spec.volumes === undefined || !object.spec.nodeName) return none;
  const isSame = old?.metadata.uid === object.metadata.uid;
  const hasMoved =
    type !== 'MODIFIED' ||
    !isSame ||
    old.spec.nodeName !== object.spec.nodeName ||
    hasEnded(old) !== hasEnded(object);
  return hasMoved ? claimKeysOf(object).flatMap((key) => volumeOfClaim(key, view)) : none;
}

const volumeOfClaim = (key: string, view: View): readonly string[] => {
  const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
  return claim === undefined ? none : bound(claim);
};

function volumesOfNode({ type, object, old }: WatchEvent<Node>, view: View): readonly string[] {
  const { name } = object.metadata;
  const attached = view
    .by<VolumeAttachment>('VolumeAttachment', 'node', name)
    .map(({ spec }) => spec.source.persistentVolumeName ?? '');
  if (type === 'DELETED') return attached;
  if (old !== undefined && isManaged(old) === isManaged(object)) {
    return isChanged(old, object) ? attached : none;
  }
  const needed = view
    .by<Pod>('Pod', 'node', name)
    .flatMap((pod) => claimKeysOf(pod).flatMap((key) => volumeOfClaim(key, view)));
  return [...new Set([...attached, ...needed])];
}

const isManaged = ({ metadata }: Node): string | undefined =>
  metadata.annotations?.[controllerAttaches];

/** What it has mounted, and whether it is waited for. */
const isChanged = (before: Node, next: Node): boolean =>
  !deepEqual(before.status.volumesInUse, next.status.volumesInUse) ||
  !deepEqual(before.status.volumesAttached, next.status.volumesAttached) ||
  !deepEqual(before.spec.taints, next.spec.taints) ||
  readyOf(before)?.status !== readyOf(next)?.status;
