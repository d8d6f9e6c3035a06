/** The scale subresource of workloads: their size, apart from everything else. */
import type { KubeObject } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { Handling } from './apiserver.ts';
import { conflict, invalid, notFound } from './reject.ts';
import { type Response, refused } from './request.ts';
import { update } from './update.ts';

interface Scalable {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/** The object's autoscaling/v1 Scale. */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec, status } = object as unknown as Scalable;
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
    spec: { replicas: spec.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0 },
  };
}

export function updateScale(
  scale: KubeObject,
  handling: Handling,
  verb: 'update' | 'patch',
): Response {
  const { kind, store } = handling;
  const { name, namespace, resourceVersion } = scale.metadata;
  const current = store.get(kind.kind, makeKey(namespace, name));
  if (current === undefined) return refused(notFound(kind, name));
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
    return refused(conflict(kind, name));
  }
  const { replicas = 0 } = (scale.spec ?? {}) as { replicas?: number };
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    const error = { reason: 'FieldValueInvalid', field: 'spec.replicas', message };
    return refused(invalid(kind, name, [error]));
  }
  const spec = { ...(current.spec as object), replicas };
  const response = update({ ...current, spec }, undefined, handling, verb);
  return response.ok && response.object !== undefined
    ? { ok: true, object: scaleOf(response.object) }
    : response;
}
