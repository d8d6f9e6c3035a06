/**
 * Validation of admission policies and their bindings (pkg/apis/admissionregistration/validation). Expressions must be
 * readable, and name only what there is: their types are not checked.
 */

import { problemOf } from '../cel/check.ts';
import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import { validateNamedRule } from './admissionrules.ts';
import {
  duplicate,
  type Errors,
  forbidden,
  invalid,
  required,
  tooMany,
  unsupported,
} from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import {
  label1035Errors,
  pathSegmentErrors,
  qualifiedNameErrors,
  subdomainErrors,
} from './names.ts';

const failurePolicies = ['Fail', 'Ignore'];
const matchPolicies = ['Equivalent', 'Exact'];
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const actions = ['Audit', 'Deny', 'Warn'];
const conditionsMax = 64;

const isBlank = (value: unknown): boolean => textOf(value).trim() === '';

/** What every expression of a policy may name; `variables` are only in what comes after them. */
const declared = ['object', 'oldObject', 'request', 'namespaceObject', 'authorizer'];

function validateExpression(
  errors: Errors,
  expression: unknown,
  names: readonly string[],
  at: string,
  structs: readonly string[] = [],
): void {
  const source = textOf(expression).trim();
  const why = problemOf(source, names, structs);
  if (why !== undefined) errors.push(invalid(at, source, `compilation failed: ${why}`));
}

export function validateConditions(
  errors: Errors,
  list: readonly Fields[],
  at: string,
  known: readonly string[] = declared,
): void {
  if (list.length > conditionsMax) errors.push(tooMany(at, list.length, conditionsMax));
  const names = new Set<string>();
  list.forEach(({ name, expression }, i) => {
    const field = `${at}[${i}]`;
    if (isBlank(expression)) errors.push(required(`${field}.expression`));
    else validateExpression(errors, expression, known, `${field}.expression`);
    const text = textOf(name);
    if (text === '') {
      errors.push(required(`${field}.name`));
      return;
    }
    for (const error of qualifiedNameErrors(text)) {
      errors.push(invalid(`${field}.name`, text, error));
    }
    if (names.has(text)) errors.push(duplicate(`${field}.name`, text));
    names.add(text);
  });
}

export function validateAdmissionPolicy(policy: KubeObject, errors: Errors): void {
  const spec = mapping(policy.spec);
  const { failurePolicy, paramKind, matchConstraints } = spec;
  if (failurePolicy === undefined) errors.push(required('spec.failurePolicy'));
  else if (!failurePolicies.includes(textOf(failurePolicy))) {
    errors.push(unsupported('spec.failurePolicy', failurePolicy, failurePolicies));
  }
  if (paramKind !== undefined) validateParamKind(errors, mapping(paramKind), 'spec.paramKind');
  const at = 'spec.matchConstraints';
  if (matchConstraints === undefined) errors.push(required(at));
  else {
    const constraints = mapping(matchConstraints);
    validateMatchResources(errors, constraints, at);
    if (listOf(constraints['resourceRules']).length === 0) {
      errors.push(required(`${at}.resourceRules`));
    }
  }
  const names = paramKind === undefined ? declared : [...declared, 'params'];
  validateConditions(errors, listOf(spec['matchConditions']), 'spec.matchConditions', names);
  const all = [...names, 'variables'];
  listOf(spec['variables']).forEach((variable, i) => {
    validateVariable(errors, variable, all, `spec.variables[${i}]`);
  });
  if (policy.kind === 'ValidatingAdmissionPolicy') validateValidations(errors, policy, spec, all);
  else validateMutations(errors, spec, all);
}

const parts = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;
const reinvocations = ['IfNeeded', 'Never'];

/** Of policies that change what they are about. */
function validateMutations(errors: Errors, spec: Fields, names: readonly string[]): void {
  const mutations = listOf(spec['mutations']);
  if (mutations.length === 0) errors.push(required('spec.mutations'));
  mutations.forEach((mutation, i) => {
    const at = `spec.mutations[${i}]`;
    const type = textOf(mutation['patchType']);
    if (type === '') errors.push(required(`${at}.patchType`));
    else if (!(type in parts)) {
      errors.push(unsupported(`${at}.patchType`, type, Object.keys(parts)));
    } else validateMutation(errors, mutation, type as keyof typeof parts, names, at);
  });
  const { reinvocationPolicy } = spec;
  const field = 'spec.reinvocationPolicy';
  if (!reinvocationPolicy) errors.push(required(field));
  else if (!reinvocations.includes(textOf(reinvocationPolicy))) {
    errors.push(unsupported(field, reinvocationPolicy, reinvocations));
  }
}

