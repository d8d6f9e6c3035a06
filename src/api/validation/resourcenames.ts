/** Names and amounts of resources, as containers, quotas and limits name them (pkg/apis/core/helper). */
import { formatQuantity, parseQuantity } from '../quantity.ts';
import { type Errors, invalid } from './errors.ts';
import { qualifiedNameErrors } from './names.ts';

const counted = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

const ofContainers = new Set(['cpu', 'memory', 'ephemeral-storage']);

const ofQuotas = new Set([
  ...ofContainers,
  ...[...ofContainers].flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'requests.storage',
  ...counted,
]);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');

const isQuotaHugePages = (name: string): boolean =>
  isHugePages(name) || name.startsWith('requests.hugepages-');

export const isQuotaResource = (name: string): boolean =>
  ofQuotas.has(name) || isQuotaHugePages(name);

export const isNative = (name: string): boolean =>
  !name.includes('/') || name.includes('kubernetes.io/');

/** Of a vendor: devices, counted in whole numbers. */
const isExtended = (name: string): boolean =>
  !isNative(name) &&
  !name.startsWith('requests.') &&
  qualifiedNameErrors(`requests.${name}`).length === 0;

/** Whether more may be promised than there is. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name);

/** Whether nothing is wrong with it. */
export function validateResourceName(errors: Errors, name: string, at: string): boolean {
  const found = qualifiedNameErrors(name);
  for (const error of found) errors.push(invalid(at, name, error));
  if (found.length > 0) return false;
  if (name.includes('/') || name === 'storage' || isQuotaResource(name)) return true;
  errors.push(invalid(at, name, 'must be a standard resource type or fully qualified'));
  return false;
}

export function validateContainerResource(errors: Errors, name: string, at: string): void {
  validateResourceName(errors, name, at);
  if (!name.includes('/')) {
    if (ofContainers.has(name) || isHugePages(name)) return;
    errors.push(invalid(at, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(invalid(at, name, "doesn't follow extended resource name standard"));
  }
}

export function validateQuotaResource(errors: Errors, name: string, at: string): void {
  validateResourceName(errors, name, at);
  if (name.includes('/') || isQuotaResource(name)) return;
  errors.push(invalid(at, name, 'must be a standard resource for quota'));
}

const milli = 1_000_000n;

/** A quantity as messages show it: in its canonical form. */
export function quantityText(text: string): string {
  const quantity = parseQuantity(text);
  return quantity === undefined ? text : formatQuantity(quantity);
}

export function validateAmount(errors: Errors, name: string, text: string, at: string): void {
  const nanos = parseQuantity(text)?.nanos ?? 0n;
  if (nanos < 0n) {
    errors.push(invalid(at, quantityText(text), 'must be greater than or equal to 0'));
  }
  if (!counted.has(name) && !isExtended(name)) return;
  if ((nanos / milli) % 1000n !== 0n) {
    errors.push(invalid(at, quantityText(text), 'must be an integer'));
  }
}
