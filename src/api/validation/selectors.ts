/** References from an environment or a volume to fields of the Pod and to what others store. */
import { type Errors, invalid, required, unsupported } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;
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

/** Labels that a reference can name at all (pkg/apis/core/v1/conversion.go). */
const known =
  /^(metadata\.(name|namespace|labels|annotations|uid)|spec\.(nodeName|restartPolicy|serviceAccountName|schedulerName|hostNetwork)|status\.(phase|hostIPs?|podIPs?))$/;

const subscripted = /^metadata\.(labels|annotations)\['([^']*)'\]$/;

export function validatePodField(errors: Errors, ref: Fields, user: User, at: string): void {
  const { apiVersion = 'v1', fieldPath = '' } = ref as { apiVersion?: string; fieldPath?: string };
  if (apiVersion === '') errors.push(required(`${at}.apiVersion`));
  else if (fieldPath === '') errors.push(required(`${at}.fieldPath`));
  else if (subscripted.test(fieldPath)) return;
  else if (!known.test(fieldPath)) {
    const why = `error converting fieldPath: field label not supported: ${fieldPath}`;
    errors.push(invalid(`${at}.fieldPath`, fieldPath, why));
  } else if (!podFields[user].includes(fieldPath)) {
    errors.push(unsupported(`${at}.fieldPath`, fieldPath, podFields[user]));
  }
}

const resources = ['cpu', 'ephemeral-storage', 'memory'].flatMap((name) => [
  `limits.${name}`,
  `requests.${name}`,
]);

export function validateResourceField(errors: Errors, ref: Fields, user: User, at: string): void {
  const { containerName, resource = '' } = ref as { containerName?: string; resource?: string };
  const isKnown = resources.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource);
  if (user === 'volume' && !containerName) errors.push(required(`${at}.containerName`));
  else if (resource === '') errors.push(required(`${at}.resource`));
  else if (!isKnown) errors.push(unsupported(`${at}.resource`, resource, [...resources].sort()));
}

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** A key of a ConfigMap or of a Secret. */
export function validateKey(errors: Errors, ref: Fields, at: string): void {
  const { name, key = '' } = ref as { name?: string; key?: string };
  if (!name) errors.push(required(`${at}.name`));
  if (key === '') errors.push(required(`${at}.key`));
  else if (!/^[-._a-zA-Z0-9]+$/.test(key)) errors.push(invalid(`${at}.key`, key, keyRule));
}
