/** Who is approved without anybody looking, what is cleaned away, and who may decide (ctl-08 §C). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timestamp } from '../../src/api/time.ts';
import { certificateApprover } from '../../src/controllers/certificateapprover.ts';
import { certificateCleaner, isOver } from '../../src/controllers/certificatecleaner.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { certificate, ofMaster, ofNode, ofNodeWithNames } from '../api/x509/samples.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('certificate controllers');

const kind = 'CertificateSigningRequest';
const kubelet = 'kubernetes.io/kube-apiserver-client-kubelet';

const csr = (name: string, spec: object = {}): Any => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind,
  metadata: { name },
  spec: {
    request: btoa(ofNode),
    signerName: kubelet,
    usages: ['client auth', 'digital signature'],
    username: 'system:node:n1',
    ...spec,
  },
});

const asked = (spec: object, rights: readonly string[]) => {
  const cluster = new TestCluster();
  cluster.create(kind, csr('c', spec));
  const approver = certificateApprover((_csr, subresource) => rights.includes(subresource))();
  const { outcome } = pass(approver, 'c', cluster);
  const { status = {} } = cluster.store.get<Any>(kind, 'c');
  const told = (status.conditions ?? []).map(({ type, reason, message }: Any) =>
    [type, reason, message].join(': '),
  );
  return { told, error: (outcome as { error?: string } | undefined)?.error };
};

test('a node that may ask for itself is approved, and who may ask for any node', () => {
  const self =
    'Approved: AutoApproved: Auto approving self kubelet client certificate after SubjectAccessReview.';
  const any =
    'Approved: AutoApproved: Auto approving kubelet client certificate after SubjectAccessReview.';
  assert.equal(asked({}, ['selfnodeclient', 'nodeclient']).told, [self]);
  assert.equal(asked({}, ['nodeclient']).told, [any]);
  assert.equal(asked({ username: 'bootstrap' }, ['selfnodeclient', 'nodeclient']).told, [any]);
  const refused = asked({ username: 'bootstrap' }, ['selfnodeclient']);
  assert.equal(refused.told, []);
  assert.is(
    refused.error,
    'recognized csr "c" as [nodeclient] but subject access review was not approved',
  );
});

test('nobody else is approved, and nothing is decided twice', () => {
  const rights = ['selfnodeclient', 'nodeclient'];
  assert.equal(asked({ signerName: 'kubernetes.io/kubelet-serving' }, rights).told, []);
  assert.equal(asked({ request: btoa(ofNodeWithNames) }, rights).told, []);
  assert.equal(asked({ usages: ['client auth'] }, rights).told, []);
  const cluster = new TestCluster();
  cluster.create(kind, csr('c'));
  const denied = { type: 'Denied', status: 'True' };
  cluster.update(
    { ...cluster.store.get<Any>(kind, 'c'), status: { conditions: [denied] } },
    'approval',
  );
  assert.is(pass(certificateApprover(() => true)(), 'c', cluster).requests.length, 0);
});

const hour = 3_600_000;

test('what is settled goes after an hour, what nobody cared about after a day', () => {
  const now = 48 * hour;
  const over = (createdHours: number, conditions: readonly Any[], issued?: string) => {
    const { metadata, ...rest } = csr('c');
    const at = timestamp(now - createdHours * hour);
    const status = { conditions, ...(issued === undefined ? {} : { certificate: btoa(issued) }) };
    return isOver({ ...rest, metadata: { ...metadata, creationTimestamp: at }, status }, now);
  };
  const condition = (type: string, hours: number) => ({
    type,
    status: 'True',
    lastUpdateTime: timestamp(now - hours * hour),
  });
  assert.not(over(23, []));
  assert.ok(over(25, []));
  for (const type of ['Denied', 'Failed']) {
    assert.not(over(47, [condition(type, 0.8)]), type);
    assert.ok(over(2, [condition(type, 2)]), type);
  }
  assert.not(over(47, [condition('Approved', 40)]), 'approved, and not issued');
  assert.not(over(1, [condition('Approved', 0.8)], certificate));
  assert.ok(over(2, [condition('Approved', 2)], certificate));
  assert.ok(over(2, [condition('Approved', 2)], 'garbage'));
});

test('a certificate that has ended goes, however new the request is', () => {
  const ended = Date.parse('2026-12-10T00:00:00Z') - Date.parse('2026-01-01T00:00:00Z');
  const at = timestamp(ended);
  const { metadata, ...rest } = csr('c');
  const conditions = [{ type: 'Approved', status: 'True', lastUpdateTime: at }];
  const status = { conditions, certificate: btoa(certificate) };
  const given = { ...rest, metadata: { ...metadata, creationTimestamp: at }, status };
  assert.ok(isOver(given, ended));
  assert.not(isOver(given, ended - 48 * hour));
});

test('the cleaner looks at every hour, and only where there is something', () => {
  const cluster = new TestCluster();
  const cleaner = certificateCleaner();
  assert.equal(pass(cleaner, '@clean', cluster).later, []);
  cluster.create(kind, csr('c'));
  assert.equal(pass(cleaner, '@clean', cluster).later, [['@clean', hour]]);
  cluster.now = 25 * hour;
  assert.is(pass(cleaner, '@clean', cluster).requests.length, 1);
  assert.is(cluster.store.get(kind, 'c'), undefined);
});

test('with accounts, a cluster approves its kubelets', () => {
  const cluster = createCluster({ nodes: [], serviceAccounts: { rootCertificate: '' } });
  cluster.simulation.submit({ verb: 'create', kind, object: csr('c') }, 'user');
  while (cluster.simulation.calm());
  const { status } = cluster.simulation.store.get<Any>(kind, 'c');
  assert.is(status.conditions[0].type, 'Approved');
  assert.is(typeof status.conditions[0].lastUpdateTime, 'string');
});

const client = { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };

test('nobody becomes a master by a certificate', () => {
  const cluster = new TestCluster();
  const object = csr('c', { ...client, request: btoa(ofMaster) });
  assert.is(
    cluster.refused({ verb: 'create', kind, object }).message,
    'certificatesigningrequests.certificates.k8s.io "c" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
  );
  cluster.create(kind, csr('d', { request: btoa(ofMaster) }));
});

test('to approve and to sign are rights on a signer, or on a domain of them', () => {
  const cluster = new TestCluster();
  cluster.api.rbac = true;
  cluster.create(kind, csr('c', client));
  const jane = { username: 'jane', groups: ['system:authenticated'] };
  const change = (subresource: string, status: object) =>
    cluster.api.handle(
      {
        verb: 'update',
        kind,
        subresource,
        user: jane,
        object: { ...cluster.store.get<Any>(kind, 'c'), status },
      },
      'user/jane',
      [],
    ) as Any;
  const approved = { conditions: [{ type: 'Approved', status: 'True' }] };
  assert.is(
    change('approval', approved).status.message,
    'certificatesigningrequests.certificates.k8s.io "c" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"',
  );
  const grant = (verb: string, name: string) => {
    const rules = [
      {
        verbs: [verb],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: [name],
      },
    ];
    cluster.create('ClusterRole', { metadata: { name: verb }, rules });
    cluster.create('ClusterRoleBinding', {
      metadata: { name: verb },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: verb },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
    });
  };
  grant('approve', 'kubernetes.io/*');
  assert.ok(change('approval', approved).ok);
  const { status } = cluster.store.get<Any>(kind, 'c');
  const signed = { ...status, certificate: btoa(certificate) };
  assert.match(change('status', signed).status.message, 'user not permitted to sign requests');
  assert.ok(change('status', status).ok, 'who changes nothing vouches for nothing');
  grant('sign', 'kubernetes.io/kube-apiserver-client');
  assert.ok(change('status', signed).ok);
});

test.run();
