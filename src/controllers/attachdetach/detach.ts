/**
 * Takes a volume from a node that nobody there wants it at. While it is mounted it stays: a file
 * system that is written from two nodes is lost. Only a node that is out of service, or has been
 * silent for long, is not waited for.
 */
import type { Node } from '../../api/node.ts';
import { isNodeReady } from '../../api/nodestatus.ts';
import type { VolumeAttachment } from '../../api/volume/volumeattachment.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call, type Outcome } from '../../sim/controller.ts';
import { isOutOfService } from '../podgc/decide.ts';
import type { Memory } from './memory.ts';
import { tellAttached } from './nodestatus.ts';
import { uniqueNameOf } from './uniquename.ts';

/** Milliseconds that a node which is not ready has for unmounting. */
export const unmountMs = 360_000;

export function* detach(
  attachment: VolumeAttachment,
  context: ControllerContext,
  memory: Memory,
): Requests<Outcome> {
  const { metadata, spec } = attachment;
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const node = context.view.get<Node>('Node', spec.nodeName);
  const unusedMs = memory.unusedFor(attachment, context.now);
  let isForced = node !== undefined && isOutOfService(node);
  if (node !== undefined && !isForced && isMounted(attachment, node, context)) {
    if (isNodeReady(node)) return undefined;
    if (unusedMs < unmountMs) {
      const volume = spec.source.persistentVolumeName ?? '';
      context.queue.addAfter(volume, unmountMs - unusedMs);
      return undefined;
    }
    isForced = true;
  }
  memory.leave(attachment);
  const told = yield* tellAttached(spec.nodeName, context, memory);
  if (!told.ok && told.status.reason !== 'NotFound') return { error: told.status.message };
  // The cache may be old: what the kubelet has said by now counts.
  if (told.ok && !isForced && isMounted(attachment, told.object, context)) {
    return { error: 'volume is still in use by node, according to Node status' };
  }
  const { name, uid } = metadata;
  const options = { preconditions: { uid } };
  const deleted = yield* call({ verb: 'delete', kind: 'VolumeAttachment', name, options });
  if (deleted.ok || ['NotFound', 'Conflict'].includes(deleted.status.reason ?? '')) {
    return undefined;
  }
  return { error: deleted.status.message };
}

function isMounted(
  attachment: VolumeAttachment,
  { status }: Node,
  { view }: ControllerContext,
): boolean {
  const name = uniqueNameOf(attachment, view);
  return name !== undefined && (status.volumesInUse ?? []).includes(name);
}
