/**
 * Validation of requests for certificates (upstream's pkg/apis/certificates/validation). What is asked
 * for is looked at as far as its frame goes; signatures are not checked.
 */
import { deepEqual } from '../equal.ts';
import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import { signerErrors } from './domains.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

const legacy = 'kubernetes.io/legacy-unknown';
const secondsMin = 600;
const decisions = ['Approved', 'Denied'];
const onlyTrue = [...decisions, 'Failed'];

export function validateCertificateRequest(request: KubeObject, errors: Errors): void {
  const { request: pem, usages: asked, signerName, expirationSeconds } = mapping(request.spec);
  const why = pemProblem(textOf(pem));
  if (why !== undefined) errors.push(invalid('spec.request', bytesOf(textOf(pem)), why));
  const list = textsOf(asked);
  if (list.length === 0) errors.push(required('spec.usages'));
  list.forEach((usage, i) => {
    if (usages.includes(usage)) return;
    errors.push(unsupported(`spec.usages[${i}]`, usage, usages));
  });
  list.forEach((usage, i) => {
    if (list.indexOf(usage) !== i) errors.push(duplicate(`spec.usages[${i}]`, usage));
  });
  if (signerName === legacy) {
    const detail = 'the legacy signerName is not allowed via this API version';
    errors.push(invalid('spec.signerName', signerName, detail));
  } else errors.push(...signerErrors('spec.signerName', textOf(signerName)));
  if (typeof expirationSeconds === 'number' && expirationSeconds < secondsMin) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, detail));
  }
  validateConditions(errors, conditionsOf(request));
}

const conditionsOf = ({ status }: KubeObject): readonly Fields[] =>
  listOf(mapping(status)['conditions']);

/** As Go's JSON writes bytes. */
const bytesOf = (base64: string): string => base64;

const frame = /^-----BEGIN CERTIFICATE REQUEST-----\n[\s\S]+?-----END CERTIFICATE REQUEST-----/;

function pemProblem(base64: string): string | undefined {
  const bad = 'PEM block type must be CERTIFICATE REQUEST';
  try {
    return frame.test(atob(base64).trimStart()) ? undefined : bad;
  } catch {
    return bad;
  }
}

function validateConditions(errors: Errors, conditions: readonly Fields[]): void {
  const seen = new Set<string>();
  conditions.forEach(({ type, status }, i) => {
    const at = `status.conditions[${i}]`;
    const [name, value] = [textOf(type), textOf(status)];
    if (name === '') errors.push(required(`${at}.type`));
    const values = onlyTrue.includes(name) ? ['True'] : ['False', 'True', 'Unknown'];
    if (value === '') errors.push(required(`${at}.status`));
    else if (!values.includes(value)) errors.push(unsupported(`${at}.status`, value, values));
    const other = decisions.find((one) => one !== name);
    if (decisions.includes(name) && seen.has(other!)) {
      const why = 'Approved and Denied conditions are mutually exclusive';
      errors.push(invalid(`${at}.type`, name, why));
    }
    if (seen.has(name)) errors.push(duplicate(`${at}.type`, name));
    seen.add(name);
  });
}

/** @param part `approval`, `status`, or the object as a whole */
export function validateCertificateRequestUpdate(
  next: KubeObject,
  current: KubeObject,
  part?: string,
): readonly FieldError[] {
  const errors: Errors = [];
  validateCertificateRequest(next, errors);
  const at = 'status.conditions';
  const of = (request: KubeObject, type: string) =>
    conditionsOf(request).filter((condition) => condition['type'] === type);
  for (const type of onlyTrue) {
    if (of(next, type).length >= of(current, type).length) continue;
    errors.push(forbidden(at, `updates may not remove a condition of type "${type}"`));
  }
  for (const type of part === 'approval' ? [] : decisions) {
    const [now, was] = [of(next, type), of(current, type)];
    if (now.length > was.length) {
      errors.push(forbidden(at, `updates may not add a condition of type "${type}"`));
    } else if (now.length === was.length && !deepEqual(now, was)) {
      errors.push(forbidden(at, `updates may not modify a condition of type "${type}"\n`));
    }
  }
  const [now, was] = [next, current].map(({ status }) => textOf(mapping(status)['certificate']));
  if (now === was) return errors;
  const field = 'status.certificate';
  if (part !== 'status') {
    errors.push(forbidden(field, 'updates may not set certificate content'));
  } else if (was !== '') {
    errors.push(forbidden(field, 'updates may not modify existing certificate content'));
  }
  return errors;
}
