/** PATCH: the result is an update like any other (api-04). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PatchRequest } from '../../src/apiserver/request.ts';
import { deployment, merging, pod, TestCluster } from './cluster.ts';

const test = suite('patch');

const patching = (patchType: PatchRequest['patchType'], patch: unknown): PatchRequest => ({
  verb: 'patch',
  kind: 'Deployment',
  namespace: 'default',
  name: 'web',
  patchType,
  patch,
});

const withWeb = () => {
  const cluster = new TestCluster();
  return { cluster, web: cluster.create('Deployment', deployment('web')) };
};

test('a merge patch changes what it names', () => {
  const { cluster, web } = withWeb();
  const length = cluster.log.length;
  const next = cluster.ok(patching('merge', { spec: { replicas: 5 } }));
  assert.is(next.spec.replicas, 5);
  assert.is(next.spec.template, web.spec.template);
  assert.is(next.metadata.generation, 2);
  assert.equal(cluster.writesSince(length), ['patch Deployment default/web']);
});

test('a JSON patch of what are no operations is refused', () => {
  const { cluster } = withWeb();
  const refusal = (patch: unknown) => {
    const { code, message } = cluster.refused(patching('json', patch));
    return `${code} ${message}`;
  };
  const unfit = '422 the server rejected our request due to an error in our request';
  assert.is(refusal([null]), unfit);
  const number = '400 error decoding patch: json: cannot unmarshal number into Go';
  const text = `${number} struct field jsonPatchOp.path of type string`;
  assert.is(refusal([{ op: 'add', path: 1, value: 1 }]), text);
  assert.is(refusal([1]), `${number} value of type handlers.jsonPatchOp`);
});

test('null in a map of texts is an empty text, as it is to Go', () => {
  const cluster = new TestCluster();
  const object = { ...deployment('web'), metadata: { name: 'web', labels: { a: null } } };
  const request = { verb: 'create', kind: 'Deployment', namespace: 'default' } as const;
  const made = cluster.ok({ ...request, object, fieldValidation: 'Ignore' } as never);
  assert.equal(made.metadata.labels, { a: '' });
});

test('a strategic patch merges lists by their key', () => {
  const { cluster } = withWeb();
  const containers = [{ name: 'c', image: 'web:v2' }];
  const next = cluster.ok(patching('strategic', { spec: { template: { spec: { containers } } } }));
  const [container] = next.spec.template.spec.containers;
  assert.is(container.image, 'web:v2');
  assert.is(container.terminationMessagePath, '/dev/termination-log', 'the rest of it stays');
});

test('a JSON patch does what its operations say, or nothing', () => {
  const { cluster } = withWeb();
  const replace = { op: 'replace', path: '/spec/replicas', value: 7 };
  assert.is(cluster.ok(patching('json', [replace])).spec.replicas, 7);
  const failing = { op: 'test', path: '/spec/replicas', value: 1 };
  const status = cluster.refused(patching('json', [{ ...replace, value: 8 }, failing]));
  assert.is(status.code, 422);
  assert.is(status.message, 'the server rejected our request due to an error in our request');
  assert.equal(status.details, {});
  assert.is(cluster.get('Deployment', 'web').spec.replicas, 7);
});

test('a patch that changes nothing writes nothing', () => {
  const { cluster, web } = withWeb();
  const length = cluster.log.length;
  assert.is(cluster.ok(patching('merge', { spec: { replicas: 3, paused: false } })), web);
  assert.is(cluster.ok(patching('strategic', { metadata: { labels: null } })), web);
  assert.is(cluster.ok(patching('json', [])), web);
  assert.is(cluster.log.length, length);
});

test('defaults come back when they are patched away', () => {
  const { cluster, web } = withWeb();
  assert.is(cluster.ok(patching('merge', { spec: { revisionHistoryLimit: null } })), web);
});

test('a version in the patch is a precondition', () => {
  const { cluster } = withWeb();
  const metadata = { resourceVersion: '1', labels: { a: 'b' } };
  assert.is(
    cluster.refused(patching('merge', { metadata })).message,
    'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
  );
});

test('another uid is an immutable field, told twice', () => {
  const { cluster } = withWeb();
  const status = cluster.refused(patching('merge', { metadata: { uid: 'zz' } }));
  assert.is(
    status.message,
    'Deployment.apps "web" is invalid: metadata.uid: Invalid value: "zz": field is immutable',
  );
  assert.is(status.details?.causes?.length, 2);
});

test('another name is a bad request', () => {
  const { cluster } = withWeb();
  const status = cluster.refused(patching('merge', { metadata: { name: 'zz' } }));
  assert.is(status.code, 400);
  assert.is(status.message, 'the name of the object (zz) does not match the name on the URL (web)');
});

test('what is not there is not found', () => {
  const cluster = new TestCluster();
  assert.is(cluster.refused(patching('merge', {})).message, 'deployments.apps "web" not found');
});

test('a patch that leaves no valid object is refused, not a crash', () => {
  const { cluster } = withWeb();
  for (const patch of [
    { spec: null },
    { spec: { template: null } },
    { spec: { selector: null } },
  ]) {
    assert.is(cluster.refused(patching('merge', patch)).code, 422, JSON.stringify(patch));
  }
  assert.is(cluster.refused(patching('merge', { metadata: null })).code, 400);
  assert.is(cluster.refused(patching('merge', [])).code, 400);
  assert.is(cluster.refused(patching('json', [{ op: 'replace', path: '', value: 1 }])).code, 422);
});

test('a Pod may get another image, and hardly anything else', () => {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('p'));
  const set = (container: object) =>
    merging('Pod', 'p', { spec: { containers: [{ name: 'c', ...container }] } });
  const updated = cluster.ok({
    ...set({ image: 'web:v2' }),
    patchType: 'strategic',
  } as PatchRequest);
  assert.is(updated.metadata.generation, 2);
  const status = cluster.refused(set({ image: 'web:v2', env: [{ name: 'A', value: 'b' }] }));
  assert.match(status.message, /^Pod "p" is invalid: spec: Forbidden: pod updates may not change/);
  const none = [{ op: 'replace', path: '/spec/containers/0/image', value: '' }];
  const emptied = cluster.refused({ ...set({}), patchType: 'json', patch: none } as PatchRequest);
  assert.is(emptied.message, 'Pod "p" is invalid: spec.containers[0].image: Required value');
  assert.is(emptied.details?.causes?.length, 2);
});

test('labels of a Pod can be patched away: it is released', () => {
  const cluster = new TestCluster();
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u' };
  const metadata = { labels: { app: 'web' }, ownerReferences: [owner] };
  const p = cluster.create('Pod', pod('p', undefined, metadata));
  const patch = {
    metadata: { uid: p.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: 'u' }] },
  };
  const request = { ...merging('Pod', 'p', patch), patchType: 'strategic' } as PatchRequest;
  const released = cluster.ok(request);
  assert.not('ownerReferences' in released.metadata);
  assert.is(released.spec, p.spec);
  assert.is(released.metadata.generation, 1);
});

test.run();
