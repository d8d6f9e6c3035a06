/** Validation of what a Pod as a whole asks for (upstream's validatePodResources), and of its claims. */

import { type Fields, listOf, textOf } from '../fields.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { totalOf } from '../quantities.ts';
import { compareQuantities, formatQuantity, parseQuantity } from '../quantity.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { isHugePages, quantityText, validateResourceName } from './resourcenames.ts';
import { validateRequirements } from './resources.ts';

const ofPods = ['cpu', 'memory', 'hugepages-'];

function validateName(errors: Errors, name: string, at: string): void {
  if (!validateResourceName(errors, name, at)) return;
  if (name === 'cpu' || name === 'memory' || isHugePages(name)) return;
  errors.push(unsupported(at, name, [...ofPods].sort()));
}

export function validatePodResources(errors: Errors, spec: PodSpec, at: string): void {
  const { resources } = spec;
  if (resources === undefined) return;
  if ((resources as Fields)['claims'] !== undefined) {
    const why = 'claims cannot be set for Resources at pod-level';
    errors.push(forbidden(`${at}.claims`, why));
  }
  validateRequirements(errors, resources, at, validateName);
  if (!Array.isArray(spec.containers)) return;
  const { resources: _own, ...containersOnly } = spec;
  const sums = totalOf(containersOnly as PodSpec, 'requests');
  for (const name of Object.keys(sums).sort()) {
    const own = resources.requests?.[name] ?? '0';
    const whole = parseQuantity(own);
    if (whole === undefined || compareQuantities(sums[name]!, whole) <= 0) continue;
    const why = `must be greater than or equal to aggregate container requests of ${formatQuantity(sums[name]!)}`;
    errors.push(invalid(`${at}.requests[${name}]`, quantityText(own), why));
  }
  spec.containers.forEach((container, i) => {
    const limits = container.resources?.limits ?? {};
    for (const name of Object.keys(limits).sort()) {
      const most = parseQuantity(resources.limits?.[name] ?? '');
      const own = parseQuantity(limits[name]!);
      if (most === undefined || own === undefined || compareQuantities(own, most) <= 0) continue;
      const why = `must be less than or equal to pod limits of ${formatQuantity(most)}`;
      const field = `${at}.containers[${i}][${name}].limits`;
      errors.push(invalid(field, formatQuantity(own), why));
    }
  });
}

const claimsOf = (spec: PodSpec) => listOf((spec as unknown as Fields)['resourceClaims']);

export const claimNamesOf = (spec: PodSpec): ReadonlySet<string> =>
  new Set(claimsOf(spec).flatMap(({ name }) => (name ? [textOf(name)] : [])));

export function validateClaims(errors: Errors, spec: PodSpec, field: string): void {
  const names = new Set<string>();
  claimsOf(spec).forEach((claim, i) => {
    const at = `${field}[${i}]`;
    const name = textOf(claim['name']);
    if (name === '') errors.push(required(`${at}.name`));
    else if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else {
      for (const error of labelErrors(name)) errors.push(invalid(`${at}.name`, name, error));
      names.add(name);
    }
    const { resourceClaimName: own, resourceClaimTemplateName: template } = claim;
    if (own !== undefined && template !== undefined) {
      const why =
        'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(invalid(at, claim, why));
    }
    if (own === undefined && template === undefined) {
      const why = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      errors.push(invalid(at, claim, why));
    }
    for (const [part, value] of Object.entries({
      resourceClaimName: own,
      resourceClaimTemplateName: template,
    })) {
      if (value === undefined) continue;
      for (const error of subdomainErrors(textOf(value))) {
        errors.push(invalid(`${at}.${part}`, value, error));
      }
    }
  });
}
