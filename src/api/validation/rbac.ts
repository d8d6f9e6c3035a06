/** Validation of roles and of their bindings (upstream's pkg/apis/rbac/validation). */

import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { type Errors, invalid, required, unsupported } from './errors.ts';
import { pathSegmentErrors, subdomainErrors } from './names.ts';

const group = 'rbac.authorization.k8s.io';

type Loose = KubeObject & Fields;

const isNamespaced = ({ kind }: Loose): boolean => kind === 'Role' || kind === 'RoleBinding';

export function validateRole(role: Loose, errors: Errors): void {
  listOf(role['rules']).forEach((rule, i) => {
    validateRule(errors, rule, isNamespaced(role), `rules[${i}]`);
  });
}

function validateRule(errors: Errors, rule: Fields, namespaced: boolean, at: string): void {
  const [verbs, urls, groups, resources, names] = [
    'verbs',
    'nonResourceURLs',
    'apiGroups',
    'resources',
    'resourceNames',
  ].map((field) => textsOf(rule[field])) as [string[], string[], string[], string[], string[]];
  if (verbs.length === 0) {
    errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
  }
  if (urls.length > 0) {
    const field = `${at}.nonResourceURLs`;
    if (namespaced) {
      errors.push(invalid(field, urls, 'namespaced rules cannot apply to non-resource URLs'));
    }
    if (groups.length + resources.length + names.length > 0) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(invalid(field, urls, why));
    }
    return;
  }
  if (groups.length === 0) {
    const why = 'resource rules must supply at least one api group';
    errors.push(required(`${at}.apiGroups`, why));
  }
  if (resources.length === 0) {
    const why = 'resource rules must supply at least one resource';
    errors.push(required(`${at}.resources`, why));
  }
  if (names.length > 0 && resources.length > 1) {
    const why = 'resource names cannot apply to multiple resources';
    errors.push(required(`${at}.resourceNames`, why));
  }
}

export function validateRoleBinding(binding: Loose, errors: Errors): void {
  const { apiGroup, kind, name } = mapping(binding['roleRef']);
  const kinds = isNamespaced(binding) ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (apiGroup !== group) {
    errors.push(unsupported('roleRef.apiGroup', textOf(apiGroup), [group]));
  }
  if (!kinds.includes(textOf(kind))) errors.push(unsupported('roleRef.kind', textOf(kind), kinds));
  if (!name) errors.push(required('roleRef.name'));
  else {
    for (const error of pathSegmentErrors(textOf(name))) {
      errors.push(invalid('roleRef.name', name, error));
    }
  }
  listOf(binding['subjects']).forEach((subject, i) => {
    validateSubject(errors, subject, isNamespaced(binding), `subjects[${i}]`);
  });
}

function validateSubject(errors: Errors, subject: Fields, namespaced: boolean, at: string): void {
  const [name, kind, apiGroup] = ['name', 'kind', 'apiGroup'].map((field) =>
    textOf(subject[field]),
  ) as [string, string, string];
  if (name === '') errors.push(required(`${at}.name`));
  switch (kind) {
    case 'ServiceAccount':
      for (const error of name === '' ? [] : subdomainErrors(name)) {
        errors.push(invalid(`${at}.name`, name, error));
      }
      if (apiGroup !== '') errors.push(unsupported(`${at}.apiGroup`, apiGroup, ['']));
      if (!namespaced && !subject['namespace']) errors.push(required(`${at}.namespace`));
      return;
    case 'User':
    case 'Group':
      if (name === '') {
        errors.push(invalid(`${at}.name`, '', `${kind.toLowerCase()} name cannot be empty`));
      }
      if (apiGroup !== group) errors.push(unsupported(`${at}.apiGroup`, apiGroup, [group]));
      return;
    default:
      errors.push(unsupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  }
}
