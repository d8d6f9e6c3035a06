/** The scale subresource: the size of a workload and nothing else (api-02 §10). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scaleOf } from '../../src/apiserver/scaleof.ts';
import { deployment, merging, podSpec, TestCluster, updating } from './cluster.ts';

const test = suite('scale');

const withWeb = () => {
  const cluster = new TestCluster();
  return { cluster, web: cluster.create('Deployment', deployment('web')) };
};

const scale = (replicas: number, metadata: object = {}) => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec: { replicas },
});

test('shows size and selector', () => {
  const { web } = withWeb();
  const { uid } = web.metadata;
  assert.equal(scaleOf(web), {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid,
      resourceVersion: '2',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { replicas: 3 },
    status: { replicas: 0, selector: 'app=web' },
  });
});

test('prints selectors sorted, as Kubernetes does', () => {
  const matchLabels = { tier: 'a', app: 'web' };
  const matchExpressions = [
    { key: 'x', operator: 'NotIn', values: ['b', 'a'] },
    { key: 'b', operator: 'Exists' },
    { key: 'y', operator: 'DoesNotExist' },
    { key: 'c', operator: 'In', values: ['v'] },
  ];
  const { cluster } = withWeb();
  const labels = { app: 'web', tier: 'a', b: '', c: 'v' };
  const spec = {
    selector: { matchLabels, matchExpressions },
    template: { metadata: { labels }, spec: podSpec },
  };
  const status = scaleOf(cluster.create('Deployment', deployment('api', spec))).status;
  assert.equal(status, {
    replicas: 0,
    selector: 'app=web,b,c in (v),tier=a,x notin (a,b),!y',
  });
});

test('selectors that are plain labels are shown the same', () => {
  const labels = { tier: 'a', app: 'old' };
  const template = { metadata: { labels }, spec: podSpec };
  const spec = { selector: labels, template, replicas: 2 };
  const object = { metadata: { name: 'old', namespace: 'default' }, spec };
  const { cluster } = withWeb();
  const { spec: size, status } = scaleOf(cluster.create('ReplicationController', object));
  assert.equal(size, { replicas: 2 });
  assert.equal(status, { replicas: 0, selector: 'app=old,tier=a' });
});

test('a new size is a new generation of the workload', () => {
  const { cluster } = withWeb();
  const length = cluster.log.length;
  const scaled = cluster.update(scale(5), 'scale');
  assert.is(scaled.kind, 'Scale');
  assert.is(scaled.spec.replicas, 5);
  const web = cluster.get('Deployment', 'web');
  assert.is(web.spec.replicas, 5);
  assert.is(web.metadata.generation, 2);
  assert.equal(cluster.writesSince(length), ['update Deployment/scale default/web']);
});

test('can be patched', () => {
  const { cluster } = withWeb();
  cluster.merge('Deployment', 'web', { spec: { replicas: 0 } }, 'scale');
  assert.is(cluster.get('Deployment', 'web').spec.replicas, 0);
});

test('the same size writes nothing', () => {
  const { cluster } = withWeb();
  const length = cluster.log.length;
  cluster.update(scale(3), 'scale');
  assert.is(cluster.log.length, length);
});

test('there is no negative size', () => {
  const { cluster } = withWeb();
  const status = cluster.refused(updating(scale(-2) as never, 'scale'));
  assert.is(
    status.message,
    'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -2: must be greater than or equal to 0',
  );
  assert.is(status.details?.group, 'autoscaling');
});

test('a stale version is a conflict of the workload', () => {
  const { cluster } = withWeb();
  assert.is(
    cluster.refused(updating(scale(5, { resourceVersion: '1' }) as never, 'scale')).message,
    'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
  );
  assert.is(
    cluster.refused(merging('Deployment', 'api', {}, 'scale')).message,
    'deployments.apps "api" not found',
  );
});

test('kinds without a size have no such resource', () => {
  const { cluster } = withWeb();
  assert.is(
    cluster.refused(merging('Pod', 'p', {}, 'scale')).message,
    'the server could not find the requested resource',
  );
});

test.run();
