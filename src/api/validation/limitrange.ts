/** Validation of LimitRanges (upstream's ValidateLimitRange). Names of resources are taken in order. */

import { type Fields, listOf, mapping, textOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import type { QuantityTexts } from '../quantities.ts';
import { formatQuantity, milliOf, parseQuantity, type Quantity } from '../quantity.ts';
import { duplicate, type Errors, forbidden, invalid, required } from './errors.ts';
import { qualifiedNameErrors } from './names.ts';
import { mayOvercommit, validateContainerResource, validateResourceName } from './resourcenames.ts';

const standardTypes = ['Pod', 'Container', 'PersistentVolumeClaim'];

export function validateLimitRange({ spec }: KubeObject, errors: Errors): void {
  const types = new Set<string>();
  listOf(mapping(spec)['limits']).forEach((item, i) => {
    const at = `spec.limits[${i}]`;
    const type = textOf(item['type']);
    validateType(errors, type, `${at}.type`);
    if (types.has(type)) errors.push(duplicate(`${at}.type`, type));
    types.add(type);
    validateItem(errors, item, type, at);
  });
}

function validateType(errors: Errors, type: string, at: string): void {
  const found = qualifiedNameErrors(type);
  for (const error of found) errors.push(invalid(at, type, error));
  if (found.length > 0 || type.includes('/') || standardTypes.includes(type)) return;
  errors.push(invalid(at, type, 'must be a standard limit type or fully qualified'));
}

const parts = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type Part = (typeof parts)[number];

function validateItem(errors: Errors, item: Fields, type: string, at: string): void {
  const values = Object.fromEntries(parts.map((part) => [part, mapping(item[part])])) as Record<
    Part,
    QuantityTexts
  >;
  for (const part of parts) {
    if (part === 'maxLimitRequestRatio') validateClaims(errors, values, type, at);
    const isDefault = part === 'default' || part === 'defaultRequest';
    if (type === 'Pod' && isDefault) {
      if (Object.keys(values[part]).length > 0) {
        errors.push(forbidden(`${at}.${part}`, "may not be specified when `type` is 'Pod'"));
      }
      values[part] = {};
    }
    for (const name of Object.keys(values[part]).sort()) {
      const field = `${at}.${part}[${name}]`;
      if (type === 'Pod' || type === 'Container') validateContainerResource(errors, name, field);
      else validateResourceName(errors, name, field);
    }
  }
  const names = new Set(parts.flatMap((part) => Object.keys(values[part])));
  for (const name of [...names].sort()) validateLimits(errors, name, values, at);
}

function validateClaims(
  errors: Errors,
  { min, max }: Readonly<Record<Part, QuantityTexts>>,
  type: string,
  at: string,
): void {
  if (type !== 'PersistentVolumeClaim') return;
  if (min['storage'] !== undefined || max['storage'] !== undefined) return;
  const why = 'either minimum or maximum storage value is required, but neither was provided';
  errors.push(required(`${at}.limits`, why));
}

function validateLimits(
  errors: Errors,
  name: string,
  values: Readonly<Record<Part, QuantityTexts>>,
  at: string,
): void {
  const [max, min, given, request, ratio] = parts.map((part) =>
    parseQuantity(values[part][name] ?? ''),
  );
  const greater = (a: Quantity | undefined, b: Quantity | undefined): boolean =>
    a !== undefined && b !== undefined && a.nanos > b.nanos;
  const show = (one: Quantity | undefined): string => formatQuantity(one!);
  const refuse = (part: Part, value: Quantity | undefined, why: string): void => {
    errors.push(invalid(`${at}.${part}[${name}]`, show(value), why));
  };
  if (greater(min, max)) {
    refuse('min', min, `min value ${show(min)} is greater than max value ${show(max)}`);
  }
  if (greater(min, request)) {
    const why = `min value ${show(min)} is greater than default request value ${show(request)}`;
    refuse('defaultRequest', request, why);
  }
  if (greater(request, max)) {
    const why = `default request value ${show(request)} is greater than max value ${show(max)}`;
    refuse('defaultRequest', request, why);
  }
  if (greater(request, given)) {
    const why = `default request value ${show(request)} is greater than default limit value ${show(given)}`;
    refuse('defaultRequest', request, why);
  }
  if (greater(min, given)) {
    refuse('default', min, `min value ${show(min)} is greater than default value ${show(given)}`);
  }
  if (greater(given, max)) {
    refuse('default', max, `default value ${show(given)} is greater than max value ${show(max)}`);
  }
  if (ratio !== undefined && milliOf(show(ratio)) < 1000) {
    refuse('maxLimitRequestRatio', ratio, `ratio ${show(ratio)} is less than 1`);
  }
  if (ratio !== undefined && min !== undefined && max !== undefined && min.nanos !== 0n) {
    const most = milliOf(show(max)) / milliOf(show(min));
    if (milliOf(show(ratio)) / 1000 > most) {
      const why = `ratio ${show(ratio)} is greater than max/min = ${most.toFixed(6)}`;
      refuse('maxLimitRequestRatio', ratio, why);
    }
  }
  if (mayOvercommit(name) || given === undefined || request === undefined) return;
  if (given.nanos === request.nanos) return;
  const why = `default value ${show(given)} must equal to defaultRequest value ${show(request)} in ${name}`;
  refuse('defaultRequest', request, why);
}
