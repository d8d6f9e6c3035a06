/** Validation of files that tell a Pod of itself (upstream's validateDownwardAPIVolumeFile). */

import { type Fields, mapping, textOf } from '../fields.ts';
import { type Errors, invalid, required } from './errors.ts';
import { validateLocalPath, validateMode } from './paths.ts';
import { validatePodField, validateResourceField } from './selectors.ts';

/** Its files are blamed on the volume as a whole. */
export function validateDownwardFile(errors: Errors, file: Fields, at: string): void {
  const { path, fieldRef, resourceFieldRef, mode } = file;
  if (!path) errors.push(required(`${at}.path`));
  validateLocalPath(errors, textOf(path), `${at}.path`);
  if (fieldRef !== undefined) {
    validatePodField(errors, mapping(fieldRef), 'volume', `${at}.fieldRef`);
    if (resourceFieldRef !== undefined) {
      const why = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(invalid(at, 'resource', why));
    }
  } else if (resourceFieldRef !== undefined) {
    validateResourceField(errors, mapping(resourceFieldRef), 'volume', `${at}.resourceFieldRef`);
  } else errors.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
  validateMode(errors, mode, `${at}.mode`);
}
