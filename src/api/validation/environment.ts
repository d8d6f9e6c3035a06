/** Validation of the environment of a container: variables, and where their values come from. */

import { type Fields, mapping, textOf } from '../fields.ts';
import type { EnvVar } from '../pod/podspec.ts';
import { type Errors, invalid, required } from './errors.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { validateLocalPath } from './paths.ts';
import { validateKey, validatePodField, validateResourceField } from './selectors.ts';

const nameRule =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";
const isName = (text: string): boolean => /^[ -<>-~]+$/.test(text);

export function validateEnv(errors: Errors, env: readonly EnvVar[], field: string): void {
  env.forEach(({ name, value, valueFrom }, i) => {
    const at = `${field}[${i}]`;
    if (!name) errors.push(required(`${at}.name`));
    else if (!isName(name)) errors.push(invalid(`${at}.name`, name, nameRule));
    if (valueFrom === undefined) return;
    validateSource(errors, mapping(valueFrom), value, `${at}.valueFrom`);
  });
}

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function validateSource(errors: Errors, from: Fields, value: string | undefined, at: string): void {
  const given = sources.filter((name) => from[name] !== undefined);
  for (const name of given) {
    const ref = mapping(from[name]);
    if (name === 'fieldRef') validatePodField(errors, ref, 'environment', `${at}.${name}`);
    else if (name === 'resourceFieldRef') {
      validateResourceField(errors, ref, 'environment', `${at}.${name}`);
    } else if (name === 'fileKeyRef') validateFileKey(errors, ref, `${at}.${name}`);
    else validateKey(errors, ref, `${at}.${name}`);
  }
  if (given.length === 0) {
    const all = sources.map((name) => `\`${name}\``);
    const why = `must specify one of: ${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
    errors.push(invalid(at, '', why));
  } else if (value !== undefined && value !== '') {
    errors.push(invalid(at, '', 'may not be specified when `value` is not empty'));
  } else if (given.length > 1) {
    errors.push(invalid(at, '', 'may not have more than one field specified at a time'));
  }
}

function validateFileKey(errors: Errors, ref: Fields, at: string): void {
  const [volume, path, key] = ['volumeName', 'path', 'key'].map((name) => textOf(ref[name])) as [
    string,
    string,
    string,
  ];
  if (volume === '') errors.push(required(`${at}.volumeName`));
  else {
    for (const error of labelErrors(volume))
      errors.push(invalid(`${at}.volumeName`, volume, error));
  }
  if (path === '') errors.push(required(`${at}.path`));
  else validateLocalPath(errors, path, `${at}.path`);
  if (key === '') errors.push(required(`${at}.key`));
  else if (!isName(key)) errors.push(invalid(`${at}.key`, key, nameRule));
}

/** That a source says nothing, or too much, is blamed on the list as a whole. */
export function validateEnvFrom(errors: Errors, list: readonly Fields[], field: string): void {
  list.forEach(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${field}[${i}]`;
    if (prefix && !isName(textOf(prefix))) errors.push(invalid(`${at}.prefix`, prefix, nameRule));
    for (const [part, ref] of Object.entries({ configMapRef, secretRef })) {
      if (ref === undefined) continue;
      const name = textOf(mapping(ref)['name']);
      if (name === '') errors.push(required(`${at}.${part}.name`));
      else {
        for (const error of subdomainErrors(name.replace(/-$/, 'a'))) {
          errors.push(invalid(`${at}.${part}.name`, name, error));
        }
      }
    }
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
    }
  });
}
