/** The status endpoint: it changes nothing else, and nothing else changes status (api-02 §10). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deployment, merging, pod, TestCluster, updating } from './cluster.ts';
import { definition, kind, Served, widget } from './served.ts';

const test = suite('status');

test('a status write leaves spec and generation alone', () => {
  const cluster = new TestCluster();
  const web = cluster.create('Deployment', deployment('web'));
  const length = cluster.log.length;
  const next = cluster.update(
    { ...web, spec: { ...web.spec, replicas: 9 }, status: { observedGeneration: 1 } },
    'status',
  );
  assert.is(next.spec, web.spec);
  assert.is(next.metadata.generation, 1);
  assert.equal(next.status, { observedGeneration: 1 });
  assert.equal(cluster.writesSince(length), ['update Deployment/status default/web']);
});

test('a status that is equal is not written', () => {
  const cluster = new TestCluster();
  const web = cluster.create('Deployment', deployment('web'));
  const next = cluster.update({ ...web, status: { replicas: 1, conditions: [] } }, 'status');
  const length = cluster.log.length;
  assert.is(cluster.update(structuredClone(next), 'status'), next);
  assert.is(cluster.log.length, length);
});

test('a stale status write is a conflict', () => {
  const cluster = new TestCluster();
  const web = cluster.create('Deployment', deployment('web'));
  cluster.update({ ...web, status: { replicas: 1 } }, 'status');
  const status = cluster.refused(updating({ ...web, status: { replicas: 2 } }, 'status'));
  assert.is(status.reason, 'Conflict');
});

test('a Deployment takes annotations with its status, but no labels', () => {
  const cluster = new TestCluster();
  const web = cluster.create('Deployment', deployment('web', {}, { labels: { a: 'b' } }));
  const metadata = { ...web.metadata, labels: { x: 'y' }, annotations: { c: 'd' } };
  const next = cluster.update({ ...web, metadata, status: { replicas: 1 } }, 'status');
  assert.equal(next.metadata.labels, { a: 'b' });
  assert.equal(next.metadata.annotations, { c: 'd' });
  assert.is(next.metadata.generation, 1);
});

test('a Pod keeps its owners and its quality of service', () => {
  const cluster = new TestCluster();
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u' };
  const p = cluster.create('Pod', pod('p', undefined, { ownerReferences: [owner] }));
  const { ownerReferences: _gone, ...metadata } = p.metadata;
  const next = cluster.update({ ...p, metadata, status: { phase: 'Running' } }, 'status');
  assert.equal(next.metadata.ownerReferences, [owner]);
  assert.equal(next.status, { phase: 'Running', qosClass: 'BestEffort' });
  const request = merging('Pod', 'p', { status: { qosClass: 'Guaranteed' } }, 'status');
  assert.is(
    cluster.refused(request).message,
    'Pod "p" is invalid: status.qosClass: Invalid value: "Guaranteed": field is immutable',
  );
});

test('a container that ended for good does not come back', () => {
  const cluster = new TestCluster();
  const spec = { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'OnFailure' };
  cluster.create('Pod', pod('p', spec));
  const ended = (exitCode: number) => ({ name: 'c', state: { terminated: { exitCode } } });
  const set = (status: object) => ({ status: { containerStatuses: [status] } });
  const running = { name: 'c', state: { running: {} } };
  cluster.merge('Pod', 'p', set(ended(1)), 'status');
  cluster.merge('Pod', 'p', set(running), 'status');
  cluster.merge('Pod', 'p', set(ended(0)), 'status');
  assert.is(
    cluster.refused(merging('Pod', 'p', set(running), 'status')).message,
    'Pod "p" is invalid: status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
  );
});

test('counts may not contradict each other', () => {
  const cluster = new TestCluster();
  const web = cluster.create('Deployment', deployment('web'));
  const status = { replicas: 3, readyReplicas: 4, availableReplicas: 5 };
  assert.is(
    cluster.refused(updating({ ...web, status }, 'status')).message,
    'Deployment.apps "web" is invalid: [status.readyReplicas: Invalid value: 4: cannot be greater than status.replicas, status.availableReplicas: Invalid value: 5: cannot be greater than status.replicas, status.availableReplicas: Invalid value: 5: cannot be greater than readyReplicas]',
  );
  const collided = cluster.update({ ...web, status: { collisionCount: 1 } }, 'status');
  assert.is(
    cluster.refused(updating({ ...collided, status: {} }, 'status')).message,
    'Deployment.apps "web" is invalid: status.collisionCount: Invalid value: 0: cannot be decremented',
  );
});

test('a Node has all its capacity unless it says otherwise', () => {
  const cluster = new TestCluster();
  const node = cluster.create('Node', { metadata: { name: 'n1' } });
  const next = cluster.update({ ...node, status: { capacity: { cpu: '4' } } }, 'status');
  assert.equal(next.status.allocatable, { cpu: '4' });
  assert.equal(next.status.daemonEndpoints, { kubeletEndpoint: { Port: 0 } });
  assert.is(next.spec, node.spec);
});

test('whoever writes the status of some kinds says nothing of their metadata', () => {
  const cluster = new TestCluster();
  const source = { persistentVolumeName: 'v' };
  const made = cluster.create('VolumeAttachment', {
    metadata: { name: 'a', labels: { a: 'b' } },
    spec: { attacher: 'x', nodeName: 'n', source },
  });
  const metadata = { ...made.metadata, labels: { c: 'd' }, finalizers: ['x.y/z'] };
  const next = cluster.update({ ...made, metadata, status: { attached: true } }, 'status');
  assert.equal(next.metadata.labels, { a: 'b' });
  assert.is(next.metadata.finalizers, undefined);
  assert.is(next.status.attached, true);
  const served = new Served(definition());
  const w = served.create(
    widget('w', { size: 1 }, { metadata: { name: 'w', labels: { a: 'b' } } }),
  );
  const object = { ...w, metadata: { ...w.metadata, labels: { c: 'd' } }, status: { x: 1 } };
  const told = served.ok({ verb: 'update', kind, object, subresource: 'status' });
  assert.equal([told.metadata.labels, told.status], [{ a: 'b' }, { x: 1 }]);
});

test.run();
