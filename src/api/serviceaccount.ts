/** ServiceAccounts: as whom the containers of a Pod speak to the API server. */
import { ageColumn, nameColumn } from './columns/column.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled, mapShared } from './pod/poddefaults.ts';

export interface ServiceAccount extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'ServiceAccount';
  readonly metadata: ObjectMeta;
  readonly secrets?: readonly { readonly name: string }[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly automountServiceAccountToken?: boolean;
}

export const serviceAccountKind: Kind<ServiceAccount> = {
  kind: 'ServiceAccount',
  apiVersion: 'v1',
  resource: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  subresources: ['token'],
  hasStatus: false,
  returnsObjectOnDelete: true,
  defaults: (account) =>
    filled(normalized(account, 'core.v1.ServiceAccount'), { metadata: account.metadata }),
  prepareForCreate: withNames,
  prepareForUpdate: withNames,
  warnings: ({ metadata }, before) =>
    isEnforced(metadata) && !isEnforced(before?.metadata)
      ? [`metadata.annotations[${enforced}]: ${isolated}`]
      : [],
  validate: () => [],
  validateUpdate: () => [],
  columns: [nameColumn, ageColumn],
};

/** Of the Secrets nothing is kept but their names. */
function withNames(account: ServiceAccount): ServiceAccount {
  const { secrets } = account;
  if (!Array.isArray(secrets)) return account;
  return filled(account, {
    secrets: mapShared(secrets as readonly { readonly name: string }[], (secret) =>
      Object.keys(secret).every((field) => field === 'name') ? secret : named(secret),
    ),
  });
}

const named = ({ name }: { readonly name?: string }) => (name ? { name } : {}) as { name: string };

const enforced = 'kubernetes.io/enforce-mountable-secrets';
const isolated =
  'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets';

const isEnforced = (metadata: ObjectMeta | undefined): boolean =>
  metadata?.annotations?.[enforced] !== undefined;
