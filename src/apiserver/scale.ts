/** The scale subresource of workloads: their size, apart from everything else (api-02 §10). */
import type { KubeObject } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { LabelSelector } from '../api/podspec.ts';
import { selectorText } from '../api/selectortext.ts';
import { invalid } from '../api/validation/errors.ts';
import type { Handling } from './apiserver.ts';
import { homeOf } from './metadata.ts';
import { invalidAs, notFound } from './reject.ts';
import { type Response, refused } from './request.ts';
import { update } from './update.ts';

interface Scalable {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
}

/** The object's autoscaling/v1 Scale. */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec, status } = object as unknown as Scalable;
  const selector = selectorText(spec.selector);
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { ...(spec.replicas ? { replicas: spec.replicas } : {}) },
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}

export function updateScale(
  scale: KubeObject,
  handling: Handling,
  verb: 'update' | 'patch',
): Response {
  const { kind, store } = handling;
  const { name, namespace, resourceVersion, uid } = scale.metadata;
  const current = store.get(kind.kind, makeKey(homeOf(kind, namespace), name));
  if (current === undefined) return refused(notFound(kind, name));
  const { replicas = 0 } = (scale.spec ?? {}) as { replicas?: number };
  if (replicas < 0) {
    const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    const details = { name, group: 'autoscaling', kind: 'Scale' };
    return refused(invalidAs('Scale.autoscaling', name, [error], details));
  }
  const { resourceVersion: own } = current.metadata;
  const metadata = {
    ...current.metadata,
    uid: uid || current.metadata.uid,
    resourceVersion: resourceVersion || own,
  };
  const spec = { ...(current.spec as object), replicas };
  const resized = update({ ...current, metadata, spec }, { verb, subresource: 'scale' }, handling);
  return resized.ok && resized.object !== undefined
    ? { ok: true, object: scaleOf(resized.object) }
    : resized;
}
