/**
 * Approver of kubelets' client certificates (upstream's pkg/controller/certificates/approver): who may ask for one
 * for itself, or for a node, gets it without anybody looking.
 */
import { type CertificateSigningRequest, conditionIn } from '../api/certificatesigningrequest.ts';
import type { Key } from '../api/meta.ts';
import { kubeletClient, kubeletClientProblem } from '../api/signers.ts';
import { textInBase64 } from '../api/x509/pem.ts';
import { parseRequest } from '../api/x509/request.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from '../sim/controller.ts';

type Csr = CertificateSigningRequest;

/** Whether whoever asked may create that subresource of requests, which is how the right is told. */
export type MayAsk = (csr: Csr, subresource: string) => boolean;

const self = {
  subresource: 'selfnodeclient',
  message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
};
const any = {
  subresource: 'nodeclient',
  message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
};

export const certificateApprover = (mayAsk: MayAsk) => (): Controller => {
  function* reconcile(name: Key, { view }: ControllerContext): Requests<Outcome> {
    const csr = view.get<Csr>('CertificateSigningRequest', name);
    if (csr === undefined || csr.status?.certificate) return undefined;
    if (conditionIn(csr, 'Approved') ?? conditionIn(csr, 'Denied')) return undefined;
    const { request, signerName, usages = [], username } = csr.spec;
    const parsed = parseRequest(textInBase64(request));
    if (!parsed.ok) return { error: `unable to parse csr "${name}": ${parsed.why}` };
    const { requested } = parsed;
    if (signerName !== kubeletClient) return undefined;
    if (kubeletClientProblem(requested, usages) !== undefined) return undefined;
    const rights = requested.commonName === username ? [self, any] : [any];
    const found = rights.find(({ subresource }) => mayAsk(csr, subresource));
    if (found === undefined) {
      const tried = rights.map(({ subresource }) => subresource).join(' ');
      const what = `recognized csr "${name}" as [${tried}]`;
      return { error: `${what} but subject access review was not approved` };
    }
    const approved = {
      type: 'Approved',
      status: 'True',
      reason: 'AutoApproved',
      message: found.message,
    };
    const conditions = [...(csr.status?.conditions ?? []), approved];
    const updated = yield* call({
      verb: 'update',
      kind: 'CertificateSigningRequest',
      subresource: 'approval',
      object: { ...csr, status: { ...csr.status, conditions } } as Csr,
    });
    return updated.ok ? undefined : failed(updated.status);
  }
  return {
    name: 'certificatesigningrequest-approving-controller',
    author: 'certificate-controller',
    watches: ['CertificateSigningRequest'],
    backoff: { baseMs: 200, maxMs: 1_000_000 },
    keysFor: ({ type, key }: WatchEvent, { queue }) => {
      if (type !== 'DELETED') queue.add(key);
    },
    reconcile,
  };
};
