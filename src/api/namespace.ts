/** Namespaces. */
import type { Kind } from './kind.ts';
import { filled } from './poddefaults.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';

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
    filled(namespace, {
      metadata: labelled(namespace.metadata),
      spec: filled(namespace.spec ?? {}, { finalizers: namespace.spec?.finalizers ?? ['kubernetes'] }),
    }),
  prepareForCreate: (namespace) => ({
    ...namespace,
    spec: { ...namespace.spec, finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
  prepareForUpdate: (next, current) => ({ ...next, spec: current.spec }),
  validate: () => [],
  validateUpdate: () => [],
  selectableFields: ({ status }) => ({ 'status.phase': status.phase ?? '' }),
};

function labelled(metadata: ObjectMeta): ObjectMeta {
  const { labels, name } = metadata;
  if (labels?.[nameLabel] === name) return metadata;
  return { ...metadata, labels: { ...labels, [nameLabel]: name } };
}
