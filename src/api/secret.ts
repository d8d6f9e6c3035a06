/** Secrets: what Pods read and others should not. */
import { ageColumn, column, nameColumn } from './columns/column.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, Labels, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { isObject } from './patch/merge.ts';
import { filled } from './pod/poddefaults.ts';
import { sizeOf, validateSecret, validateSecretUpdate } from './validation/configdata.ts';

export interface Secret extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: ObjectMeta;
  readonly type: string;
  /** Base64. */
  readonly data?: Labels;
  /** Plain text that goes into `data` when it is written, and is never stored. */
  readonly stringData?: Labels;
  readonly immutable?: boolean;
}

/** A Secret that asks for a token of the account that an annotation names. */
export const tokenSecretType = 'kubernetes.io/service-account-token';

export const secretKind: Kind<Secret> = {
  kind: 'Secret',
  apiVersion: 'v1',
  resource: 'secrets',
  namespaced: true,
  subresources: [],
  hasStatus: false,
  defaults(secret) {
    const { metadata, type = 'Opaque' } = secret;
    return encoded(filled(normalized(secret, 'core.v1.Secret'), { metadata, type }));
  },
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  selectableFields: { type: ({ type }) => type ?? '' },
  columns: [
    nameColumn,
    column('Type', ({ type }) => type),
    column('Data', ({ data }) => sizeOf(data)),
    ageColumn,
  ],
};

function encoded(secret: Secret): Secret {
  if (secret.stringData === undefined) return secret;
  const { stringData, ...rest } = secret;
  if (!isObject(stringData)) return rest;
  const added = Object.entries(stringData).map(([key, text]) => [key, base64(String(text))]);
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(added) } };
}

/** The base64 of UTF-8 text. */
function base64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
