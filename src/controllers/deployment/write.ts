/** The writes of the Deployment controller: sizes of ReplicaSets, and its own status. */
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Status } from '../../api/status.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { sizeAnnotations } from './annotations.ts';
import type { Resized } from './sizes.ts';

export type Written<T> =
  | { readonly ok: true; readonly object: T }
  | { readonly ok: false; readonly status: Status };

/** Resizes a ReplicaSet, and tells it how large its Deployment is. */
export function* resize(
  deployment: Deployment,
  { rs, size }: Resized,
  context: ControllerContext,
): Requests<Written<ReplicaSet>> {
  const before = rs.metadata.annotations ?? {};
  const wanted = sizeAnnotations(deployment);
  const annotated = Object.entries(wanted).every(([key, value]) => before[key] === value);
  if (rs.spec.replicas === size && annotated) return { ok: true, object: rs };
  const updated = yield* call<ReplicaSet>({
    verb: 'update',
    kind: 'ReplicaSet',
    object: {
      ...rs,
      metadata: { ...rs.metadata, annotations: { ...before, ...wanted } },
      spec: { ...rs.spec, replicas: size },
    } as ReplicaSet,
  });
  if (updated.ok && rs.spec.replicas !== size) {
    const direction = size > rs.spec.replicas ? 'up' : 'down';
    context.record(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${rs.metadata.name} from ${rs.spec.replicas} to ${size}`,
    );
  }
  return updated;
}

export function* writeStatus(
  deployment: Deployment,
  status: DeploymentStatus,
): Requests<Written<Deployment>> {
  return yield* call<Deployment>({
    verb: 'update',
    kind: 'Deployment',
    object: { ...deployment, status },
    subresource: 'status',
  });
}
