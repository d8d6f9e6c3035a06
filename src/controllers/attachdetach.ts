/**
 * Attach/detach controller (ctl-08 §E): a volume is at the nodes whose Pods use it, at one only if it
 * must not be at several, and leaves a node when nothing there has it mounted any more.
 */

import type { Key } from '../api/meta.ts';
import { attachableOf } from '../api/volume/attachable.ts';
import type { CsiDriver } from '../api/volume/csi.ts';
import type { PersistentVolume } from '../api/volume/persistentvolume.ts';
import type { VolumeAttachment } from '../api/volume/volumeattachment.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext, Outcome } from '../sim/controller.ts';
import { attach } from './attachdetach/attach.ts';
import { detach } from './attachdetach/detach.ts';
import { Memory } from './attachdetach/memory.ts';
import { reportAttached } from './attachdetach/nodestatus.ts';
import { usersOf } from './attachdetach/users.ts';
import { volumesConcerned } from './attachdetach/watch.ts';

export const attachDetachController = (): Controller => {
  const memory = new Memory();
  return {
    name: 'attachdetach-controller',
    watches: [
      'Pod',
      'Node',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'VolumeAttachment',
      'CSIDriver',
    ],
    keysFor(event: WatchEvent, context: ControllerContext): void {
      if (event.kind === 'VolumeAttachment' && event.type === 'DELETED') {
        memory.detached(event.object as VolumeAttachment);
      }
      for (const volume of volumesConcerned(event, context.view)) context.queue.add(volume);
    },
    reconcile: (volume, context) => reconcile(volume, context, memory),
    memory: () => memory.plain(),
  };
};

/** `name`: of a PersistentVolume. Detaching comes first: a Pod that moved takes its volume along. */
function* reconcile(name: Key, context: ControllerContext, memory: Memory): Requests<Outcome> {
  const { view } = context;
  const volume = view.get<PersistentVolume>('PersistentVolume', name);
  const attachable =
    volume && attachableOf(volume, (driver) => view.get<CsiDriver>('CSIDriver', driver));
  const users = attachable === undefined ? new Map() : usersOf(volume!, view);
  const attachments = view.by<VolumeAttachment>('VolumeAttachment', 'volume', name);
  for (const attachment of attachments) {
    if (users.has(attachment.spec.nodeName)) memory.keep(attachment);
    else {
      const outcome = yield* detach(attachment, context, memory);
      if (outcome !== undefined) return outcome;
    }
  }
  if (attachable === undefined) return undefined;
  for (const [node, pods] of users) {
    const place = { volume: volume!, attachable, node, pods };
    const outcome = yield* attach(place, attachments, context, memory);
    if (outcome !== undefined) return outcome;
  }
  memory.forgetRefusals(name, users);
  for (const node of users.keys()) {
    const outcome = yield* reportAttached(node, context, memory);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}
