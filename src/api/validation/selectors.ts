/** References from an environment or a volume to fields of the Pod and to what others store. */

import { type Fields, textOf } from '../fields.ts';
import { type Errors, invalid, required, unsupported } from './errors.ts';
import { configKeyErrors, qualifiedNameErrors, subdomainErrors } from './names.ts';

type User = 'environment' | 'volume';

const podFields: Readonly<Record<User, readonly string[]>> = {
  environment: [
    'metadata.name',
    'metadata.namespace',
    'metadata.uid',
    'spec.nodeName',
    'spec.serviceAccountName',
    'status.hostIP',
    'status.hostIPs',
    'status.podIP',
    'status.podIPs',
  ],
  volume: [
    'metadata.annotations',
    'metadata.labels',
    'metadata.name',
    'metadata.namespace',
    'metadata.uid',
  ],
};

/** Labels that a reference can name at all (pkg/apis/core/pods). */
const known =
  /^(metadata\.(name|namespace|labels|annotations|uid)|spec\.(nodeName|restartPolicy|serviceAccountName|schedulerName)|status\.(phase|hostIPs?|podIPs?))$/;

const subscripted = /^(.*)\['([^']*)'\]$/s;

/** Why the API cannot read a path, if it cannot. */
function unreadable(version: string, path: string): string | undefined {
  if (version !== 'v1') return `unsupported pod version: ${version}`;
  const whole = subscripted.exec(path)?.[1];
  if (whole === undefined) {
    return known.test(path) || path === 'spec.host'
      ? undefined
      : `field label not supported: ${path}`;
  }
  if (whole === 'metadata.annotations' || whole === 'metadata.labels') return undefined;
  return `field label does not support subscript: ${path}`;
}

export function validatePodField(errors: Errors, ref: Fields, user: User, at: string): void {
  const { apiVersion = 'v1', fieldPath } = ref;
  const path = textOf(fieldPath);
  if (apiVersion === '') {
    errors.push(required(`${at}.apiVersion`));
    return;
  }
  if (path === '') {
    errors.push(required(`${at}.fieldPath`));
    return;
  }
  const why = unreadable(textOf(apiVersion), path);
  if (why !== undefined) {
    errors.push(invalid(`${at}.fieldPath`, path, `error converting fieldPath: ${why}`));
    return;
  }
  const [, whole, key = ''] = subscripted.exec(path) ?? [];
  if (whole !== undefined) {
    const name = whole === 'metadata.annotations' ? key.toLowerCase() : key;
    for (const error of qualifiedNameErrors(name)) errors.push(invalid(at, name, error));
  } else if (!podFields[user].includes(path === 'spec.host' ? 'spec.nodeName' : path)) {
    errors.push(unsupported(`${at}.fieldPath`, path, podFields[user]));
  }
}

const resources = ['limits', 'requests'].flatMap((part) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((name) => `${part}.${name}`),
);

const sizes = [
  '1',
  ...['k', 'M', 'G', 'T', 'P', 'E'].flatMap((s) => [`1${s}`, `1${s === 'k' ? 'K' : s}i`]),
];
const sizesText = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';

const divisors: readonly (readonly [RegExp, readonly string[], string])[] = [
  [/^\w+\.cpu$/, ['1m', '1'], "only divisor's values 1m and 1 are supported with the cpu resource"],
  [
    /^\w+\.memory$/,
    sizes,
    `only divisor's values ${sizesText} are supported with the memory resource`,
  ],
  [
    /^\w+\.ephemeral-storage$/,
    sizes,
    `only divisor's values ${sizesText} are supported with the local ephemeral storage resource`,
  ],
  [
    /^\w+\.hugepages-/,
    sizes,
    `only divisor's values ${sizesText} are supported with the hugepages resource`,
  ],
];

export function validateResourceField(errors: Errors, ref: Fields, user: User, at: string): void {
  const [container, resource, divisor] = ['containerName', 'resource', 'divisor'].map((name) =>
    textOf(ref[name]),
  ) as [string, string, string];
  const isKnown = resources.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource);
  if (user === 'volume' && container === '') errors.push(required(`${at}.containerName`));
  else if (resource === '') errors.push(required(`${at}.resource`));
  else if (!isKnown) errors.push(unsupported(`${at}.resource`, resource, resources));
  if (divisor === '' || divisor === '0') return;
  const rule = divisors.find(([name]) => name.test(resource));
  if (rule === undefined || rule[1].includes(divisor)) return;
  errors.push(invalid(`${at}.divisor`, resource, rule[2]));
}

/** A key of a ConfigMap or of a Secret. */
export function validateKey(errors: Errors, ref: Fields, at: string): void {
  const [name, key] = [textOf(ref['name']), textOf(ref['key'])];
  for (const error of subdomainErrors(name)) errors.push(invalid(`${at}.name`, name, error));
  if (key === '') errors.push(required(`${at}.key`));
  else for (const error of configKeyErrors(key)) errors.push(invalid(`${at}.key`, key, error));
}
