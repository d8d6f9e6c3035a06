/**
 * What the API server refuses of kinds that have no file of their own (api-06 §2, §3): a table of
 * rules. What is not in it is accepted if it decodes.
 */
import type { Endpoints } from '../endpoints.ts';
import type { EndpointSlice } from '../endpointslice.ts';
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import { isObject } from '../patch/merge.ts';
import { validateSubsets } from './endpoints.ts';
import { validateSlice } from './endpointslice.ts';
import { type Errors, invalid, invalidRaw, required, unsupported } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;
type Loose = KubeObject & Fields;
/** `before`: what is updated. */
type Rule = (object: Loose, errors: Errors, before?: Loose) => void;

const mapping = (value: unknown): Fields => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map(mapping) : [];

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

const rules: Readonly<Record<string, Rule>> = {
  Role: role,
  ClusterRole: role,
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
  Ingress: ingress,
  Endpoints: ({ subsets }, errors) => validateSubsets(errors, subsets as Endpoints['subsets']),
  EndpointSlice: (object, errors, before) =>
    validateSlice(errors, object as unknown as EndpointSlice, before as EndpointSlice | undefined),
};

export function validateGeneric(object: Loose, kind: string): readonly FieldError[] {
  const errors: Errors = [];
  rules[kind]?.(object, errors);
  return errors;
}

/** Fields that no update changes (api-06 §3). */
const immutable: Readonly<Record<string, readonly string[]>> = {
  EndpointSlice: ['addressType'],
  RuntimeClass: ['handler'],
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
  if (kind.endsWith('RoleBinding') && !deepEqual(next['roleRef'], current['roleRef'])) {
    const { apiGroup = '', kind: to = '', name = '' } = mapping(next['roleRef']);
    const shown = `rbac.RoleRef{APIGroup:"${apiGroup}", Kind:"${to}", Name:"${name}"}`;
    errors.push(invalidRaw('roleRef', shown, 'cannot change roleRef'));
  }
  rules[kind]?.(next, errors, current);
  return errors;
}
