/** Tokens that are asked for: what they are bound to, for how long, and who is meant (api-02 §10). */
import { createPublicKey, verify } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SecretToken } from '../../src/controllers/serviceaccounttoken.ts';
import { TokenSigner } from '../../src/http/auth/tokens.ts';
import { type Any, Wire } from './wire.ts';

const test = suite('tokens');

let wire: Wire;
test.before(async () => {
  const signer = new TokenSigner();
  const tokenOf: SecretToken = ({ metadata: account }, { namespace = '', name }) =>
    signer.signForSecret({ namespace, secret: name, account });
  wire = await Wire.up({ serviceAccounts: { rootCertificate: '', tokenOf } }, { signer });
  await wire.post(`${home}/pods`, {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'x' }] },
  });
});
test.after(() => wire.end());

const home = '/api/v1/namespaces/default';
const tokens = `${home}/serviceaccounts/default/token`;

const ask = (spec: unknown, code?: number, path = tokens): Promise<Any> =>
  wire.ok('POST', path, { body: { spec } }, code);

const claimsOf = (token: string): Any =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

const pod = { apiVersion: 'v1', kind: 'Pod', name: 'p' };

test('a token bound to a Pod names it, and its node', async () => {
  const { status } = await ask({ boundObjectRef: pod });
  const told = claimsOf(status.token)['kubernetes.io'];
  assert.is(told.namespace, 'default');
  assert.is(told.serviceaccount.name, 'default');
  assert.is(told.pod.name, 'p');
  assert.match(told.node.name, /^n[12]$/);
});

test('what is not there cannot be bound to, nor what is something else', async () => {
  const missing = await ask({ boundObjectRef: { ...pod, name: 'q' } }, 404);
  assert.is(missing.message, 'pods "q" not found');
  const other = await ask({ boundObjectRef: { ...pod, kind: 'ConfigMap' } }, 400);
  assert.is(other.message, 'cannot bind token to object of type /v1, Kind=ConfigMap');
  const old = await ask({ boundObjectRef: { ...pod, uid: 'x' } }, 409);
  assert.match(
    old.message,
    /^Operation cannot be fulfilled on Pod "p": the UID in the bound object/,
  );
  await wire.post(`${home}/serviceaccounts`, { metadata: { name: 'robot' } });
  const robot = `${home}/serviceaccounts/robot/token`;
  assert.is(
    (await ask({ boundObjectRef: pod }, 400, robot)).message,
    'cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.',
  );
});

test('a duration has its limits', async () => {
  assert.match((await ask({ expirationSeconds: 599 }, 422)).message, /less than 10 minutes$/);
  assert.match(
    (await ask({ expirationSeconds: 2 ** 33 }, 422)).message,
    /larger than 2\^32 seconds$/,
  );
});

test('a token says whose it is, and ends with its Pod', async () => {
  const { status } = await ask({ boundObjectRef: pod });
  const review = () =>
    wire.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: status.token } });
  const { authenticated, user } = (await review()).status;
  assert.is(authenticated, true);
  assert.is(user.username, 'system:serviceaccount:default:default');
  assert.equal(user.extra['authentication.kubernetes.io/pod-name'], ['p']);
  assert.match(user.extra['authentication.kubernetes.io/credential-id'][0], /^JTI=/);
  await wire.ok('DELETE', `${home}/pods/p?gracePeriodSeconds=0`);
  assert.is((await review()).status.authenticated, undefined);
});

test('anybody can check a token with the keys that are told', async () => {
  const { issuer, jwks_uri } = await wire.get('/.well-known/openid-configuration');
  const { pathname } = new URL(jwks_uri);
  const answered = await wire.ask('GET', pathname);
  assert.is(answered.type, 'application/jwk-set+json');
  const key = createPublicKey({ key: answered.body.keys[0], format: 'jwk' });
  const [head, body, signature] = (await ask({})).status.token.split('.') as string[];
  const signed = Buffer.from(`${head}.${body}`);
  assert.ok(verify('RSA-SHA256', signed, key, Buffer.from(signature!, 'base64url')));
  assert.is(JSON.parse(Buffer.from(body!, 'base64url').toString()).iss, issuer);
});

test('who asks for a certificate is noted, whatever is said', async () => {
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const asked = {
    request: btoa('-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n'),
    signerName: 'example.com/signer',
    usages: ['client auth'],
    username: 'somebody else',
  };
  const { spec } = await wire.post(path, { metadata: { name: 'c' }, spec: asked });
  const { username, groups } = spec;
  assert.is(username, 'kubernetes-admin');
  assert.equal(groups, ['system:masters', 'system:authenticated']);
});

test('a token of a Secret has no end, and lives as long as the Secret', async () => {
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  const type = 'kubernetes.io/service-account-token';
  await wire.post(`${home}/secrets`, { metadata: { name: 'held', annotations }, type });
  const { data } = await wire.get(`${home}/secrets/held`);
  const token = atob(data.token);
  assert.equal(Object.keys(claimsOf(token)).sort(), [
    'iss',
    'kubernetes.io/serviceaccount/namespace',
    'kubernetes.io/serviceaccount/secret.name',
    'kubernetes.io/serviceaccount/service-account.name',
    'kubernetes.io/serviceaccount/service-account.uid',
    'sub',
  ]);
  const review = () =>
    wire.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } });
  const { status } = await review();
  assert.is(status.user.username, 'system:serviceaccount:default:default');
  assert.equal(status.audiences, ['https://kubernetes.default.svc.cluster.local']);
  const other = { data: { ...data, token: btoa('x') } };
  const merge = { body: other, type: 'application/merge-patch+json' };
  await wire.ok('PATCH', `${home}/secrets/held`, merge);
  assert.is((await review()).status.authenticated, undefined);
  await wire.ok('PATCH', `${home}/secrets/held`, { ...merge, body: { data } });
  assert.is((await review()).status.authenticated, true);
  await wire.ok('DELETE', `${home}/secrets/held`);
  assert.is((await review()).status.authenticated, undefined);
});

test.run();
