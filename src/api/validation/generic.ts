/**
 * What the API server refuses of kinds that have no file of their own (api-06 §2, §3): a table of
 * rules. What is not in it is accepted if it decodes.
 */
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import { isObject } from '../patch/merge.ts';
import { type Errors, forbidden, invalid, invalidRaw, required, unsupported } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;
type Loose = KubeObject & Fields;
type Rule = (object: Loose, errors: Errors) => void;

const mapping = (value: unknown): Fields => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map(mapping) : [];

const dataBytesMax = 1_048_576;
const configKey = /^[-._a-zA-Z0-9]+$/;
const configKeyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Keys and size of what ConfigMaps and Secrets hold. */
function dataErrors(object: Loose, errors: Errors, root: string): void {
  const data = mapping(object['data']);
  const binary = mapping(object['binaryData']);
  let bytes = 0;
  for (const [field, part] of [
    ['data', data],
    ['binaryData', binary],
  ] as const) {
    for (const [key, value] of Object.entries(part)) {
      if (!configKey.test(key)) errors.push(invalid(`${field}[${key}]`, key, configKeyRule));
      if (field === 'data' && Object.hasOwn(binary, key)) {
        errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
      }
      bytes += String(value).length;
    }
  }
  if (bytes <= dataBytesMax) return;
  const message = `Too long: may not be more than ${dataBytesMax} bytes`;
  errors.push({ reason: 'FieldValueTooLong', field: root, message });
}

function secret(object: Loose, errors: Errors): void {
  dataErrors(object, errors, 'data');
  if (object['type'] !== 'kubernetes.io/tls') return;
  const data = mapping(object['data']);
  for (const key of ['tls.crt', 'tls.key']) {
    if (data[key] === undefined) errors.push(required(`data[${key}]`));
  }
}

function role(object: Loose, errors: Errors): void {
  listOf(object['rules']).forEach(({ verbs }, i) => {
    if (Array.isArray(verbs) && verbs.length > 0) return;
    errors.push(required(`rules[${i}].verbs`, 'verbs must contain at least one value'));
  });
}

function roleBinding(object: Loose, errors: Errors): void {
  const { kind = '', name } = mapping(object['roleRef']);
  const kinds = object.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(String(kind))) errors.push(unsupported('roleRef.kind', kind, kinds));
  if (!name) errors.push(required('roleRef.name'));
}

function ingress({ spec }: Loose, errors: Errors): void {
  const { defaultBackend, rules } = mapping(spec);
  if (defaultBackend === undefined && listOf(rules).length === 0) {
    const detail = 'either `defaultBackend` or `rules` must be specified';
    errors.push(invalid('spec', null, detail));
  }
  listOf(rules).forEach((rule, i) => {
    listOf(mapping(rule['http'])['paths']).forEach(({ pathType }, j) => {
      if (pathType) return;
      const field = `spec.rules[${i}].http.paths[${j}].pathType`;
      errors.push(required(field, 'pathType must be specified'));
    });
  });
}

const systemClasses: readonly string[] = ['system-node-critical', 'system-cluster-critical'];
const userPriorityMax = 1_000_000_000;

function priorityClass({ metadata: { name }, value }: Loose, errors: Errors): void {
  if (name.startsWith('system-')) {
    if (systemClasses.includes(name)) return;
    const why = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`;
    errors.push(forbidden('metadata.name', why));
  } else if (typeof value === 'number' && value > userPriorityMax) {
    const why = `maximum allowed value of a user defined priority is ${userPriorityMax}`;
    errors.push(forbidden('value', why));
  }
}

const rules: Readonly<Record<string, Rule>> = {
  ConfigMap: (object, errors) => dataErrors(object, errors, '[]'),
  Secret: secret,
  Role: role,
  ClusterRole: role,
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
  Ingress: ingress,
  PriorityClass: priorityClass,
  EndpointSlice: ({ addressType }, errors) => {
    if (!addressType) errors.push(required('addressType'));
  },
};

export function validateGeneric(object: Loose, kind: string): readonly FieldError[] {
  const errors: Errors = [];
  rules[kind]?.(object, errors);
  return errors;
}

/** Fields that no update changes (api-06 §3). */
const immutable: Readonly<Record<string, readonly string[]>> = {
  Secret: ['type'],
  EndpointSlice: ['addressType'],
  RuntimeClass: ['handler'],
};

const frozenData: readonly string[] = ['data', 'binaryData', 'immutable'];

/** Texts that are not "field is immutable". */
const unchanging: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PriorityClass: {
    value: 'may not be changed in an update.',
    preemptionPolicy: 'may not be changed in an update.',
  },
};

export function validateGenericUpdate(
  next: Loose,
  current: Loose,
  kind: string,
): readonly FieldError[] {
  const errors: Errors = [];
  for (const field of immutable[kind] ?? []) {
    if (deepEqual(next[field], current[field])) continue;
    errors.push(invalid(field, next[field], 'field is immutable'));
  }
  for (const [field, why] of Object.entries(unchanging[kind] ?? {})) {
    if (!deepEqual(next[field], current[field])) errors.push(forbidden(field, why));
  }
  if (kind.endsWith('RoleBinding') && !deepEqual(next['roleRef'], current['roleRef'])) {
    const { apiGroup = '', kind: to = '', name = '' } = mapping(next['roleRef']);
    const shown = `rbac.RoleRef{APIGroup:"${apiGroup}", Kind:"${to}", Name:"${name}"}`;
    errors.push(invalidRaw('roleRef', shown, 'cannot change roleRef'));
  }
  if ((kind === 'ConfigMap' || kind === 'Secret') && current['immutable'] === true) {
    for (const field of frozenData) {
      if (deepEqual(next[field], current[field])) continue;
      errors.push(forbidden(field, 'field is immutable when `immutable` is set'));
    }
  }
  rules[kind]?.(next, errors);
  return errors;
}
