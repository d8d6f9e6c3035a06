/** Reading requests for certificates, and certificates (ctl-08 §C). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signerChecks } from '../../../src/api/signers.ts';
import { parseTimestamp } from '../../../src/api/time.ts';
import { notAfterOf } from '../../../src/api/x509/certificate.ts';
import { parseRequest } from '../../../src/api/x509/request.ts';
import { certificate, ofMaster, ofNode, ofNodeWithNames } from './samples.ts';

const test = suite('reading certificates');

const read = (pem: string) => {
  const parsed = parseRequest(pem);
  assert.ok(parsed.ok);
  return parsed.ok ? parsed.requested : undefined;
};

test('a request: its name, its groups, and its other names', () => {
  assert.equal(read(ofMaster), {
    commonName: 'root',
    organizations: ['system:masters'],
    dnsNames: [],
    emails: [],
    uris: [],
    ipAddresses: 0,
  });
  assert.equal(read(ofNodeWithNames), {
    commonName: 'system:node:n1',
    organizations: ['system:nodes'],
    dnsNames: ['n1'],
    emails: ['a@b.c'],
    uris: ['spiffe://x/y'],
    ipAddresses: 1,
  });
});

test('what is no request says so', () => {
  const why = (pem: string) => {
    const parsed = parseRequest(pem);
    return parsed.ok ? undefined : parsed.why;
  };
  assert.is(why('nothing'), 'PEM block type must be CERTIFICATE REQUEST');
  assert.is(why(certificate), 'PEM block type must be CERTIFICATE REQUEST');
  const cut = ofNode.replace(/\n.{40,}\n-----END/, '\n-----END');
  assert.match(why(cut) ?? '', /^asn1: /);
});

test('a certificate: when it ends', () => {
  assert.is(notAfterOf(certificate), parseTimestamp('2026-12-09T07:11:50Z'));
  assert.is(notAfterOf(ofNode), undefined);
});

test('each signer says what may not be asked of it', () => {
  const signer = (name: string) => signerChecks[`kubernetes.io/${name}`]!;
  const client = signer('kube-apiserver-client');
  const [node, master, named] = [read(ofNode)!, read(ofMaster)!, read(ofNodeWithNames)!];
  const usages = ['client auth', 'digital signature', 'key encipherment'];
  assert.is(client(master, usages), undefined);
  assert.is(client(master, ['server auth']), 'invalid usage for client certificate: server auth');
  assert.is(
    client(master, ['digital signature']),
    'missing required usage for client certificate: client auth',
  );
  const kubelet = signer('kube-apiserver-client-kubelet');
  assert.is(kubelet(node, usages), undefined);
  assert.is(kubelet(node, usages.slice(0, 2)), undefined);
  assert.is(
    kubelet(node, ['client auth']),
    'usages did not match [client auth digital signature key encipherment]',
  );
  assert.is(kubelet(named, usages), 'DNS subjectAltNames are not allowed');
  assert.is(kubelet(master, usages), 'subject organization is not system:nodes');
  const serving = signer('kubelet-serving');
  assert.is(serving(node, ['server auth']), 'DNS or IP subjectAltName is required');
  assert.is(serving(named, ['server auth']), 'Email subjectAltNames are not allowed');
  assert.is(signerChecks['example.com/other'], undefined);
});

test.run();
