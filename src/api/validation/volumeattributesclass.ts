/** Validation of VolumeAttributesClasses: what is given to a driver, and never changes (api-06 §2, §3). */
import { deepEqual } from '../equal.ts';
import { type Fields, mapping } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { type Errors, forbidden, required } from './errors.ts';
import { validateParameters, validateProvisioner } from './storageclass.ts';

type Loose = KubeObject & Fields;

export function validateVolumeAttributesClass(object: Loose, errors: Errors, before?: Loose): void {
  const parameters = mapping(object['parameters']) as Readonly<Record<string, string>>;
  validateProvisioner(errors, object['driverName'], 'driverName');
  if (Object.keys(parameters).length === 0) {
    errors.push(required('parameters', 'must contain at least one key/value pair'));
  } else validateParameters(errors, parameters);
  for (const field of before === undefined ? [] : ['driverName', 'parameters']) {
    if (deepEqual(object[field], before![field])) continue;
    errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  }
}
