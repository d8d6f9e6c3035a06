/**
 * Who may approve and sign requests for certificates, and whom nobody may ask to be (upstream's admission plugins
 * CertificateApproval, CertificateSigning and CertificateSubjectRestriction).
 */
import type { CertificateSigningRequest } from '../../api/certificatesigningrequest.ts';
import { semanticDeepEqual } from '../../api/equal.ts';
import { apiServerClient } from '../../api/signers.ts';
import { textInBase64 } from '../../api/x509/pem.ts';
import { parseRequest } from '../../api/x509/request.ts';
import type { Handling } from '../apiserver.ts';

type Csr = CertificateSigningRequest;

const masters = 'system:masters';

/** Why a new request is refused. */
export function subjectRefusal({ spec }: Csr): string | undefined {
  if (spec.signerName !== apiServerClient) return undefined;
  const parsed = parseRequest(textInBase64(spec.request));
  if (!parsed.ok) return `failed to parse CSR: ${parsed.why}`;
  if (!parsed.requested.organizations.includes(masters)) return undefined;
  return `use of ${apiServerClient} signer with ${masters} group is not allowed`;
}

/** Why a change of what is decided, or of what is issued, is refused. */
export function signerRefusal(
  next: Csr,
  before: Csr,
  subresource: string | undefined,
  { user, allows }: Handling,
): string | undefined {
  const verb = { approval: 'approve', status: 'sign' }[subresource ?? ''];
  if (verb === undefined) return undefined;
  if (verb === 'sign' && isSame(next, before)) return undefined;
  const { signerName } = before.spec;
  const wanted = { verb, group: 'certificates.k8s.io', resource: 'signers' };
  const [domain] = signerName.split('/');
  const names = [signerName, `${domain}/*`];
  if (names.some((name) => allows(user, { ...wanted, name }))) return undefined;
  return `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`;
}

const isSame = ({ status: next }: Csr, { status: before }: Csr): boolean =>
  next?.certificate === before?.certificate &&
  semanticDeepEqual(next?.conditions, before?.conditions);
