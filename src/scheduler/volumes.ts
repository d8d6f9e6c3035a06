/** PreBind of VolumeBinding: says which volumes a Pod's claims get, and where others are to be made. */
import { keyOf } from '../api/meta.ts';
import type { PersistentVolume } from '../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../api/volume/persistentvolumeclaim.ts';
import { boundByController, selectedNode } from '../api/volume/volumeannotations.ts';
import type { Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import type { View } from '../store/view.ts';
import type { VolumePlan } from './plugins/volumeplan.ts';
import { isBound } from './plugins/volumes.ts';

export const hasWork = ({ bindings, provisions }: VolumePlan): boolean =>
  bindings.length > 0 || provisions.length > 0;

/** Writes the plan down; an error message if that fails. */
export function* prepareVolumes(plan: VolumePlan, node: string): Requests<string | undefined> {
  for (const { claim, volume } of plan.bindings) {
    const { name, namespace, uid, resourceVersion } = claim.metadata;
    const claimRef = {
      kind: 'PersistentVolumeClaim',
      namespace,
      name,
      uid,
      apiVersion: 'v1',
      resourceVersion,
    };
    const { metadata, spec } = volume;
    const annotations = { ...metadata.annotations, [boundByController]: 'yes' };
    const object = {
      ...volume,
      metadata: { ...metadata, annotations },
      spec: { ...spec, claimRef },
    } as unknown as PersistentVolume;
    const kept = yield* call<PersistentVolume>({
      verb: 'update',
      kind: 'PersistentVolume',
      object,
    });
    if (!kept.ok) return kept.status.message;
  }
  for (const claim of plan.provisions) {
    const { annotations } = claim.metadata;
    if (annotations?.[selectedNode] === node) continue;
    const object = {
      ...claim,
      metadata: { ...claim.metadata, annotations: { ...annotations, [selectedNode]: node } },
    } as PersistentVolumeClaim;
    const told = yield* call<PersistentVolumeClaim>({
      verb: 'update',
      kind: 'PersistentVolumeClaim',
      object,
    });
    if (!told.ok) return told.status.message;
  }
  return undefined;
}

export type Progress = 'waiting' | 'bound' | { readonly error: string };

/** How far the claims of a plan are: one after the other, and no further than the first that waits. */
export function progressOf(
  { bindings, provisions }: VolumePlan,
  node: string,
  view: View,
): Progress {
  for (const { claim, volume } of bindings) {
    const { name, resourceVersion } = volume.metadata;
    const kept = view.get<PersistentVolume>('PersistentVolume', name);
    if (kept === undefined) return failed(`failed to check binding: ${noSuch(volume)}`);
    const now = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', keyOf(claim));
    if (now === undefined) return failed(`failed to check binding: ${noSuch(claim)}`);
    if (kept.metadata.resourceVersion === resourceVersion) return 'waiting';
    if (!kept.spec.claimRef?.uid) return failed(`ClaimRef got reset for pv "${name}"`);
    if (!isBound(now)) return 'waiting';
  }
  for (const claim of provisions) {
    const { name, resourceVersion, annotations } = claim.metadata;
    const now = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', keyOf(claim));
    if (now === undefined) return failed(`failed to check provisioning pvc: ${noSuch(claim)}`);
    const isTold = annotations?.[selectedNode] === node;
    if (!isTold && now.metadata.resourceVersion === resourceVersion) return 'waiting';
    if (now.metadata.annotations === undefined) {
      return failed(`selectedNode annotation reset for PVC "${name}"`);
    }
    if (now.metadata.annotations[selectedNode] !== node) {
      return failed(`provisioning failed for PVC "${name}"`);
    }
    if (!isBound(now)) return 'waiting';
  }
  return 'bound';
}

const failed = (why: string): Progress => ({ error: `binding volumes: ${why}` });

const noSuch = (object: PersistentVolume | PersistentVolumeClaim): string =>
  `could not find v1.${object.kind} "${keyOf(object)}"`;
