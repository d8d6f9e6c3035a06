/** Certificates for those who ask (upstream's pkg/controller/certificates/authority). */
import { randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface Issuing {
  /** PEM. */
  readonly request: string;
  readonly usages: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

type Signing = Pick<
  x509.X509CertificateCreateWithKeyParams,
  'issuer' | 'signingKey' | 'signingAlgorithm'
>;

const alternativeNames = '2.5.29.17';

/**
 * A certificate in PEM. Name, key and other names are the request's; nothing else of it counts.
 *
 * @param endMax nothing outlives the authority
 * @throws where the request is not signed by its own key
 */
export async function issued(
  { request: pem, usages, notBefore, notAfter }: Issuing,
  signing: Signing,
  endMax: Date,
): Promise<string> {
  const request = new x509.Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error('the request is not signed by its own key');
  const names = request.getExtension(alternativeNames);
  const serial = randomBytes(16);
  serial[0]! &= 0x7f;
  const certificate = await x509.X509CertificateGenerator.create({
    ...signing,
    serialNumber: serial.toString('hex'),
    subject: request.subjectName,
    publicKey: request.publicKey,
    notBefore,
    notAfter: notAfter < endMax ? notAfter : endMax,
    extensions: [
      ...usageExtensions(usages),
      new x509.BasicConstraintsExtension(false, undefined, true),
      ...(names === null ? [] : [names]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

const flags: Readonly<Record<string, number>> = {
  signing: x509.KeyUsageFlags.digitalSignature,
  'digital signature': x509.KeyUsageFlags.digitalSignature,
  'content commitment': x509.KeyUsageFlags.nonRepudiation,
  'key encipherment': x509.KeyUsageFlags.keyEncipherment,
  'key agreement': x509.KeyUsageFlags.keyAgreement,
  'data encipherment': x509.KeyUsageFlags.dataEncipherment,
  'cert sign': x509.KeyUsageFlags.keyCertSign,
  'crl sign': x509.KeyUsageFlags.cRLSign,
  'encipher only': x509.KeyUsageFlags.encipherOnly,
  'decipher only': x509.KeyUsageFlags.decipherOnly,
};

const purposes: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

function usageExtensions(usages: readonly string[]): readonly x509.Extension[] {
  const flag = usages.reduce((all, usage) => all | (flags[usage] ?? 0), 0);
  const extended = [...new Set(usages.flatMap((usage) => purposes[usage] ?? []))].sort();
  return [
    ...(flag === 0 ? [] : [new x509.KeyUsagesExtension(flag, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ];
}
