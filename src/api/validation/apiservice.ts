/** Validation of APIServices: which server answers for a version of a group (kube-aggregator's apiregistration/validation). */
import { type Fields, mapping, textOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { type Errors, invalid, required } from './errors.ts';
import { label1035Errors, subdomainErrors } from './names.ts';

type Loose = KubeObject & Fields;

const groupPriorityMax = 20_000;
const versionPriorityMax = 1_000;

export function validateAPIService({ metadata, spec }: Loose, errors: Errors): void {
  const given = mapping(spec);
  const [group, version] = [textOf(given['group']), textOf(given['version'])];
  const wanted = `${version}.${group}`;
  if (metadata.name !== wanted) {
    const why = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
    errors.push(invalid('metadata.name', metadata.name, why));
  }
  if (group === '' && version !== 'v1') {
    const why = 'only v1 may have an empty group and it better be legacy kube';
    errors.push(required('spec.group', why));
  }
  for (const error of group === '' ? [] : subdomainErrors(group)) {
    errors.push(invalid('spec.group', group, error));
  }
  for (const error of label1035Errors(version))
    errors.push(invalid('spec.version', version, error));
  validatePriority(errors, given, 'groupPriorityMinimum', groupPriorityMax);
  validatePriority(errors, given, 'versionPriority', versionPriorityMax);
  validateService(errors, given);
}

function validatePriority(errors: Errors, spec: Fields, name: string, max: number): void {
  const priority = Number(spec[name] ?? 0);
  if (priority > 0 && priority <= max) return;
  errors.push(invalid(`spec.${name}`, priority, `must be positive and less than ${max}`));
}

function validateService(errors: Errors, spec: Fields): void {
  const { service, insecureSkipTLSVerify: isInsecure, caBundle } = spec;
  const bundle = textOf(caBundle);
  const insecure = 'spec.insecureSkipTLSVerify';
  if (service === undefined) {
    if (bundle !== '') {
      const bytes = `${Math.floor((bundle.replace(/=+$/, '').length * 3) / 4)} bytes`;
      errors.push(invalid('spec.caBundle', bytes, 'local APIServices may not have a caBundle'));
    }
    if (isInsecure === true) {
      const why = 'local APIServices may not have insecureSkipTLSVerify';
      errors.push(invalid(insecure, true, why));
    }
    return;
  }
  const { namespace, name, port = 443 } = mapping(service);
  if (!namespace) errors.push(required('spec.service.namespace'));
  if (!name) errors.push(required('spec.service.name'));
  if (typeof port === 'number' && (port < 1 || port > 65_535)) {
    const why = `port is not valid: must be between 1 and 65535, inclusive`;
    errors.push(invalid('spec.service.port', port, why));
  }
  if (isInsecure === true && bundle !== '') {
    errors.push(invalid(insecure, true, 'may not be true if caBundle is present'));
  }
}
