/** What Nodes call the volume of an attachment. */
import { attachableOf } from '../../api/attachable.ts';
import type { PersistentVolume } from '../../api/persistentvolume.ts';
import type { VolumeAttachment } from '../../api/volumeattachment.ts';
import type { View } from '../../store/view.ts';

/** Undefined: the volume is gone, or has no driver. */
export function uniqueNameOf({ spec }: VolumeAttachment, view: View): string | undefined {
  const name = spec.source.persistentVolumeName ?? '';
  const volume = view.get<PersistentVolume>('PersistentVolume', name);
  return volume && attachableOf(volume, () => undefined)?.uniqueName;
}
