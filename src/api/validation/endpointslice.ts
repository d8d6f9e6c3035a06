/** Validation of EndpointSlices (upstream's pkg/apis/discovery/validation). */

import { deepEqual } from '../equal.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../service/endpointslice.ts';
import { duplicate, type Errors, invalid, required, tooMany, unsupported } from './errors.ts';
import { isIP, isIPv4, specialAddress, validateIP } from './ip.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { validateSpoken } from './ports.ts';

const types = ['FQDN', 'IPv4', 'IPv6'];
const endpointsMax = 1_000;
const addressesMax = 100;
const portsMax = 20_000;

/** Endpoints that an update leaves as they were are not looked at again. */
export function validateSlice(
  errors: Errors,
  { addressType, endpoints, ports }: EndpointSlice,
  before?: EndpointSlice,
): void {
  if (!addressType) errors.push(required('addressType'));
  else if (!types.includes(addressType)) {
    errors.push(unsupported('addressType', addressType, types));
  }
  const all = deepEqual(endpoints, before?.endpoints) ? [] : (endpoints ?? []);
  if (all.length > endpointsMax) errors.push(tooMany('endpoints', all.length, endpointsMax));
  else {
    all.forEach((endpoint, i) => {
      validateEndpoint(errors, `endpoints[${i}]`, endpoint, addressType);
    });
  }
  validatePorts(errors, ports ?? []);
}

function validateEndpoint(
  errors: Errors,
  at: string,
  { addresses, hostname, nodeName }: Endpoint,
  type: EndpointSlice['addressType'],
): void {
  const all = addresses ?? [];
  if (all.length === 0) {
    errors.push(required(`${at}.addresses`, 'must contain at least 1 address'));
  } else if (all.length > addressesMax) {
    errors.push(tooMany(`${at}.addresses`, all.length, addressesMax));
  }
  all.forEach((address, i) => {
    validateAddress(errors, `${at}.addresses[${i}]`, address, type);
  });
  if (nodeName !== undefined) {
    for (const why of subdomainErrors(nodeName)) {
      errors.push(invalid(`${at}.nodeName`, nodeName, why));
    }
  }
  if (hostname === undefined) return;
  for (const why of labelErrors(hostname)) errors.push(invalid(`${at}.hostname`, hostname, why));
}

function validateAddress(
  errors: Errors,
  at: string,
  address: string,
  type: EndpointSlice['addressType'],
): void {
  if (type === 'FQDN') {
    for (const why of subdomainErrors(address)) errors.push(invalid(at, address, why));
    return;
  }
  if (type !== 'IPv4' && type !== 'IPv6') return;
  if (!isIP(address)) return validateIP(errors, at, address);
  if (isIPv4(address) !== (type === 'IPv4')) {
    errors.push(invalid(at, address, `must be an ${type} address`));
  }
  const why = specialAddress(address);
  if (why !== undefined) errors.push(invalid(at, address, why));
}

function validatePorts(errors: Errors, ports: readonly EndpointPort[]): void {
  if (ports.length > portsMax) {
    errors.push(tooMany('ports', ports.length, portsMax));
    return;
  }
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const { name = '' } = port;
    const at = `ports[${i}]`;
    if (name !== '') {
      for (const why of labelErrors(name)) errors.push(invalid(`${at}.name`, name, why));
    }
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    validateSpoken(errors, at, port);
  });
}
