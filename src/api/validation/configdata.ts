/** Validation of what ConfigMaps and Secrets hold (api-06 §2, §3). */
import type { ConfigMap } from '../configmap.ts';
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { KubeObject, Labels } from '../meta.ts';
import type { Secret } from '../secret.ts';
import { type Errors, forbidden, invalid, required, tooLong } from './errors.ts';
import { configKeyErrors } from './names.ts';

/** How many keys there are. */
export const sizeOf = (data: Labels | undefined): number =>
  data === undefined ? 0 : Object.keys(data).length;

const bytesMax = 1_048_576;

interface Holding extends KubeObject {
  readonly data?: Labels;
  readonly binaryData?: Labels;
  readonly immutable?: boolean;
}

/** In bytes, of what is written as it is or as base64. */
function lengthOf(value: unknown, encoded: boolean): number {
  const text = String(value);
  if (!encoded) return new TextEncoder().encode(text).length;
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}

/** @param root what a total that is too long is blamed on. */
function validateData(
  { data = {}, binaryData = {} }: Holding,
  root: string,
  isSecret = false,
): Errors {
  const errors: Errors = [];
  let bytes = 0;
  for (const name in data) {
    checkKey(errors, 'data', name);
    if (Object.hasOwn(binaryData, name)) {
      errors.push(invalid(`data[${name}]`, name, 'duplicate of key present in binaryData'));
    }
    bytes += lengthOf(data[name], isSecret);
  }
  for (const name in binaryData) {
    checkKey(errors, 'binaryData', name);
    bytes += lengthOf(binaryData[name], true);
  }
  if (bytes > bytesMax) errors.push(tooLong(root, bytesMax));
  return errors;
}

function checkKey(errors: Errors, field: string, name: string): void {
  for (const error of configKeyErrors(name)) {
    errors.push(invalid(`${field}[${name}]`, name, error));
  }
}

const frozen = ['immutable', 'data', 'binaryData'] as const;

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
  const errors = validateData(secret, 'data', true);
  const { type, data = {}, metadata } = secret;
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[accountName]) {
    errors.push(required(`metadata.annotations[${accountName}]`));
  }
  if (type === 'kubernetes.io/basic-auth' && !('username' in data) && !('password' in data)) {
    errors.push(required('data[username]'), required('data[password]'));
  }
  for (const name of demanded[type] ?? []) {
    const value = data[name];
    const isMissing = value === undefined || (name === 'ssh-privatekey' && value === '');
    if (isMissing) errors.push(required(`data[${name}]`));
    else if (name.startsWith('.docker')) validateJSON(errors, name, value);
  }
  return errors;
}

/** Passwords for registries of images are JSON. What is wrong is said as Go's decoder says it, roughly. */
function validateJSON(errors: Errors, name: string, base64: string): void {
  const text = atob(base64);
  const redacted = '<secret contents redacted>';
  const refuse = (why: string) => errors.push(invalid(`data[${name}]`, redacted, why));
  if (text.trim() === '') {
    refuse('unexpected end of JSON input');
    return;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      const type = Array.isArray(value)
        ? 'array'
        : typeof value === 'boolean'
          ? 'bool'
          : typeof value;
      refuse(`json: cannot unmarshal ${type} into Go value of type map[string]interface {}`);
    }
  } catch {
    const first = text.trimStart()[0]!;
    refuse(
      /[{["\d\-tfn]/.test(first)
        ? 'unexpected end of JSON input'
        : `invalid character '${first}' looking for beginning of value`,
    );
  }
}

export function validateSecretUpdate(next: Secret, current: Secret): readonly FieldError[] {
  const errors: Errors = [];
  if (next.type !== current.type) errors.push(invalid('type', next.type, 'field is immutable'));
  return [...errors, ...frozenErrors(next, current), ...validateSecret(next)];
}
