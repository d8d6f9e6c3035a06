/**
 * An attacher of volumes, as CSI drivers bring one beside the provisioner: does what a
 * VolumeAttachment asks for and says so, and undoes it before it lets go of one that is deleted.
 */
import { withFinalizer, withoutFinalizer } from '../api/finalizers.ts';
import type { Key } from '../api/meta.ts';
import type { VolumeAttachment } from '../api/volume/volumeattachment.ts';
import type { Requests } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

/** Whatever driver a volume names is installed. */
export const volumeAttachers = (): Controller => ({
  name: 'csi-attacher',
  watches: ['VolumeAttachment'],
  keysFor({ type, key }, { queue }): void {
    if (type !== 'DELETED') queue.add(key);
  },
  reconcile,
});

/** As it names itself where it still has something to undo. */
const finalizerOf = ({ spec }: VolumeAttachment): string =>
  `external-attacher/${spec.attacher.replaceAll('.', '-')}`;

function* reconcile(name: Key, { view }: ControllerContext): Requests<Outcome> {
  const attachment = view.get<VolumeAttachment>('VolumeAttachment', name);
  if (attachment === undefined) return undefined;
  const { deletionTimestamp, finalizers = [] } = attachment.metadata;
  const finalizer = finalizerOf(attachment);
  const isHeld = finalizers.includes(finalizer);
  if (deletionTimestamp !== undefined) {
    return isHeld ? yield* write(withoutFinalizer(attachment, finalizer)) : undefined;
  }
  if (attachment.status.attached) return undefined;
  if (!isHeld) return yield* write(withFinalizer(attachment, finalizer));
  return yield* write({ ...attachment, status: { attached: true } }, 'status');
}

/** The next pass goes on with what is seen then. */
function* write(object: VolumeAttachment, subresource?: 'status'): Requests<Outcome> {
  const updated = yield* call({
    verb: 'update',
    kind: 'VolumeAttachment',
    object,
    ...(subresource === undefined ? {} : { subresource }),
  });
  if (updated.ok || updated.status.reason === 'NotFound') return undefined;
  return { error: updated.status.message };
}
