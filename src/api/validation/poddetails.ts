/** Validation of what a Pod says of its names, its network, its gates and its system. */
import type { PodSpec } from '../podspec.ts';
import { duplicate, type Errors, invalid, required, unsupported } from './errors.ts';
import { validateIP } from './ip.ts';
import { labelErrors, qualifiedNameErrors, subdomainErrors } from './names.ts';

type Fields = Readonly<Record<string, unknown>>;

export function validateDetails(errors: Errors, spec: PodSpec, at: string): void {
  const { hostname, subdomain, schedulingGates = [], readinessGates = [] } = spec;
  named(errors, hostname, labelErrors, `${at}.hostname`);
  named(errors, subdomain, labelErrors, `${at}.subdomain`);
  const { runtimeClassName, os } = spec as unknown as Fields;
  named(errors, spec.serviceAccountName, subdomainErrors, `${at}.serviceAccountName`);
  named(errors, runtimeClassName, subdomainErrors, `${at}.runtimeClassName`);
  validateNetwork(errors, spec, at);
  readinessGates.forEach(({ conditionType }, i) => {
    for (const error of qualifiedNameErrors(conditionType)) {
      errors.push(invalid(`${at}.readinessGates[${i}].conditionType`, conditionType ?? '', error));
    }
  });
  const gates = new Set<string>();
  schedulingGates.forEach(({ name }, i) => {
    const field = `${at}.schedulingGates[${i}]`;
    for (const error of qualifiedNameErrors(name)) errors.push(invalid(field, name ?? '', error));
    if (gates.has(name)) errors.push(duplicate(field, name));
    gates.add(name);
  });
  if (os === undefined) return;
  const { name = '' } = os as { name?: string };
  const systems = ['linux', 'windows'];
  if (name === '') errors.push(required(`${at}.os.name`, 'cannot be empty'));
  else if (!systems.includes(name)) errors.push(unsupported(`${at}.os.name`, name, systems));
}

function named(
  errors: Errors,
  name: unknown,
  check: (name: string) => readonly string[],
  field: string,
): void {
  if (typeof name !== 'string' || name === '') return;
  for (const error of check(name)) errors.push(invalid(field, name, error));
}

const nameserversMax = 3;

function validateNetwork(errors: Errors, spec: PodSpec, at: string): void {
  const { hostAliases = [], dnsConfig } = spec as {
    readonly hostAliases?: readonly {
      readonly ip?: string;
      readonly hostnames?: readonly string[];
    }[];
    readonly dnsConfig?: { readonly nameservers?: readonly string[] };
  };
  hostAliases.forEach(({ ip, hostnames = [] }, i) => {
    validateIP(errors, `${at}.hostAliases[${i}].ip`, ip ?? '');
    hostnames.forEach((hostname, j) => {
      for (const error of subdomainErrors(hostname)) {
        errors.push(invalid(`${at}.hostAliases[${i}].hostnames[${j}]`, hostname, error));
      }
    });
  });
  const { nameservers = [] } = dnsConfig ?? {};
  const field = `${at}.dnsConfig`;
  if (spec.dnsPolicy === 'None') {
    if (dnsConfig === undefined) {
      errors.push(required(field, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    } else if (nameservers.length === 0) {
      const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      errors.push(required(`${field}.nameservers`, why));
    }
  }
  if (nameservers.length > nameserversMax) {
    const why = `must not have more than ${nameserversMax} nameservers`;
    errors.push(invalid(`${field}.nameservers`, nameservers, why));
  }
  nameservers.forEach((server, i) => {
    validateIP(errors, `${field}.nameservers[${i}]`, server);
  });
}
