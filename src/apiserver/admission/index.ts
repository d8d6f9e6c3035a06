/** Admission on create: what plugins add to an object, or why they refuse it (api-07 §7). */
import type { KubeObject } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Status } from '../../api/status.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { Handling } from '../apiserver.ts';
import { forbidden } from '../reject.ts';
import { withIngressClass } from './ingressclass.ts';
import { withLimitDefaults } from './limitranger.ts';
import { admitToNamespace } from './namespace.ts';
import { taintedNotReady } from './nodetaint.ts';
import { admitPodSpec } from './pod.ts';
import { withRuntimeClass } from './runtimeclass.ts';
import { defaultAccount, isMirror, mirrorRefusal, withAccount } from './serviceaccount.ts';
import { admittedClaim, protectedVolume } from './storage.ts';

export type Admitted =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly status: Status };

/**
 * @param name as refusals call the object: plugins run before a name is generated, so it is the
 *   `generateName` of an object that has no other.
 */
export function admit(object: KubeObject, name: string, handling: Handling): Admitted {
  const { kind, store } = handling;
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
  if (kind.kind === 'Ingress') return { ok: true, object: withIngressClass(object, store.view()) };
  return kind.kind === 'Pod' ? admitPod(object as Pod, name, handling) : { ok: true, object };
}

function admitPod(given: Pod, name: string, handling: Handling): Admitted {
  const { kind, store, serviceAccounts } = handling;
  const refused = (why: string): Admitted => ({ ok: false, status: forbidden(kind, name, why) });
  const pod = withLimitDefaults(given, store.view());
  const mirror = isMirror(pod);
  const amiss = mirror ? mirrorRefusal(pod) : undefined;
  if (amiss !== undefined) return refused(amiss);
  let { spec } = pod;
  if (serviceAccounts && !mirror) {
    const found = withAccount(pod, handling);
    if (!found.ok) return refused(found.why);
    spec = found.spec;
  }
  const prepared = admitPodSpec(spec, store.view(), mirror ? undefined : defaultAccount);
  const admitted = prepared.ok ? withRuntimeClass(prepared.spec, store.view()) : prepared;
  if (!admitted.ok) return refused(admitted.why);
  return { ok: true, object: admitted.spec === pod.spec ? pod : { ...pod, spec: admitted.spec } };
}
