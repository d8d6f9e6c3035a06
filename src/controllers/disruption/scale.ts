/** How many Pods the controllers of some Pods want in all (ctl-05 §B.2). */
import { kindNameOf, kindOf, resourceName } from '../../api/index.ts';
import { controllerOf, type KubeObject, makeKey, type OwnerReference } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';

export type Expected =
  | { readonly scale: number; readonly unmanaged: boolean }
  | { readonly error: string };

interface Scaled {
  readonly uid: string;
  readonly replicas: number;
}

/** Each controller counts once, however many of the Pods are its own. Pods without one are left out. */
export function* expectedScale(
  pods: readonly Pod[],
  context: ControllerContext,
): Requests<Expected> {
  const scales = new Map<string, number>();
  const asked = new Set<string>();
  let unmanaged = false;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      unmanaged = true;
      continue;
    }
    if (asked.has(owner.uid)) continue;
    asked.add(owner.uid);
    const { name, namespace } = pod.metadata;
    const found = cachedScale(owner, namespace, context) ?? (yield* liveScale(owner, namespace));
    if (found === undefined)
      return { error: `found no controllers for pod ${JSON.stringify(name)}` };
    if ('error' in found) return found;
    scales.set(found.uid, found.replicas);
  }
  let scale = 0;
  for (const replicas of scales.values()) scale += replicas;
  return { scale, unmanaged };
}

interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number };
}

/** Kinds of the API itself that may own Pods directly, as the cache has them. */
const cached = new Set(['ReplicationController', 'ReplicaSet', 'StatefulSet']);

/** The scale of a cached owner: of the Deployment, where it has a ReplicaSet that owns the Pods. */
function cachedScale(
  owner: OwnerReference,
  namespace: string | undefined,
  { view }: ControllerContext,
): Scaled | undefined {
  const kind = kindNameOf(owner);
  const object = cached.has(kind) ? of(kind, owner) : undefined;
  const above = object === undefined ? undefined : controllerOf(object);
  if (object === undefined || above?.kind !== 'Deployment') return scaledOf(object);
  return scaledOf(of('Deployment', above));

  function of(name: string, ref: OwnerReference): Scalable | undefined {
    const found = view.get<Scalable>(name, makeKey(namespace, ref.name));
    return found?.metadata.uid === ref.uid ? found : undefined;
  }
}

const scaledOf = (object: Scalable | undefined): Scaled | undefined =>
  object === undefined
    ? undefined
    : { uid: object.metadata.uid, replicas: object.spec.replicas ?? 1 };

/** Asks the server, which knows of any kind whether it has a scale. */
function* liveScale(
  owner: OwnerReference,
  namespace: string | undefined,
): Requests<Scaled | { readonly error: string } | undefined> {
  const kind = kindNameOf(owner);
  const home = namespace === undefined ? {} : { namespace };
  const { name } = owner;
  const scale = yield* call<Scalable>({ verb: 'get', kind, ...home, name, subresource: 'scale' });
  if (scale.ok) {
    if (scale.object.metadata.uid !== owner.uid) return undefined;
    return { uid: owner.uid, replicas: scale.object.spec.replicas ?? 0 };
  }
  const { reason, details, message } = scale.status;
  if (reason !== 'NotFound') return { error: message };
  if (details?.name !== undefined) return undefined;
  const known = kindOf(kind);
  if (known !== undefined) {
    return { error: `${resourceName(known)} does not implement the scale subresource` };
  }
  return { error: `no matches for kind "${owner.kind}" in version "${owner.apiVersion}"` };
}
