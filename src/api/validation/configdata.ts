/** Validation of what ConfigMaps and Secrets hold (api-06 §2, §3). */
import type { ConfigMap } from '../configmap.ts';
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { KubeObject, Labels } from '../meta.ts';
import type { Secret } from '../secret.ts';
import { type Errors, forbidden, invalid, required, tooLong } from './errors.ts';

/** How many keys there are. */
export const sizeOf = (data: Labels | undefined): number =>
  data === undefined ? 0 : Object.keys(data).length;

const bytesMax = 1_048_576;
const key = /^[-._a-zA-Z0-9]+$/;
const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

interface Holding extends KubeObject {
  readonly data?: Labels;
  readonly binaryData?: Labels;
  readonly immutable?: boolean;
}

/** @param root what a total that is too long is blamed on. */
function validateData({ data = {}, binaryData = {} }: Holding, root: string): Errors {
  const errors: Errors = [];
  let bytes = 0;
  for (const name in data) {
    checkKey(errors, 'data', name);
    if (Object.hasOwn(binaryData, name)) {
      errors.push(invalid(`data[${name}]`, name, 'duplicate of key present in binaryData'));
    }
    bytes += String(data[name]).length;
  }
  for (const name in binaryData) {
    checkKey(errors, 'binaryData', name);
    bytes += String(binaryData[name]).length;
  }
  if (bytes > bytesMax) errors.push(tooLong(root, bytesMax));
  return errors;
}

function checkKey(errors: Errors, field: string, name: string): void {
  if (!key.test(name)) errors.push(invalid(`${field}[${name}]`, name, keyRule));
}

const frozen = ['data', 'binaryData', 'immutable'] as const;

function frozenErrors(next: Holding, current: Holding): Errors {
  if (current.immutable !== true) return [];
  return frozen
    .filter((field) => !deepEqual(next[field], current[field]))
    .map((field) => forbidden(field, 'field is immutable when `immutable` is set'));
}

export const validateConfigMap = (map: ConfigMap): readonly FieldError[] => validateData(map, '[]');

export const validateConfigMapUpdate = (
  next: ConfigMap,
  current: ConfigMap,
): readonly FieldError[] => [...frozenErrors(next, current), ...validateConfigMap(next)];

/** What must be in a Secret of a type. */
const demanded: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

const accountName = 'kubernetes.io/service-account.name';

export function validateSecret(secret: Secret): readonly FieldError[] {
  const errors = validateData(secret, 'data');
  const { type, data = {}, metadata } = secret;
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[accountName]) {
    errors.push(required(`metadata.annotations[${accountName}]`));
  }
  if (type === 'kubernetes.io/basic-auth' && !('username' in data) && !('password' in data)) {
    errors.push(required('data[username]'), required('data[password]'));
  }
  for (const name of demanded[type] ?? []) {
    if (data[name] === undefined) errors.push(required(`data[${name}]`));
  }
  return errors;
}

export function validateSecretUpdate(next: Secret, current: Secret): readonly FieldError[] {
  const errors: Errors = [];
  if (next.type !== current.type) errors.push(invalid('type', next.type, 'field is immutable'));
  return [...errors, ...frozenErrors(next, current), ...validateSecret(next)];
}
