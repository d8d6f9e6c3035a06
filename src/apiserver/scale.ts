/** The scale subresource of workloads: their size, apart from everything else (api-02 §10). */
import { withValueAt } from '../api/jsonpath/index.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { rejection, type Status } from '../api/status.ts';
import { invalid } from '../api/validation/errors.ts';
import type { Handling } from './apiserver.ts';
import { invalidAs, notFound } from './reject.ts';
import { type Response, refused } from './request.ts';
import { scaleOf, sizesAt } from './scaleof.ts';
import { update } from './update.ts';

/** A custom resource that does not say its size has no Scale. */
export function scaleRefusal(object: KubeObject, { scale }: Kind): Status | undefined {
  if (scale === undefined || sizesAt(object, scale).desired !== undefined) return undefined;
  const why = `the spec replicas field "${scale.specReplicasPath}" does not exist`;
  return rejection('InternalError', `Internal error occurred: ${why}`, {
    causes: [{ message: why }],
  });
}

export function updateScale(
  scale: KubeObject,
  handling: Handling,
  verb: 'update' | 'patch',
  managedFields?: KubeObject['metadata']['managedFields'],
): Response {
  const { kind } = handling;
  const { name, namespace, resourceVersion, uid } = scale.metadata;
  const current = handling.held(namespace, name);
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
    ...(managedFields === undefined ? {} : { managedFields }),
  };
  const path = kind.scale?.specReplicasPath ?? '.spec.replicas';
  const next = withValueAt({ ...current, metadata }, path, replicas);
  const resized = update(next, { verb, subresource: 'scale' }, handling);
  return resized.ok && resized.object !== undefined
    ? { ok: true, object: scaleOf(resized.object, kind) }
    : resized;
}
