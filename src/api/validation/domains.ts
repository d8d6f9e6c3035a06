/** Names with a domain in them: `a.example.com`, `example.com/path`, `example.com/signer`. */
import type { FieldError } from '../kind.ts';
import { type Errors, invalid, required, tooLong } from './errors.ts';
import { labelErrors, subdomainErrors } from './names.ts';

/** At least three parts: names of webhooks. */
export function fullyQualifiedErrors(field: string, name: string): readonly FieldError[] {
  if (name === '') return [required(field)];
  const errors = subdomainErrors(name);
  if (errors.length > 0) return [invalid(field, name, errors.join(','))];
  if (name.split('.').length >= 3) return [];
  const why = 'should be a domain with at least three segments separated by dots';
  return [invalid(field, name, why)];
}

const pathPattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** `acme.io/foo`: names of controllers. */
export function domainPathErrors(field: string, text: string): readonly FieldError[] {
  if (text === '') return [required(field)];
  const slash = text.indexOf('/');
  const [host, path] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
  if (host === '' || path === '') {
    return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const errors = subdomainErrors(host).map((error) => invalid(field, host, error));
  if (new RegExp(`^${pathPattern}$`).test(path)) return errors;
  const why = `Invalid path (regex used for validation is '${pathPattern}')`;
  return [...errors, invalid(field, path, why)];
}

const domainMax = 253;
const signerMax = 571;

/** `example.com/my-signer` (upstream's ValidateSignerName). */
export function signerErrors(field: string, name: string): readonly FieldError[] {
  if (name === '') return [required(field)];
  const segments = name.split('/');
  if (segments.length !== 2) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalid(field, name, why)];
  }
  const errors: Errors = [];
  const [domain, path] = segments as [string, string];
  if (domain.length > domainMax) errors.push(tooLong(field, domainMax));
  const labels = domain.split('.');
  firstBroken(errors, field, domain, labels, labelErrors);
  if (labels.length < 2) {
    const why = 'should be a domain with at least two segments separated by dots';
    errors.push(invalid(field, domain, why));
  }
  firstBroken(errors, field, path, path.split('.'), subdomainErrors);
  if (name.length > signerMax) errors.push(tooLong(field, signerMax));
  return errors;
}

function firstBroken(
  errors: Errors,
  field: string,
  whole: string,
  labels: readonly string[],
  check: (label: string) => readonly string[],
): void {
  const broken = labels.find((label) => check(label).length > 0);
  if (broken === undefined) return;
  for (const error of check(broken)) {
    errors.push(invalid(field, whole, `validating label ${JSON.stringify(broken)}: ${error}`));
  }
}
