/** Which requests a webhook or a policy looks at: operations, groups, versions, resources. */

import { type Fields, textOf, textsOf } from '../fields.ts';
import { duplicate, type Errors, invalid, required, unsupported } from './errors.ts';
import { pathSegmentErrors } from './names.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

const onlyWildcard = (list: readonly string[]): boolean => list.length < 2 || !list.includes('*');

export function validateRuleWithOperations(errors: Errors, rule: Fields, at: string): void {
  const asked = textsOf(rule['operations']);
  if (asked.length === 0) errors.push(required(`${at}.operations`));
  if (!onlyWildcard(asked)) {
    const why = "if '*' is present, must not specify other operations";
    errors.push(invalid(`${at}.operations`, asked, why));
  }
  asked.forEach((operation, i) => {
    if (operations.includes(operation)) return;
    errors.push(unsupported(`${at}.operations[${i}]`, operation, operations));
  });
  for (const [field, what] of [
    ['apiGroups', 'API groups'],
    ['apiVersions', 'API versions'],
  ] as const) {
    const list = textsOf(rule[field]);
    if (list.length === 0) errors.push(required(`${at}.${field}`));
    if (!onlyWildcard(list)) {
      const why = `if '*' is present, must not specify other ${what}`;
      errors.push(invalid(`${at}.${field}`, list, why));
    }
    if (field === 'apiGroups') continue;
    list.forEach((version, i) => {
      if (version === '') errors.push(required(`${at}.${field}[${i}]`));
    });
  }
  validateResources(errors, textsOf(rule['resources']), `${at}.resources`);
  const { scope } = rule;
  if (scope !== undefined && !scopes.includes(textOf(scope))) {
    errors.push(unsupported(`${at}.scope`, scope, scopes));
  }
}

function validateResources(errors: Errors, resources: readonly string[], at: string): void {
  if (resources.length === 0) errors.push(required(at));
  const wholes = new Set<string>();
  const subs = new Set<string>();
  let plain = false;
  resources.forEach((text, i) => {
    if (text === '') {
      errors.push(required(`${at}[${i}]`));
      return;
    }
    const slash = text.indexOf('/');
    if (slash < 0) {
      plain = text !== '*';
      return;
    }
    const [resource, sub] = [text.slice(0, slash), text.slice(slash + 1)];
    if (wholes.has(resource)) {
      const why = `if '${resource}/*' is present, must not specify ${text}`;
      errors.push(invalid(`${at}[${i}]`, text, why));
    }
    if (subs.has(sub)) {
      const why = `if '*/${sub}' is present, must not specify ${text}`;
      errors.push(invalid(`${at}[${i}]`, text, why));
    }
    if (sub === '*') wholes.add(resource);
    if (resource === '*') subs.add(sub);
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    const why = "if '*/*' is present, must not specify other resources";
    errors.push(invalid(at, resources, why));
  }
  if (resources.includes('*') && plain) {
    const why = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(at, resources, why));
  }
}

export function validateNamedRule(errors: Errors, rule: Fields, at: string): void {
  const names = new Set<string>();
  textsOf(rule['resourceNames']).forEach((name, i) => {
    const field = `${at}.resourceNames[${i}]`;
    for (const error of pathSegmentErrors(name)) errors.push(invalid(field, name, error));
    if (names.has(name)) errors.push(duplicate(field, name));
    names.add(name);
  });
  validateRuleWithOperations(errors, rule, at);
}
