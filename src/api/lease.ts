/** Leases: who is alive, or in charge, until when. */
import type { Kind } from './kind.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';

export interface Lease extends KubeObject {
  readonly apiVersion: 'coordination.k8s.io/v1';
  readonly kind: 'Lease';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export const leaseKind: Kind<Lease> = {
  kind: 'Lease',
  apiVersion: 'coordination.k8s.io/v1',
  resource: 'leases',
  namespaced: true,
  subresources: [],
  hasStatus: false,
  createsOnUpdate: true,
  conditionalUpdateOnly: true,
  defaults: (lease) => lease,
  validate: () => [],
  validateUpdate: () => [],
};
