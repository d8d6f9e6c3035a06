/** Validation of the ranges that Services have their addresses from, and of single addresses (pkg/apis/networking/validation). */
import { deepEqual } from '../equal.ts';
import { type Fields, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { type Errors, invalid, required } from './errors.ts';
import { parseCIDR, validateCIDR } from './ip.ts';
import { pathSegmentErrors, subdomainErrors } from './names.ts';

type Loose = KubeObject & Fields;

const immutable = 'field is immutable';
const field = 'spec.cidrs';

function validateRanges(errors: Errors, spec: Fields): void {
  const ranges = textsOf(spec['cidrs']);
  const shown = { CIDRs: ranges };
  if (ranges.length === 0) {
    errors.push(required(field, 'at least one CIDR required'));
    return;
  }
  if (ranges.length > 2) {
    errors.push(invalid(field, shown, 'may only hold up to 2 values'));
    return;
  }
  const families = new Set(ranges.map((range) => parseCIDR(range)?.address.bits));
  if (families.size < ranges.length || (ranges.length === 2 && families.has(undefined))) {
    const why =
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96';
    errors.push(invalid(field, shown, why));
    return;
  }
  ranges.forEach((range, i) => {
    validateCIDR(errors, `${field}[${i}]`, range);
  });
}

/** A second family may come, and nothing else may change. */
export function validateServiceCIDR({ spec }: Loose, errors: Errors, before?: Loose): void {
  const given = mapping(spec);
  if (before === undefined) return validateRanges(errors, given);
  const [next, old] = [textsOf(given['cidrs']), textsOf(mapping(before.spec)['cidrs'])];
  if (deepEqual(next, old)) return;
  if (old.length === 1 && next.length === 2) {
    if (next[0] !== old[0]) errors.push(invalid(`${field}[0]`, next[0], immutable));
    validateRanges(errors, given);
  } else if (next.length === old.length) {
    next.forEach((range, i) => {
      if (range !== old[i]) errors.push(invalid(`${field}[${i}]`, range, immutable));
    });
  } else errors.push(invalid(field, next, immutable));
}

/** Whose address it is never changes. */
export function validateIPAddress({ spec }: Loose, errors: Errors, before?: Loose): void {
  const { parentRef } = mapping(spec);
  const at = 'spec.parentRef';
  if (parentRef === undefined) errors.push(required(at));
  else {
    const { group, resource, namespace, name } = mapping(parentRef);
    for (const error of group ? subdomainErrors(textOf(group)) : []) {
      errors.push(invalid(`${at}.group`, group, error));
    }
    for (const [part, value] of Object.entries({ resource, name, namespace })) {
      if (!value && part !== 'namespace') errors.push(required(`${at}.${part}`));
      for (const error of value ? pathSegmentErrors(textOf(value)) : []) {
        errors.push(invalid(`${at}.${part}`, value, error));
      }
    }
  }
  if (before !== undefined && !deepEqual(parentRef, mapping(before.spec)['parentRef'])) {
    errors.push(invalid(at, parentRef, immutable));
  }
}
