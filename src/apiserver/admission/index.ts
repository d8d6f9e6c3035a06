/** Admission on create: what plugins add to an object, or why they refuse it (api-07 §7). */
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { PersistentVolumeClaim } from '../../api/persistentvolumeclaim.ts';
import type { Pod } from '../../api/pod.ts';
import type { Status } from '../../api/status.ts';
import type { Store } from '../../store/store.ts';
import { forbidden } from '../reject.ts';
import { admitToNamespace } from './namespace.ts';
import { taintedNotReady } from './nodetaint.ts';
import { admitPodSpec } from './pod.ts';
import { admittedClaim, protectedVolume } from './storage.ts';

export type Admitted =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly status: Status };

/**
 * @param name as refusals call the object: plugins run before a name is generated, so it is the
 *   `generateName` of an object that has no other.
 */
export function admit(object: KubeObject, name: string, kind: Kind, store: Store): Admitted {
  const { namespace } = object.metadata;
  if (namespace !== undefined) {
    const status = admitToNamespace(store, kind, namespace, name);
    if (status !== undefined) return { ok: false, status };
  }
  if (kind.kind === 'Node') return { ok: true, object: taintedNotReady(object as Node) };
  if (kind.kind === 'PersistentVolume') return { ok: true, object: protectedVolume(object) };
  if (kind.kind === 'PersistentVolumeClaim') {
    return { ok: true, object: admittedClaim(object as PersistentVolumeClaim, store) };
  }
  if (kind.kind !== 'Pod') return { ok: true, object };
  const pod = object as Pod;
  const admitted = admitPodSpec(pod.spec, store.view());
  if (!admitted.ok) return { ok: false, status: forbidden(kind, name, admitted.why) };
  return { ok: true, object: admitted.spec === pod.spec ? pod : { ...pod, spec: admitted.spec } };
}
