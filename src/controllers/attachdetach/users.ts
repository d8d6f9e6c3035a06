/** Who needs a volume at which node. */

import { makeKey } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import { controllerAttaches } from '../../api/volume/attachable.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { View } from '../../store/view.ts';

export type Users = ReadonlyMap<string, readonly Pod[]>;

/** Pods by node, in the order of the cache. Nodes that see to their volumes themselves are left out. */
export function usersOf(volume: PersistentVolume, view: View): Users {
  const users = new Map<string, Pod[]>();
  const { namespace, name = '', uid } = volume.spec.claimRef ?? {};
  const key = makeKey(namespace, name);
  const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
  if (claim === undefined || claim.metadata.uid !== uid) return users;
  if (claim.spec.volumeName !== volume.metadata.name) return users;
  for (const pod of view.by<Pod>('Pod', 'persistentVolumeClaim', key)) {
    const { nodeName } = pod.spec;
    if (!nodeName || hasEnded(pod) || !isManaged(view.get<Node>('Node', nodeName))) continue;
    const there = users.get(nodeName);
    if (there === undefined) users.set(nodeName, [pod]);
    else there.push(pod);
  }
  return users;
}

const isManaged = (node: Node | undefined): boolean =>
  node?.metadata.annotations?.[controllerAttaches] === 'true';

/** Its containers use nothing any more. */
export function hasEnded(pod: Pod): boolean {
  if (isPodTerminal(pod)) return true;
  const { containerStatuses = [] } = pod.status;
  return (
    pod.metadata.deletionTimestamp !== undefined &&
    containerStatuses.every(({ state }) => state?.running === undefined)
  );
}
