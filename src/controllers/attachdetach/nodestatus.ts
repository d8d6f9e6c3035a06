/** Tells the kubelet of a node which volumes it may rely on: `status.volumesAttached`. */
import type { Node } from '../../api/node.ts';
import type { VolumeAttachment } from '../../api/volumeattachment.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call, type Outcome } from '../../sim/controller.ts';
import type { Memory } from './memory.ts';
import { uniqueNameOf } from './uniquename.ts';

export function* reportAttached(
  name: string,
  { view }: ControllerContext,
  memory: Memory,
): Requests<Outcome> {
  const node = view.get<Node>('Node', name);
  if (node === undefined) return undefined;
  const names = view
    .by<VolumeAttachment>('VolumeAttachment', 'node', name)
    .filter(
      (attachment) =>
        attachment.status.attached &&
        attachment.metadata.deletionTimestamp === undefined &&
        !memory.isLeaving(attachment),
    )
    .flatMap((attachment) => uniqueNameOf(attachment, view) ?? [])
    .sort();
  const { volumesAttached = [] } = node.status;
  if (names.join() === volumesAttached.map((one) => one.name).join()) return undefined;
  const list = names.map((one) => ({ name: one, devicePath: '' }));
  const patched = yield* call<Node>({
    verb: 'patch',
    kind: 'Node',
    name,
    patchType: 'strategic',
    patch: { status: { volumesAttached: list.length === 0 ? null : list } },
    subresource: 'status',
  });
  if (patched.ok || patched.status.reason === 'NotFound') return undefined;
  return { error: patched.status.message };
}
