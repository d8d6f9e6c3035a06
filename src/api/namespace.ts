/** Namespaces. */
import { blank } from '../blank.ts';
import { ageColumn, column, nameColumn } from './columns/column.ts';
import type { FieldError, Kind } from './kind.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';
import { filled } from './pod/poddefaults.ts';
import { invalid } from './validation/errors.ts';
import { finalizerErrors } from './validation/metadata.ts';

export interface Namespace extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Namespace';
  readonly metadata: ObjectMeta;
  readonly spec: { readonly finalizers?: readonly string[] };
  readonly status: {
    readonly phase?: 'Active' | 'Terminating';
    readonly conditions?: readonly Condition[];
  };
}

const nameLabel = 'kubernetes.io/metadata.name';
const finalizer = 'kubernetes';

export const namespaceKind: Kind<Namespace> = {
  kind: 'Namespace',
  apiVersion: 'v1',
  resource: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  subresources: ['status', 'finalize'],
  hasStatus: true,
  returnsObjectOnDelete: true,
  defaults: (namespace) =>
    filled(namespace, { metadata: labelled(namespace.metadata), spec: namespace.spec ?? {} }),
  prepareForCreate({ spec: { finalizers = [] }, ...namespace }) {
    const all = finalizers.includes(finalizer) ? finalizers : [...finalizers, finalizer];
    return { ...blank, ...namespace, spec: { finalizers: all }, status: { phase: 'Active' } };
  },
  prepareForUpdate: (next, current) => ({ ...next, spec: current.spec }),
  prepareForFinalize({ spec: { finalizers = [] }, ...next }) {
    return { ...next, spec: finalizers.length === 0 ? {} : { finalizers } };
  },
  validate: ({ spec: { finalizers = [] } }) =>
    finalizers.flatMap((finalizer) => finalizerErrors(finalizer, 'spec.finalizers')),
  validateUpdate: () => [],
  validateStatusUpdate: validatePhase,
  validateSubresource: (_name, { spec: { finalizers = [] } }) =>
    finalizers.flatMap((finalizer, i) => finalizerErrors(finalizer, `spec.finalizers[${i}]`)),
  columns: [nameColumn, column('Status', ({ status }) => status.phase ?? ''), ageColumn],
  selectableFields: { 'status.phase': ({ status }) => status.phase ?? '' },
};

function labelled(metadata: ObjectMeta): ObjectMeta {
  const { labels, name } = metadata;
  if (name === '' || labels?.[nameLabel] === name) return metadata;
  return { ...blank, ...metadata, labels: { ...blank, ...labels, [nameLabel]: name } };
}

/** A Namespace is Active until it is deleted, and then it never is again. */
function validatePhase({
  metadata,
  status: { phase = 'Active' },
}: Namespace): readonly FieldError[] {
  const isDeleted = metadata.deletionTimestamp !== undefined;
  if (isDeleted === (phase === 'Terminating')) return [];
  const detail = isDeleted
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty";
  return [invalid('status.Phase', phase, detail)];
}
