/** The addresses of a Service and their families (api-06 §2, §3). */
import { isHeadless, type Service } from '../service/service.ts';
import { duplicate, type Errors, invalid, required, unsupported } from './errors.ts';
import { isIPv4, validateIP } from './ip.ts';

const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Whether its addresses fit each other. Asked before anything else: what is wrong here stands alone. */
export function addressErrors(service: Service, current?: Service): Errors {
  const errors: Errors = [];
  const { type, clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = service.spec;
  if (type === 'ExternalName') return errors;
  const at = 'spec.clusterIPs';
  if (clusterIP && clusterIPs.length === 0) errors.push(required(at));
  else if (clusterIP && clusterIPs[0] !== clusterIP) {
    errors.push(invalid(at, clusterIPs, 'first value must match `clusterIP`'));
  } else if (!clusterIP && clusterIPs.length > 0) {
    errors.push(invalid(at, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  }
  ipFamilies.forEach((family, i) => {
    const field = `spec.ipFamilies[${i}]`;
    if (!families.includes(family)) errors.push(unsupported(field, family, families));
    if (ipFamilies.indexOf(family) < i) errors.push(duplicate(field, family));
  });
  if (ipFamilyPolicy !== undefined && !familyPolicies.includes(ipFamilyPolicy)) {
    errors.push(unsupported('spec.ipFamilyPolicy', ipFamilyPolicy, familyPolicies));
  }
  validateList(errors, service, current?.spec.clusterIPs ?? []);
  return errors;
}

function validateList(errors: Errors, service: Service, known: readonly string[]): void {
  const { clusterIPs = [], ipFamilies = [] } = service.spec;
  const at = 'spec.clusterIPs';
  const wrong: Errors = [];
  clusterIPs.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (clusterIPs.length === 1) return;
      wrong.push(invalid(at, clusterIPs, "'None' must be the first and only value"));
    } else if (!known.includes(ip)) validateIP(wrong, `${at}[${i}]`, ip);
  });
  errors.push(...wrong);
  if (clusterIPs.length > 2) errors.push(invalid(at, clusterIPs, 'may only hold up to 2 values'));
  if (wrong.length > 0) return;
  const fours = clusterIPs.filter(isIPv4).length;
  if (clusterIPs.length > 1 && (fours === 0 || fours === clusterIPs.length)) {
    errors.push(invalid(at, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (isHeadless(service) || errors.length > 0) return;
  clusterIPs.forEach((ip, i) => {
    const family = ipFamilies[i];
    if (family === undefined || isIPv4(ip) === (family === 'IPv4')) return;
    const why = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``;
    errors.push(invalid(`${at}[${i}]`, ip, why));
  });
}

/** A second address may come and go; what is there does not change, unless no address was or will be there. */
export function validateAddressUpdate(errors: Errors, next: Service, current: Service): void {
  if (next.spec.type === 'ExternalName' || current.spec.type === 'ExternalName') return;
  const [headless, wasHeadless] = [isHeadless(next), isHeadless(current)];
  if (!headless || !wasHeadless) validateKept(errors, next, current, 'clusterIPs', 'clusterIP');
  if (!headless && !wasHeadless) validateKept(errors, next, current, 'ipFamilies', 'ipFamily');
}

function validateKept(
  errors: Errors,
  { spec }: Service,
  { spec: wasSpec }: Service,
  list: 'clusterIPs' | 'ipFamilies',
  one: string,
): void {
  const [is, was]: readonly (readonly string[])[] = [spec[list] ?? [], wasSpec[list] ?? []];
  const at = (i: number): string => `spec.${list}[${i}]`;
  const kept = is!.length === was!.length ? was!.length : Math.min(1, is!.length, was!.length);
  if (is!.length === 0 && was!.length > 0) {
    errors.push(invalid(at(0), is, `primary ${one} can not be unset`));
  }
  for (let i = 0; i < kept; i++) {
    if (is![i] !== was![i]) errors.push(invalid(at(i), is, 'may not change once set'));
  }
  if (is!.length === 1 && was!.length > 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const why = `must be set to 'SingleStack' when releasing the secondary ${one}`;
    errors.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, why));
  }
}
