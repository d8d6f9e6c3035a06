/** PreBind of VolumeBinding: says which volumes a Pod's claims get, and where others are to be made. */
import { keyOf } from '../api/meta.ts';
import type { PersistentVolume } from '../api/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../api/persistentvolumeclaim.ts';
import { boundByController, selectedNode } from '../api/volumeannotations.ts';
import type { Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import type { View } from '../store/view.ts';
import type { VolumePlan } from './plugins/volumeplan.ts';
import { isBound } from './plugins/volumes.ts';

/** A Pod is kept waiting for its volumes no longer than this. */

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
    if (!kept.ok) return `binding volumes: ${kept.status.message}`;
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
    if (!told.ok) return `binding volumes: ${told.status.message}`;
  }
  return undefined;
}

export type Progress = 'waiting' | 'bound' | { readonly error: string };

/** How far the claims of a plan are. */
export function progressOf(plan: VolumePlan, node: string, view: View): Progress {
  const claims = [...plan.bindings.map(({ claim }) => claim), ...plan.provisions];
  let progress: Progress = 'bound';
  for (const { metadata } of claims) {
    const key = keyOf({ metadata } as PersistentVolumeClaim);
    const now = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
    if (now === undefined) return { error: `binding volumes: claim "${key}" is gone` };
    if (isBound(now)) continue;
    const isTold = plan.provisions.some((one) => one.metadata.uid === metadata.uid);
    const chosen = now.metadata.annotations?.[selectedNode];
    const sawWrite = now.metadata.resourceVersion !== metadata.resourceVersion;
    if (isTold && sawWrite && chosen !== node) {
      return { error: 'binding volumes: selectedNode annotation was removed, provisioning failed' };
    }
    progress = 'waiting';
  }
  return progress;
}
