/** A certificate authority of our own, and what it signs: the server, an administrator, and who asks for it. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type Issuing, issued } from './issuing.ts';

export interface Credentials {
  /** PEM. */
  readonly authority: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
  /** Signs what is requested: a certificate in PEM. Fails where the request is not signed by the key that it has. */
  issue(issuing: Issuing): Promise<string>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 3600 * 1000;

type Pair = Awaited<ReturnType<typeof newPair>>;

const newPair = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function privateKeyPem({ privateKey }: Pair): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return x509.PemConverter.encode(bytes, 'PRIVATE KEY');
}

/** Valid for a year from `now`, for loopback addresses and the names that Pods would use. */
export async function makeCredentials(now: Date): Promise<Credentials> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const [authorityKeys, serverKeys, clientKeys] = await Promise.all([
    newPair(),
    newPair(),
    newPair(),
  ]);
  const dates = {
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + 365 * dayMs),
  };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=kubestep-ca',
    ...dates,
    signingAlgorithm: algorithm,
    keys: authorityKeys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
    ],
  });
  const signed = async (
    serialNumber: string,
    subject: string,
    keys: Pair,
    extensions: x509.Extension[],
  ) => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber,
      subject,
      issuer: authority.subject,
      ...dates,
      signingKey: authorityKeys.privateKey as never,
      publicKey: keys.publicKey as never,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    });
    return { certificate: certificate.toString('pem'), key: await privateKeyPem(keys) };
  };
  const [server, client] = await Promise.all([
    signed('02', 'CN=kube-apiserver', serverKeys, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: 'kubernetes' },
        { type: 'dns', value: 'kubernetes.default' },
        { type: 'dns', value: 'kubernetes.default.svc' },
      ]),
    ]),
    signed('03', 'O=system:masters, CN=kubernetes-admin', clientKeys, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]),
  ]);
  const signing = {
    issuer: authority.subject,
    signingKey: authorityKeys.privateKey as never,
    signingAlgorithm: algorithm,
  };
  const issue = (issuing: Issuing) => issued(issuing, signing, authority.notAfter);
  return { authority: authority.toString('pem'), server, client, issue };
}
