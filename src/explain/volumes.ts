/** Which volume a Pod waits for, as anyone who looks at the cluster can tell. */

import type { Pod } from '../api/pod/pod.ts';
import { claimKeysOf } from '../api/pod/podclaims.ts';
import { isShareable } from '../api/volume/attachable.ts';
import type { PersistentVolume } from '../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../api/volume/persistentvolumeclaim.ts';
import type { VolumeAttachment } from '../api/volume/volumeattachment.ts';
import type { View } from '../store/view.ts';

export interface Elsewhere {
  /** Name of the PersistentVolume. */
  readonly volume: string;
  readonly node: string;
}

/** A volume of a Pod on a node that may be at one node only, and is at another. */
export function volumeElsewhere(pod: Pod, view: View): Elsewhere | undefined {
  const { nodeName } = pod.spec;
  if (!nodeName) return undefined;
  for (const key of claimKeysOf(pod)) {
    const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
    const volume = view.get<PersistentVolume>('PersistentVolume', claim?.spec.volumeName ?? '');
    if (volume === undefined || isShareable(volume)) continue;
    const { name } = volume.metadata;
    const places = view
      .by<VolumeAttachment>('VolumeAttachment', 'volume', name)
      .map(({ spec }) => spec.nodeName);
    if (places.length > 0 && !places.includes(nodeName)) return { volume: name, node: places[0]! };
  }
  return undefined;
}
