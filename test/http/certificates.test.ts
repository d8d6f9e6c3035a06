/** Certificates from asking to using: the signer of `up`, and who one is by what it signed (ctl-08 §C, api-02 §11). */
import { X509Certificate } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrapObjects } from '../../src/apiserver/bootstrap/objects.ts';
import { type Serving, serve } from '../../src/http/server.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { key, ofNode, ofServer, ofUser } from '../api/x509/samples.ts';
import type { Any } from './wire.ts';

const test = suite('certificates');

let serving: Serving;

test.before(async () => {
  const cluster = createCluster({ nodes: [], serviceAccounts: { rootCertificate: '' } });
  const bootstrap = { address: '192.0.2.1', port: 6443, authority: '', since: '2026-01-01' };
  for (const object of bootstrapObjects(bootstrap)) {
    if (!object.kind.startsWith('ClusterRole')) continue;
    cluster.simulation.submit({ verb: 'create', kind: object.kind, object }, 'kube-apiserver');
  }
  const options = { port: 0, insecure: false, speed: 'max', paused: false, token: 'root' } as const;
  serving = await serve({ cluster, ...options, rbac: true });
});

test.after(() => serving.close());

interface As {
  readonly token?: string;
  readonly cert?: string;
}

const ask = (
  method: string,
  path: string,
  body?: unknown,
  { token, cert }: As = { token: 'root' },
) =>
  new Promise<{ code: number; body: Any }>((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const identity = cert === undefined ? {} : { cert, key };
    const options = { method, headers, ca: serving.authority!, agent: false, ...identity };
    const asked = httpsRequest(serving.url + path, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          code: response.statusCode!,
          body: JSON.parse(Buffer.concat(parts).toString()) as Any,
        }),
      );
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });

const csrs = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

const create = async (name: string, pem: string, spec: object) => {
  const body = { metadata: { name }, spec: { request: btoa(pem), ...spec } };
  const { code } = await ask('POST', csrs, body);
  assert.is(code, 201);
};

const decide = async (name: string, type: string) => {
  const { body } = await ask('GET', `${csrs}/${name}`);
  const status = { conditions: [{ type, status: 'True', reason: 'Test', message: 'm' }] };
  const { code } = await ask('PUT', `${csrs}/${name}/approval`, { ...body, status });
  assert.is(code, 200);
};

/** As soon as it is settled. */
async function settled(name: string): Promise<Any> {
  for (let i = 0; i < 100; i++) {
    const { status } = (await ask('GET', `${csrs}/${name}`)).body;
    const isFailed = status.conditions?.some(({ type }: Any) => type === 'Failed');
    if (status.certificate || isFailed) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${name} is not settled`);
}

const client = { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };

test('what is approved is signed, and is a way to be somebody', async () => {
  await create('jane', ofUser, { ...client, expirationSeconds: 3600 });
  await decide('jane', 'Approved');
  const { certificate } = await settled('jane');
  const cert = atob(certificate);
  const read = new X509Certificate(cert);
  assert.is(read.subject, 'CN=jane\nO=devs');
  assert.ok(read.checkIssued(new X509Certificate(serving.authority!)));
  assert.equal(read.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  const leftMs = Date.parse(read.validTo) - Date.now();
  assert.ok(leftMs > 3_500_000 && leftMs <= 3_601_000, read.validTo);
  const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { body } = await ask('POST', reviews, {}, { cert });
  assert.is(body.status.userInfo.username, 'jane');
  assert.equal(body.status.userInfo.groups, ['devs', 'system:authenticated']);
  const pods = await ask('GET', '/api/v1/namespaces/default/pods', undefined, { cert });
  assert.is(pods.code, 403);
  const both = await ask('POST', reviews, {}, { cert, token: 'root' });
  assert.is(both.body.status.userInfo.username, 'jane', 'a token besides says nothing');
});

test('a serving certificate is for the names that were asked for, and for a year at most', async () => {
  const usages = ['digital signature', 'server auth'];
  await create('serving', ofServer, { signerName: 'kubernetes.io/kubelet-serving', usages });
  await decide('serving', 'Approved');
  const read = new X509Certificate(atob((await settled('serving')).certificate));
  assert.is(read.subjectAltName, 'DNS:n1');
  assert.not(read.ca);
  const authority = new X509Certificate(serving.authority!);
  assert.ok(Date.parse(read.validTo) <= Date.parse(authority.validTo));
});

test('what its signer does not sign fails, and says why', async () => {
  await create('wrong', ofUser, { ...client, usages: ['server auth'] });
  await decide('wrong', 'Approved');
  const { conditions, certificate } = await settled('wrong');
  assert.is(certificate, undefined);
  const failed = conditions.find(({ type }: Any) => type === 'Failed');
  assert.is(failed.reason, 'SignerValidationFailure');
  assert.is(failed.message, 'invalid usage for client certificate: server auth');
});

test('nothing is signed that was denied, or is for another signer', async () => {
  await create('denied', ofUser, client);
  await decide('denied', 'Denied');
  await create('other', ofUser, { ...client, signerName: 'example.com/other' });
  await decide('other', 'Approved');
  await create('last', ofUser, client);
  await decide('last', 'Approved');
  await settled('last');
  for (const name of ['denied', 'other']) {
    const { status } = (await ask('GET', `${csrs}/${name}`)).body;
    assert.is(status.certificate, undefined, name);
    assert.is(status.conditions.length, 1, name);
  }
});

test('a kubelet is approved, signed for, and known as its node', async () => {
  await create('node', ofNode, {
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['client auth', 'digital signature'],
  });
  const { conditions, certificate } = await settled('node');
  assert.is(conditions[0].reason, 'AutoApproved');
  const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { body } = await ask('POST', reviews, {}, { cert: atob(certificate) });
  assert.equal(body.status.userInfo.groups, ['system:nodes', 'system:authenticated']);
});

test.run();
