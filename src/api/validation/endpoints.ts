/** Validation of Endpoints (api-06 §2), in upstream's order. */
import type { EndpointAddress, EndpointSubset, SubsetPort } from '../service/endpoints.ts';
import { type Errors, invalid, required } from './errors.ts';
import { specialAddress, validateIP } from './ip.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { validatePort, validateSpoken } from './ports.ts';

export function validateSubsets(errors: Errors, subsets: readonly EndpointSubset[] = []): void {
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const at = `subsets[${i}]`;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    }
    addresses.forEach((one, j) => {
      validateAddress(errors, `${at}.addresses[${j}]`, one);
    });
    notReadyAddresses.forEach((one, j) => {
      validateAddress(errors, `${at}.notReadyAddresses[${j}]`, one);
    });
    ports.forEach((port, j) => {
      validateEndpointPort(errors, `${at}.ports[${j}]`, port, ports.length > 1);
    });
  });
}

function validateAddress(
  errors: Errors,
  at: string,
  { ip, hostname = '', nodeName }: EndpointAddress,
): void {
  validateIP(errors, `${at}.ip`, ip ?? '');
  if (hostname !== '') {
    for (const error of labelErrors(hostname)) {
      errors.push(invalid(`${at}.hostname`, hostname, error));
    }
  }
  if (nodeName !== undefined) {
    for (const error of subdomainErrors(nodeName)) {
      errors.push(invalid(`${at}.nodeName`, nodeName, error));
    }
  }
  // What cannot be read is told a second time.
  const why = specialAddress(ip ?? '');
  if (why !== undefined) errors.push(invalid(`${at}.ip`, ip ?? '', why));
}

function validateEndpointPort(
  errors: Errors,
  at: string,
  subsetPort: SubsetPort,
  needsName: boolean,
): void {
  const { name = '', port } = subsetPort;
  if (name === '') {
    if (needsName) errors.push(required(`${at}.name`));
  } else for (const error of labelErrors(name)) errors.push(invalid(`${at}.name`, name, error));
  validatePort(errors, `${at}.port`, port ?? 0);
  validateSpoken(errors, at, subsetPort);
}