function validateMutation(
  errors: Errors,
  mutation: Fields,
  type: keyof typeof parts,
  names: readonly string[],
  at: string,
): void {
  const own = parts[type];
  const other = type === 'JSONPatch' ? parts.ApplyConfiguration : parts.JSONPatch;
  if (mutation[own] === undefined) {
    errors.push(required(`${at}.${own}`, `must be specified when patchType is ${type}`));
    return;
  }
  if (mutation[other] !== undefined) {
    const why = `must not be specified when patchType is ${type}`;
    errors.push(invalid(`${at}.${other}`, `{${other}}`, why));
  }
  const { expression } = mapping(mutation[own]);
  const field = `${at}.${own}.expression`;
  if (isBlank(expression)) errors.push(required(field, 'expression is not specified'));
  else {
    const structs = type === 'JSONPatch' ? ['JSONPatch', 'Object'] : ['Object'];
    validateExpression(errors, expression, names, field, structs);
  }
}

/** Words of CEL that name nothing. */
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

function validateVariable(
  errors: Errors,
  { name, expression }: Fields,
  names: readonly string[],
  at: string,
): void {
  if (isBlank(name)) errors.push(required(`${at}.name`, 'name is not specified'));
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(textOf(name)) || reserved.has(textOf(name))) {
    errors.push(invalid(`${at}.name`, name, 'name is not a valid CEL identifier'));
  }
  if (isBlank(expression)) errors.push(required(`${at}.expression`, 'expression is not specified'));
  else validateExpression(errors, expression, names, `${at}.expression`);
}

function validateValidations(
  errors: Errors,
  { metadata }: KubeObject,
  spec: Fields,
  names: readonly string[],
): void {
  const validations = listOf(spec['validations']);
  const annotations = listOf(spec['auditAnnotations']);
  if (validations.length + annotations.length === 0) {
    const why = 'validations or auditAnnotations must contain at least one item';
    errors.push(required('spec.validations', why), required('spec.auditAnnotations', why));
  }
  validations.forEach((validation, i) => {
    validateValidation(errors, validation, names, `spec.validations[${i}]`);
  });
  const keys = new Set<string>();
  annotations.forEach(({ key, valueExpression }, i) => {
    const at = `spec.auditAnnotations[${i}]`;
    const text = textOf(key);
    for (const error of qualifiedNameErrors(`${metadata.name}/${text}`)) {
      errors.push(invalid(`${at}.key`, text, error));
    }
    if (isBlank(valueExpression)) {
      errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'));
    } else validateExpression(errors, valueExpression, names, `${at}.valueExpression`);
    if (keys.has(text)) errors.push(duplicate(`${at}.key`, text));
    keys.add(text);
  });
}

function validateValidation(
  errors: Errors,
  validation: Fields,
  names: readonly string[],
  at: string,
): void {
  const { expression, message, messageExpression, reason } = validation;
  if (isBlank(expression)) errors.push(required(`${at}.expression`, 'expression is not specified'));
  else validateExpression(errors, expression, names, `${at}.expression`);
  if (messageExpression && isBlank(messageExpression)) {
    const why = 'must be non-empty if specified';
    errors.push(invalid(`${at}.messageExpression`, messageExpression, why));
  } else if (messageExpression) {
    validateExpression(errors, messageExpression, names, `${at}.messageExpression`);
  }
  if (message && isBlank(message)) {
    errors.push(invalid(`${at}.message`, message, 'message must be non-empty if specified'));
  } else if (/[\r\n]/.test(textOf(message).trim())) {
    errors.push(invalid(`${at}.message`, message, 'message must not contain line breaks'));
  }
  if (reason !== undefined && !reasons.includes(textOf(reason))) {
    errors.push(unsupported(`${at}.reason`, reason, reasons));
  }
}

