/** Validation of ResourceQuotas (upstream's ValidateResourceQuota). */

import { listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { type Errors, invalid, required } from './errors.ts';
import { isQuotaResource, validateAmount, validateQuotaResource } from './resourcenames.ts';

const ofPods = new Set([
  'pods',
  ...['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
const ofClaims = new Set(['persistentvolumeclaims', 'requests.storage']);

/** What may be counted in a scope. */
const scopes: Readonly<Record<string, ReadonlySet<string>>> = {
  BestEffort: new Set(['pods']),
  NotBestEffort: ofPods,
  Terminating: ofPods,
  NotTerminating: ofPods,
  PriorityClass: ofPods,
  CrossNamespacePodAffinity: ofPods,
  VolumeAttributesClass: ofClaims,
};

const onlyExist = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);

export function validateResourceQuota(quota: KubeObject, errors: Errors, before?: unknown): void {
  const { hard, scopes: given, scopeSelector } = mapping(quota.spec);
  const names = Object.keys(mapping(hard)).sort();
  validateAmounts(errors, hard, 'spec.hard');
  validateScopes(errors, textsOf(given), names);
  if (scopeSelector !== undefined) validateSelector(errors, mapping(scopeSelector), names);
  if (before === undefined) return;
  const old = new Set(textsOf(mapping(mapping(before)['spec'])['scopes']));
  const now = new Set(textsOf(given));
  if (old.size === now.size && [...old].every((scope) => now.has(scope))) return;
  errors.push(invalid('spec.scopes', given, 'field is immutable'));
}

export function validateResourceQuotaStatus({ status }: KubeObject, errors: Errors): void {
  for (const part of ['hard', 'used']) {
    validateAmounts(errors, mapping(status)[part], `status.${part}`);
  }
}

function validateAmounts(errors: Errors, amounts: unknown, field: string): void {
  for (const [name, text] of Object.entries(mapping(amounts)).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const at = `${field}[${name}]`;
    validateQuotaResource(errors, name, at);
    validateAmount(errors, name, textOf(text), at);
  }
}

const fits = (scope: string, resource: string): boolean =>
  !isQuotaResource(resource) || (scopes[scope]?.has(resource) ?? true);

function validateScopes(errors: Errors, given: readonly string[], names: readonly string[]): void {
  const at = 'spec.scopes';
  for (const scope of given) {
    if (scopes[scope] === undefined) errors.push(invalid(at, given, 'unsupported scope'));
    for (const name of names) {
      if (fits(scope, name)) continue;
      errors.push(invalid(at, given, 'unsupported scope applied to resource'));
    }
  }
  validatePairs(errors, new Set(given), at, given);
}

function validatePairs(
  errors: Errors,
  given: ReadonlySet<string>,
  at: string,
  shown: unknown,
): void {
  for (const scope of ['BestEffort', 'Terminating']) {
    if (!given.has(scope) || !given.has(`Not${scope}`)) continue;
    errors.push(invalid(at, shown, 'conflicting scopes'));
  }
}

const existsOnly =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function validateSelector(
  errors: Errors,
  selector: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  const at = 'spec.scopeSelector.matchExpressions';
  const given = new Set<string>();
  for (const { scopeName, operator, values } of listOf(selector['matchExpressions'])) {
    const [scope, how, list] = [textOf(scopeName), textOf(operator), textsOf(values)];
    if (scopes[scope] === undefined) {
      errors.push(invalid(`${at}.scopeName`, scope, 'unsupported scope'));
    }
    for (const name of names) {
      if (fits(scope, name)) continue;
      errors.push(invalid(at, selector, 'unsupported scope applied to resource'));
    }
    if (onlyExist.has(scope) && how !== 'Exists') {
      errors.push(invalid(`${at}.operator`, how, existsOnly));
    }
    if (how === 'In' || how === 'NotIn') {
      if (list.length === 0) {
        const why =
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
        errors.push(required(`${at}.values`, why));
      }
    } else if (how === 'Exists' || how === 'DoesNotExist') {
      if (list.length > 0) {
        const why =
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
        errors.push(invalid(`${at}.values`, list, why));
      }
    } else errors.push(invalid(`${at}.operator`, how, 'not a valid selector operator'));
    given.add(scope);
  }
  validatePairs(errors, given, at, null);
}
