/**
 * Ephemeral volume controller (ctl-08 §E): makes the claims that a Pod has for itself alone. They go
 * with the Pod, by the garbage collector.
 */
import {
  type Draft,
  isBeingDeleted,
  isControlledBy,
  type Key,
  keyOf,
  makeKey,
} from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { PodSpec } from '../api/pod/podspec.ts';
import type { PersistentVolumeClaim } from '../api/volume/persistentvolumeclaim.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

export const ephemeralVolumeController = (): Controller => ({
  name: 'ephemeral-volume-controller',
  recorder: 'ephemeral_volume',
  watches: ['Pod', 'PersistentVolumeClaim'],
  keysFor,
  reconcile,
});

/** Volumes of a Pod do not change: its other versions, and its end, tell nothing new. */
function keysFor(
  { kind, type, key, object }: WatchEvent,
  { view, queue }: ControllerContext,
): void {
  const wake = (pod: Pod): void => {
    const { volumes = [] } = pod.spec;
    if (!isBeingDeleted(pod) && volumes.some(isEphemeral)) queue.add(keyOf(pod));
  };
  if (kind === 'Pod' && type === 'ADDED') wake(object as Pod);
  if (kind === 'PersistentVolumeClaim' && type === 'DELETED') {
    for (const pod of view.by<Pod>('Pod', 'persistentVolumeClaim', key)) wake(pod);
  }
}

type Volume = NonNullable<PodSpec['volumes']>[number];

const isEphemeral = (volume: Volume): boolean => Boolean(volume['ephemeral']);

function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const pod = context.view.get<Pod>('Pod', key);
  if (pod === undefined || isBeingDeleted(pod)) return undefined;
  for (const volume of pod.spec.volumes ?? []) {
    const error = isEphemeral(volume) ? yield* provide(volume, pod, context) : undefined;
    if (error === undefined) continue;
    context.record(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${error}`);
    return { error: `pod ${key}, ephemeral volume ${volume.name}: ${error}` };
  }
  return undefined;
}

/** Returns an error. */
function* provide(
  volume: Volume,
  pod: Pod,
  { view }: ControllerContext,
): Requests<string | undefined> {
  const { namespace = '', name: podName, uid } = pod.metadata;
  const name = `${podName}-${volume.name}`;
  const kind = 'PersistentVolumeClaim';
  const claim = view.get<PersistentVolumeClaim>(kind, makeKey(namespace, name));
  if (claim !== undefined) {
    if (isControlledBy(claim, pod)) return undefined;
    return `PVC ${namespace}/${name} was not created for pod ${keyOf(pod)} (pod is not owner)`;
  }
  const { volumeClaimTemplate } = volume['ephemeral'] as {
    readonly volumeClaimTemplate: Pick<PersistentVolumeClaim, 'spec'> & {
      readonly metadata?: Pick<PersistentVolumeClaim['metadata'], 'labels' | 'annotations'>;
    };
  };
  const { metadata: { labels, annotations } = {}, spec } = volumeClaimTemplate;
  const owner = { apiVersion: 'v1', kind: 'Pod', name: podName, uid };
  const object: Draft<PersistentVolumeClaim> = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    spec,
  };
  const created = yield* call({ verb: 'create', kind, namespace, object });
  return created.ok ? undefined : `create PVC ${name}: ${created.status.message}`;
}
