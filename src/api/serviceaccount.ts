/** ServiceAccounts: as whom the containers of a Pod speak to the API server. */
import { ageColumn, nameColumn } from './columns/column.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled } from './poddefaults.ts';

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
  validate: () => [],
  validateUpdate: () => [],
  columns: [nameColumn, ageColumn],
};
