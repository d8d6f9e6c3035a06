/** The signers of Kubernetes itself, and what may be asked of each (upstream's pkg/apis/certificates/helpers.go). */
import type { Requested } from './x509/request.ts';

export const apiServerClient = 'kubernetes.io/kube-apiserver-client';
export const kubeletClient = 'kubernetes.io/kube-apiserver-client-kubelet';
export const kubeletServing = 'kubernetes.io/kubelet-serving';
export const legacyUnknown = 'kubernetes.io/legacy-unknown';

type Check = (requested: Requested, usages: readonly string[]) => string | undefined;

const nodes = 'system:nodes';
const nodePrefix = 'system:node:';

const isOfNodes = ({ organizations }: Requested): boolean =>
  organizations.length === 1 && organizations[0] === nodes;

const isSame = (given: readonly string[], wanted: readonly string[]): boolean =>
  new Set(given).size === wanted.length && wanted.every((usage) => given.includes(usage));

/** Keys that are not RSA encipher nothing. */
function usageProblem(usages: readonly string[], auth: string): string | undefined {
  const plain = ['digital signature', auth];
  const all = [...plain, 'key encipherment'].sort();
  if (isSame(usages, all) || isSame(usages, plain)) return undefined;
  return `usages did not match [${all.join(' ')}]`;
}

const wrongOrganization = 'subject organization is not system:nodes';
const wrongName = 'subject common name does not begin with system:node:';
const notAllowed = (what: string): string => `${what} subjectAltNames are not allowed`;

/** Why it is no request of a kubelet for a certificate by which it is known to the API server. */
export const kubeletClientProblem: Check = (requested, usages) => {
  if (!isOfNodes(requested)) return wrongOrganization;
  if (requested.dnsNames.length > 0) return notAllowed('DNS');
  if (requested.emails.length > 0) return notAllowed('Email');
  if (requested.ipAddresses > 0) return notAllowed('IP');
  if (requested.uris.length > 0) return notAllowed('URI');
  if (!requested.commonName.startsWith(nodePrefix)) return wrongName;
  return usageProblem(usages, 'client auth');
};

const kubeletServingProblem: Check = (requested, usages) => {
  if (!isOfNodes(requested)) return wrongOrganization;
  if (requested.dnsNames.length === 0 && requested.ipAddresses === 0) {
    return 'DNS or IP subjectAltName is required';
  }
  if (requested.emails.length > 0) return notAllowed('Email');
  if (requested.uris.length > 0) return notAllowed('URI');
  const wrong = usageProblem(usages, 'server auth');
  if (wrong !== undefined) return wrong;
  return requested.commonName.startsWith(nodePrefix) ? undefined : wrongName;
};

const optional: readonly string[] = ['digital signature', 'key encipherment'];

const apiServerClientProblem: Check = (_requested, usages) => {
  const wrong = usages.find((usage) => usage !== 'client auth' && !optional.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth')
    ? undefined
    : 'missing required usage for client certificate: client auth';
};

/** Why a request cannot be signed, by its signer; signers that are not there are somebody else's. */
export const signerChecks: Readonly<Record<string, Check>> = {
  [apiServerClient]: apiServerClientProblem,
  [kubeletClient]: kubeletClientProblem,
  [kubeletServing]: kubeletServingProblem,
  [legacyUnknown]: () => undefined,
};
