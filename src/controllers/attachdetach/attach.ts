/** Brings a volume to a node, or tells its Pods why it does not come. */

import type { Draft } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { type Attachable, attachmentName, isShareable } from '../../api/volume/attachable.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { VolumeAttachment } from '../../api/volume/volumeattachment.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call, type Outcome } from '../../sim/controller.ts';
import type { Memory } from './memory.ts';
import { usersOf } from './users.ts';

/** A volume, and where it is needed by whom. */
export interface Place {
  readonly volume: PersistentVolume;
  readonly attachable: Attachable;
  readonly node: string;
  readonly pods: readonly Pod[];
}

export function* attach(
  place: Place,
  attachments: readonly VolumeAttachment[],
  context: ControllerContext,
  memory: Memory,
): Requests<Outcome> {
  const { volume, attachable, node, pods } = place;
  const { name } = volume.metadata;
  const here = attachments.find(({ spec }) => spec.nodeName === node);
  if (here !== undefined) {
    const { attached, attachError } = here.status;
    if (here.metadata.deletionTimestamp !== undefined) return undefined;
    if (attached && memory.takeAwaited(here.metadata.name)) {
      const message = `AttachVolume.Attach succeeded for volume "${name}" `;
      for (const pod of pods) context.record(pod, 'Normal', 'SuccessfulAttachVolume', message);
    } else if (!attached && attachError !== undefined) {
      const message = `AttachVolume.Attach failed for volume "${name}" : ${attachError.message ?? ''}`;
      for (const pod of pods) context.record(pod, 'Warning', 'FailedAttachVolume', message);
    }
    return undefined;
  }
  const elsewhere = new Set([
    ...attachments.map(({ spec }) => spec.nodeName),
    ...memory.askedFor(name),
  ]);
  elsewhere.delete(node);
  if (elsewhere.size > 0 && !isShareable(volume)) {
    if (memory.refuse(name, node)) tellWhoHasIt(place, elsewhere, context);
    return undefined;
  }
  const attachment = attachmentName(attachable, node);
  memory.ask(name, node, attachment);
  const object = draft(attachment, attachable.driver, node, name);
  const created = yield* call({ verb: 'create', kind: 'VolumeAttachment', object });
  if (created.ok || created.status.reason === 'AlreadyExists') return undefined;
  const { code = 500, message } = created.status;
  if (code < 500) memory.unask(name, node, attachment);
  return { error: message };
}

const draft = (
  name: string,
  attacher: string,
  nodeName: string,
  persistentVolumeName: string,
): Draft<VolumeAttachment> => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttachment',
  metadata: { name },
  spec: { attacher, nodeName, source: { persistentVolumeName } },
});

/** Each Pod is told of Pods in its own namespace by name, and of others how many. */
function tellWhoHasIt(
  { volume, pods }: Place,
  elsewhere: ReadonlySet<string>,
  context: ControllerContext,
): void {
  const owners = [...usersOf(volume, context.view)]
    .filter(([node]) => elsewhere.has(node))
    .flatMap(([, users]) => users);
  for (const pod of pods) {
    const { namespace } = pod.metadata;
    const near = owners.filter((owner) => owner.metadata.namespace === namespace);
    const why = reason(
      near.map(({ metadata }) => metadata.name),
      owners.length - near.length,
    );
    const message = `Multi-Attach error for volume "${volume.metadata.name}" ${why}`;
    context.record(pod, 'Warning', 'FailedAttachVolume', message);
  }
}

function reason(names: readonly string[], others: number): string {
  if (names.length + others === 0) {
    return "Volume is already exclusively attached to one node and can't be attached to another";
  }
  const far = `${others} pod(s) in different namespaces`;
  if (names.length === 0) return `Volume is already used by ${far}`;
  return `Volume is already used by pod(s) ${names.join(', ')}${others > 0 ? ` and ${far}` : ''}`;
}
