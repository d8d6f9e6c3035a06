/** Validation of Endpoints (api-06 §2), in upstream's order. */
import type { EndpointAddress, EndpointSubset, SubsetPort } from '../endpoints.ts';
import { type Errors, invalid, required } from './errors.ts';
import { isIP, validateIP } from './ip.ts';
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
  const why = isIP(ip) ? specialAddress(ip) : unreadable;
  if (why !== undefined) errors.push(invalid(`${at}.ip`, ip ?? '', why));
}

/** It is told a second time. */
const unreadable = 'must be a valid IP address';

/** Addresses that lead nowhere from another machine. */
const special: readonly (readonly [RegExp, string])[] = [
  [/^0\.0\.0\.0$|^(0{0,4}:)*:?0{0,4}$/, 'may not be unspecified (IP)'],
  [/^127\.|^(0{1,4}:|:)+0{0,3}1$/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^169\.254\.|^fe[89ab]/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [
    /^224\.0\.0\.|^ff.2:/i,
    'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  ],
];

/** Why it leads nowhere, if it does. */
export const specialAddress = (ip: string): string | undefined =>
  special.find(([matches]) => matches.test(ip))?.[1].replace('IP', ip);

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
