/** Validation of the environment of a container: variables, and where their values come from. */
import type { EnvVar } from '../podspec.ts';
import { type Errors, invalid, required } from './errors.ts';
import { validateKey, validatePodField, validateResourceField } from './selectors.ts';

type Fields = Readonly<Record<string, unknown>>;

const nameRule =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";
const isName = (text: string): boolean => /^[ -<>-~]+$/.test(text);

export function validateEnv(errors: Errors, env: readonly EnvVar[], field: string): void {
  env.forEach(({ name, value, valueFrom }, i) => {
    const at = `${field}[${i}]`;
    if (!name) errors.push(required(`${at}.name`));
    else if (!isName(name)) errors.push(invalid(`${at}.name`, name, nameRule));
    if (valueFrom === undefined) return;
    validateSource(errors, valueFrom as Fields, value, `${at}.valueFrom`);
  });
}

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function validateSource(errors: Errors, from: Fields, value: string | undefined, at: string): void {
  const given = sources.filter((name) => from[name] !== undefined);
  for (const name of given) {
    const ref = from[name] as Fields;
    if (name === 'fieldRef') validatePodField(errors, ref, 'environment', `${at}.${name}`);
    else if (name === 'resourceFieldRef') {
      validateResourceField(errors, ref, 'environment', `${at}.${name}`);
    } else if (name !== 'fileKeyRef') validateKey(errors, ref, `${at}.${name}`);
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

export function validateEnvFrom(errors: Errors, list: readonly Fields[], field: string): void {
  list.forEach(({ prefix = '', configMapRef, secretRef }, i) => {
    const at = `${field}[${i}]`;
    if (prefix !== '' && !isName(String(prefix))) {
      errors.push(invalid(`${at}.prefix`, prefix, nameRule));
    }
    for (const [name, ref] of Object.entries({ configMapRef, secretRef })) {
      if (ref !== undefined && !(ref as Fields)['name'])
        errors.push(required(`${at}.${name}.name`));
    }
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalid(at, '', 'may not have more than one field specified at a time'));
    }
  });
}
