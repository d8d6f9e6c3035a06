/** What Nodes call the volume of an attachment. */
import { attachableOf } from '../../api/volume/attachable.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { VolumeAttachment } from '../../api/volume/volumeattachment.ts';
import type { View } from '../../store/view.ts';

/** Undefined: the volume is gone, or has no driver. */
export function uniqueNameOf({ spec }: VolumeAttachment, view: View): string | undefined {
  const name = spec.source.persistentVolumeName ?? '';
  const volume = view.get<PersistentVolume>('PersistentVolume', name);
  return volume && attachableOf(volume, () => undefined)?.uniqueName;
}
