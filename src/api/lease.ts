/** Leases: who is alive, or in charge, until when. */
import { ageColumn, column, nameColumn } from './columns/column.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { filled } from './pod/poddefaults.ts';
import { type Errors, invalid, nonNegative } from './validation/errors.ts';

/** Where kubelets keep theirs. */
export const leaseNamespace = 'kube-node-lease';

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
  defaults: (lease) => filled(lease, { spec: lease.spec ?? {} }),
  validate: validateLease,
  validateUpdate: validateLease,
  columns: [nameColumn, column('Holder', ({ spec }) => spec.holderIdentity ?? ''), ageColumn],
};

function validateLease({ spec: { leaseDurationSeconds, leaseTransitions } }: Lease) {
  const errors: Errors = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(
      invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'),
    );
  }
  nonNegative(errors, 'spec.leaseTransitions', leaseTransitions);
  return errors;
}