function validateParamKind(errors: Errors, { apiVersion, kind }: Fields, at: string): void {
  const [version, name] = [textOf(apiVersion), textOf(kind)];
  const field = `${at}.apiVersion`;
  const parts = version.split('/');
  if (version === '') errors.push(required(field));
  else if (parts.length > 2) {
    errors.push(invalid(field, version, `unexpected GroupVersion string: ${version}`));
  } else {
    const [group, own] = parts.length === 2 ? [parts[0]!, parts[1]!] : ['', version];
    const wrong = group === '' ? [] : subdomainErrors(group);
    if (wrong.length > 0) errors.push(invalid(field, group, wrong.join(',')));
    if (own === '') errors.push(invalid(field, version, 'version must be specified'));
    else {
      const found = label1035Errors(own);
      if (found.length > 0) errors.push(invalid(field, own, found.join(',')));
    }
  }
  if (name === '') errors.push(required(`${at}.kind`));
  else {
    const found = label1035Errors(name.toLowerCase());
    if (found.length === 0) return;
    const why = `may have mixed case, but should otherwise match: ${found.join(',')}`;
    errors.push(invalid(`${at}.kind`, name, why));
  }
}

function validateMatchResources(errors: Errors, match: Fields, at: string): void {
  const { matchPolicy } = match;
  if (matchPolicy === undefined) errors.push(required(`${at}.matchPolicy`));
  else if (!matchPolicies.includes(textOf(matchPolicy))) {
    errors.push(unsupported(`${at}.matchPolicy`, matchPolicy, matchPolicies));
  }
  for (const name of ['namespaceSelector', 'objectSelector']) {
    if (match[name] === undefined) errors.push(required(`${at}.${name}`));
    validateLabelSelector(errors, match[name] as LabelSelector | undefined, `${at}.${name}`);
  }
  for (const list of ['resourceRules', 'excludeResourceRules']) {
    listOf(match[list]).forEach((rule, i) => {
      validateNamedRule(errors, rule, `${at}.${list}[${i}]`);
    });
  }
}

export function validateAdmissionPolicyBinding(binding: KubeObject, errors: Errors): void {
  const { policyName, paramRef, matchResources, validationActions } = mapping(binding.spec);
  if (!policyName) errors.push(required('spec.policyName'));
  else {
    for (const error of subdomainErrors(textOf(policyName))) {
      errors.push(invalid('spec.policyName', policyName, error));
    }
  }
  if (paramRef !== undefined) validateParamRef(errors, mapping(paramRef), 'spec.paramRef');
  if (matchResources !== undefined) {
    validateMatchResources(errors, mapping(matchResources), 'spec.matchResouces');
  }
  if (binding.kind === 'ValidatingAdmissionPolicyBinding') {
    validateActions(errors, textsOf(validationActions), 'spec.validationActions');
  }
}

function validateParamRef(errors: Errors, reference: Fields, at: string): void {
  const { name, selector, parameterNotFoundAction } = reference;
  const both = 'name and selector are mutually exclusive';
  if (name) {
    for (const error of pathSegmentErrors(textOf(name))) {
      errors.push(invalid(`${at}.name`, name, error));
    }
    if (selector !== undefined) errors.push(forbidden(`${at}.name`, both));
  }
  validateLabelSelector(errors, selector as LabelSelector | undefined, `${at}.selector`);
  if (name && selector !== undefined) errors.push(forbidden(`${at}.selector`, both));
  if (!name && selector === undefined) {
    errors.push(required(at, 'one of name or selector must be specified'));
  }
  const known = ['Deny', 'Allow'];
  if (parameterNotFoundAction === undefined) {
    errors.push(required(`${at}.parameterNotFoundAction`));
  } else if (!known.includes(textOf(parameterNotFoundAction))) {
    errors.push(unsupported(`${at}.parameterNotFoundAction`, parameterNotFoundAction, known));
  }
}

function validateActions(errors: Errors, given: readonly string[], at: string): void {
  const seen = new Set<string>();
  given.forEach((action, i) => {
    if (!actions.includes(action)) errors.push(unsupported(`${at}[${i}]`, action, actions));
    if (seen.has(action)) errors.push(duplicate(`${at}[${i}]`, action));
    seen.add(action);
  });
  if (seen.has('Deny') && seen.has('Warn')) {
    const why =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(invalid(at, given, why));
  }
  if (seen.size === 0) errors.push(required(at, 'at least one validation action is required'));
}
