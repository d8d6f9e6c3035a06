/**
 * Cleaner of requests for certificates (ctl-08 §C; upstream's pkg/controller/certificates/cleaner): once an hour it
 * removes those that are settled for an hour, and those that nobody cared about for a day.
 */
import { type CertificateSigningRequest, conditionIn } from '../api/certificatesigningrequest.ts';
import type { Key } from '../api/meta.ts';
import { parseTimestamp } from '../api/time.ts';
import { notAfterOf } from '../api/x509/certificate.ts';
import { textInBase64 } from '../api/x509/pem.ts';
import type { Requests } from '../sim/component.ts';
import {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from '../sim/controller.ts';

type Csr = CertificateSigningRequest;

const hourMs = 3_600_000;
const settledMs = hourMs;
const pendingMs = 24 * hourMs;
const clean = '@clean';

export const certificateCleaner = (): Controller => {
  let startedAt = 0;

  function* reconcile(_key: Key, { view, now, queue }: ControllerContext): Requests<Outcome> {
    const all = view.list<Csr>('CertificateSigningRequest');
    let error: Outcome;
    for (const csr of all.filter((one) => isOver(one, now))) {
      const { name } = csr.metadata;
      const deleted = yield* call({ verb: 'delete', kind: 'CertificateSigningRequest', name });
      if (!deleted.ok && deleted.status.reason !== 'NotFound') error = failed(deleted.status);
    }
    if (all.length > 0) queue.addAfter(clean, hourMs, true);
    return error;
  }

  return {
    name: 'certificatesigningrequest-cleaner-controller',
    author: 'certificate-controller',
    watches: ['CertificateSigningRequest'],
    start({ now }) {
      startedAt = now;
    },
    // It looks at whole hours after it began; where there are no requests, there is nothing to look at.
    keysFor: (_event, { now, queue }) => {
      queue.addAfter(clean, hourMs - ((now - startedAt) % hourMs), true);
    },
    reconcile,
    memory: () => startedAt,
  };
};

/** Whether a request has had its time. */
export function isOver(csr: Csr, now: number): boolean {
  const { metadata, status } = csr;
  const isOlder = (since: string | undefined, ms: number): boolean =>
    since !== undefined && now - parseTimestamp(since) > ms;
  const isSettled = (type: string): boolean =>
    isOlder(conditionIn(csr, type)?.lastUpdateTime, settledMs);
  if (isSettled('Denied') || isSettled('Failed')) return true;
  if ((status?.conditions ?? []).length === 0) {
    return isOlder(metadata.creationTimestamp, pendingMs);
  }
  if (!status?.certificate || conditionIn(csr, 'Approved') === undefined) return false;
  const end = notAfterOf(textInBase64(status.certificate));
  return isSettled('Approved') || (end !== undefined && now > end);
}
