/** Tells the kubelet of a node which volumes it may rely on: `status.volumesAttached`. */
import type { Node } from '../../api/node.ts';
import type { VolumeAttachment } from '../../api/volume/volumeattachment.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call, type Outcome } from '../../sim/controller.ts';
import type { Memory } from './memory.ts';
import { uniqueNameOf } from './uniquename.ts';

/** Where the cache says that it is told already, nothing is asked for. */
export function* reportAttached(
  name: string,
  context: ControllerContext,
  memory: Memory,
): Requests<Outcome> {
  const node = context.view.get<Node>('Node', name);
  const { volumesAttached = [] } = node?.status ?? {};
  const names = attachedAt(name, context, memory);
  if (names.join() === volumesAttached.map((one) => one.name).join()) return undefined;
  const told = yield* tellAttached(name, context, memory);
  return told.ok || told.status.reason === 'NotFound' ? undefined : { error: told.status.message };
}

/** Whatever the cache says. Answered with the Node as it is then. */
export function tellAttached(name: string, context: ControllerContext, memory: Memory) {
  const list = attachedAt(name, context, memory).map((one) => ({ name: one, devicePath: '' }));
  return call<Node>({
    verb: 'patch',
    kind: 'Node',
    name,
    patchType: 'strategic',
    patch: { status: { volumesAttached: list.length === 0 ? null : list } },
    subresource: 'status',
  });
}

/** Unique names, in order. */
const attachedAt = (name: string, { view }: ControllerContext, memory: Memory): readonly string[] =>
  view
    .by<VolumeAttachment>('VolumeAttachment', 'node', name)
    .filter(
      (attachment) =>
        attachment.status.attached &&
        attachment.metadata.deletionTimestamp === undefined &&
        !memory.isLeaving(attachment),
    )
    .flatMap((attachment) => uniqueNameOf(attachment, view) ?? [])
    .sort();
