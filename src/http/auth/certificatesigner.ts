/**
 * Signs what was approved (upstream's pkg/controller/certificates/signer): a client of the cluster like any other, since
 * signing takes a key, and time.
 */
import {
  type CertificateSigningRequest as Csr,
  conditionIn,
} from '../../api/certificatesigningrequest.ts';
import { signerChecks } from '../../api/signers.ts';
import { timestamp } from '../../api/time.ts';
import { textInBase64 } from '../../api/x509/pem.ts';
import { parseRequest } from '../../api/x509/request.ts';
import type { Cluster } from '../../sim/cluster.ts';
import type { RealTime } from '../clock.ts';
import type { Credentials } from './certificates.ts';

const kind = 'CertificateSigningRequest';
const author = 'certificate-controller';

const minuteMs = 60_000;
const yearMs = 365 * 24 * 60 * minuteMs;
const leastMs = 10 * minuteMs;
/** Clocks differ. What is short-lived ends when it was asked to all the same. */
const backdateMs = 5 * minuteMs;
const shortMs = 8 * 60 * minuteMs;

export class CertificateSigner {
  readonly #cluster: Cluster;
  readonly #clock: RealTime;
  readonly #issue: Credentials['issue'];
  /** Uids of requests that are being signed. */
  readonly #begun = new Set<string>();
  readonly #end: () => void;
  #soon: NodeJS.Immediate | undefined;

  constructor(cluster: Cluster, clock: RealTime, issue: Credentials['issue']) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#issue = issue;
    const channel = cluster.simulation.store.channel(kind);
    this.#end = channel.onChange(() => this.#wake());
    this.#wake();
  }

  stop(): void {
    this.#end();
    clearImmediate(this.#soon);
  }

  /** After the move that wrote. */
  #wake(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      for (const csr of this.#cluster.simulation.store.view().list<Csr>(kind)) {
        if (this.#isWaiting(csr)) void this.#handle(csr);
      }
    });
  }

  #isWaiting(csr: Csr): boolean {
    if (csr.status?.certificate || this.#begun.has(csr.metadata.uid)) return false;
    if (signerChecks[csr.spec.signerName] === undefined) return false;
    return conditionIn(csr, 'Approved') !== undefined && conditionIn(csr, 'Failed') === undefined;
  }

  async #handle(csr: Csr): Promise<void> {
    const { signerName, usages = [], expirationSeconds } = csr.spec;
    const request = textInBase64(csr.spec.request);
    const parsed = parseRequest(request);
    if (!parsed.ok) return;
    this.#begun.add(csr.metadata.uid);
    const wrong = signerChecks[signerName]?.(parsed.requested, usages);
    try {
      if (wrong !== undefined) return this.#fail(csr, wrong);
      const certificate = await this.#issue({ request, usages, ...validity(expirationSeconds) });
      this.#update(csr, ({ status }) => ({ ...status, certificate: btoa(certificate) }));
    } catch (error) {
      this.#fail(csr, (error as Error).message);
    } finally {
      this.#begun.delete(csr.metadata.uid);
    }
  }

  #fail(csr: Csr, message: string): void {
    const lastUpdateTime = timestamp(this.#cluster.simulation.now);
    const [type, reason] = ['Failed', 'SignerValidationFailure'];
    const failed = { type, status: 'True', reason, message, lastUpdateTime };
    this.#update(csr, ({ status }) => ({
      ...status,
      conditions: [...(status?.conditions ?? []), failed],
    }));
  }

  /** Of the request as it is now, if it is there still: it may have changed while it was signed. */
  #update({ metadata: { name, uid } }: Csr, statusOf: (csr: Csr) => Csr['status']): void {
    const { simulation } = this.#cluster;
    const csr = simulation.store.get<Csr>(kind, name);
    if (csr === undefined || csr.metadata.uid !== uid) return;
    this.#clock.catchUp();
    const object = { ...csr, status: statusOf(csr) } as Csr;
    simulation.submit({ verb: 'update', kind, subresource: 'status', object }, author);
    this.#clock.wake();
  }
}

/** By the clock on the wall, by which TLS goes. */
function validity(seconds: number | undefined): { notBefore: Date; notAfter: Date } {
  const asked = seconds === undefined ? yearMs : seconds * 1000;
  const lengthMs = Math.min(Math.max(asked, leastMs), yearMs);
  const now = Date.now();
  const end = lengthMs < shortMs ? now + lengthMs : now - backdateMs + lengthMs;
  return { notBefore: new Date(now - backdateMs), notAfter: new Date(end) };
}
