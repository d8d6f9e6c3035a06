/** Validation of StorageClasses (api-06 §2, §3). */
import { deepEqual } from '../equal.ts';
import { textOf } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import type { StorageClass } from '../volume/storageclass.ts';
import {
  duplicate,
  type Errors,
  forbidden,
  invalid,
  required,
  tooLong,
  unsupported,
} from './errors.ts';
import { qualifiedNameErrors } from './names.ts';

const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];

export function validateStorageClass({
  provisioner,
  reclaimPolicy,
  volumeBindingMode,
  parameters = {},
  allowedTopologies = [],
}: StorageClass): readonly FieldError[] {
  const errors: Errors = [];
  validateProvisioner(errors, provisioner, 'provisioner');
  validateParameters(errors, parameters);
  if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy)) {
    errors.push(unsupported('reclaimPolicy', reclaimPolicy, reclaimPolicies));
  }
  if (volumeBindingMode && !bindingModes.includes(volumeBindingMode)) {
    errors.push(unsupported('volumeBindingMode', volumeBindingMode, bindingModes));
  }
  validateTopologies(errors, allowedTopologies);
  return errors;
}

export function validateProvisioner(errors: Errors, given: unknown, field: string): void {
  const name = textOf(given);
  if (name === '') errors.push(required(field));
  for (const error of name === '' ? [] : qualifiedNameErrors(name.toLowerCase())) {
    errors.push(invalid(field, name, error));
  }
}

const parametersMax = 512;
const bytesMax = 256 * 1024;

export function validateParameters(
  errors: Errors,
  parameters: Readonly<Record<string, string>>,
): void {
  const pairs = Object.entries(parameters);
  if (pairs.length > parametersMax) {
    errors.push(tooLong('parameters', parametersMax));
    return;
  }
  if ('' in parameters) errors.push(invalid('parameters', '', 'field can not be empty.'));
  const bytes = pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (bytes > bytesMax) errors.push(tooLong('parameters', bytesMax));
}

function validateTopologies(
  errors: Errors,
  terms: NonNullable<StorageClass['allowedTopologies']>,
): void {
  const seen: unknown[] = [];
  terms.forEach(({ matchLabelExpressions = [] }, i) => {
    const at = `allowedTopologies[${i}].matchLabelExpressions`;
    const known: Record<string, readonly string[]> = {};
    matchLabelExpressions.forEach(({ key, values = [] }, j) => {
      const field = `${at}[${j}]`;
      if (values.length === 0) errors.push(required(`${field}.values`));
      values.forEach((value, k) => {
        if (values.indexOf(value) < k) errors.push(duplicate(`${field}.values[${k}]`, value));
      });
      for (const error of qualifiedNameErrors(key)) {
        errors.push(invalid(`${field}.key`, key, error));
      }
      if (Object.hasOwn(known, key)) errors.push(duplicate(`${field}.key`, key));
      known[key] = [...new Set(values)].sort();
    });
    if (seen.some((one) => deepEqual(one, known))) errors.push(duplicate(at, ''));
    seen.push(known);
  });
}

const unchanging = ['parameters', 'provisioner', 'reclaimPolicy'] as const;

export function validateStorageClassUpdate(
  next: StorageClass,
  current: StorageClass,
): readonly FieldError[] {
  const errors: Errors = [...validateStorageClass(next)];
  for (const field of unchanging) {
    if (deepEqual(next[field], current[field])) continue;
    errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  }
  const { volumeBindingMode } = next;
  if (volumeBindingMode !== current.volumeBindingMode) {
    errors.push(invalid('volumeBindingMode', volumeBindingMode, 'field is immutable'));
  }
  return errors;
}
