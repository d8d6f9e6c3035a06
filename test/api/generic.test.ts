/** Kinds without a file of their own: served, defaulted and shown by tables (api-05, api-08). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kindNameOf, kindOf, kinds, resourceName } from '../../src/api/index.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { resources } from '../../src/api/resources.ts';
import { typeNameOf } from '../../src/api/structure.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';

const test = suite('generic kinds');

test('every stored resource of 1.36 is served, and its structure is known', () => {
  assert.is(resources.size, 58);
  for (const { kind, versions, resource, namespaced } of resources.values()) {
    const served = kindOf(kind)!;
    assert.is(served.resource, resource);
    assert.is(served.namespaced, namespaced);
    assert.ok(versions.includes(served.apiVersion), kind);
    for (const version of versions) assert.ok(typeNameOf(version, kind), `${version}/${kind}`);
  }
  assert.is(new Set(kinds.map(resourceName)).size, kinds.length);
});

test('kinds are called by their group where the API has none of that name and group', () => {
  const named = (apiVersion: string, kind: string) => kindNameOf({ apiVersion, kind });
  assert.is(named('apps/v1', 'Deployment'), 'Deployment');
  assert.is(named('apps/v1beta1', 'Deployment'), 'Deployment');
  assert.is(named('events.k8s.io/v1', 'Event'), 'Event');
  assert.is(named('autoscaling/v1', 'HorizontalPodAutoscaler'), 'HorizontalPodAutoscaler');
  assert.is(named('serving.knative.dev/v1', 'Service'), 'Service.serving.knative.dev');
  assert.is(named('ex.io/v1', 'Widget'), 'Widget.ex.io');
  assert.is(named('v1', 'Nothing'), 'Nothing');
});

const made = (kind: string, object: object): Any => {
  const { apiVersion } = kindOf(kind)!;
  const whole = { apiVersion, kind, metadata: { name: 'x' }, ...object };
  return new TestCluster().ok({
    verb: 'create',
    kind,
    object: whole as KubeObject,
    fieldValidation: 'Strict',
  });
};

test('[api-05] what was left out is filled in', () => {
  const { stringData, ...secret } = made('Secret', { stringData: { a: 'b' } });
  assert.is(stringData, undefined);
  assert.equal([secret.type, secret.data], ['Opaque', { a: 'Yg==' }]);
  const { spec } = made('NetworkPolicy', { spec: { podSelector: {}, ingress: [{ ports: [{}] }] } });
  assert.equal(spec.policyTypes, ['Ingress']);
  assert.equal(spec.ingress[0].ports, [{ protocol: 'TCP' }]);
  const sc = made('StorageClass', { provisioner: 'x.y/z' });
  assert.equal([sc.reclaimPolicy, sc.volumeBindingMode], ['Delete', 'Immediate']);
  const rb = made('RoleBinding', {
    roleRef: { kind: 'Role', name: 'x', apiGroup: '' },
    subjects: [
      { kind: 'User', name: 'bob' },
      { kind: 'ServiceAccount', name: 'sa', namespace: 'default' },
    ],
  });
  assert.is(rb.roleRef.apiGroup, 'rbac.authorization.k8s.io');
  assert.equal(
    rb.subjects.map(({ apiGroup }: Any) => apiGroup),
    ['rbac.authorization.k8s.io', undefined],
  );
  const limits = [{ type: 'Container', max: { cpu: '2' }, default: { memory: '1Gi' } }];
  const range = made('LimitRange', { spec: { limits } }).spec.limits[0];
  assert.equal(range.default, { cpu: '2', memory: '1Gi' });
  assert.equal(range.defaultRequest, { cpu: '2', memory: '1Gi' });
});

test('[api-02] generations are counted where Kubernetes counts them', () => {
  const cluster = new TestCluster();
  const policy = { metadata: { name: 'x' }, spec: { podSelector: {} } };
  assert.is(cluster.create('NetworkPolicy', policy).metadata.generation, 1);
  cluster.merge('NetworkPolicy', 'x', { metadata: { labels: { a: 'b' } } });
  cluster.merge('NetworkPolicy', 'x', { spec: { policyTypes: ['Egress'] } });
  assert.is(cluster.get('NetworkPolicy', 'x').metadata.generation, 2);
  assert.is(
    cluster.create('ConfigMap', { metadata: { name: 'c' } }).metadata.generation,
    undefined,
  );
});

test('Events are one kind in two versions', () => {
  const cluster = new TestCluster();
  const object = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'default' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
    note: 'hello',
    reportingController: 'me',
  } as unknown as KubeObject;
  const answer = cluster.ok({ verb: 'create', kind: 'Event', object, fieldValidation: 'Strict' });
  assert.equal([answer.apiVersion, answer.note], ['events.k8s.io/v1', 'hello']);
  const stored = cluster.get('Event', 'e');
  assert.equal([stored.apiVersion, stored.message], ['v1', 'hello']);
  assert.is(stored.involvedObject.name, 'p');
  const named = { kind: 'Event', namespace: 'default', name: 'e' };
  const apiVersion = 'events.k8s.io/v1';
  const patched = cluster.ok({
    verb: 'patch',
    ...named,
    apiVersion,
    patchType: 'merge',
    patch: { note: 'again' },
    fieldValidation: 'Strict',
  });
  assert.is(patched.note, 'again');
  assert.is(cluster.get('Event', 'e').message, 'again');
  const [listed] = cluster.ok({ verb: 'list', kind: 'Event', apiVersion }).items;
  assert.is(listed.regarding.name, 'p');
});

test('HorizontalPodAutoscalers of version 1 keep what only version 2 can say', () => {
  const cluster = new TestCluster();
  const target = { type: 'Utilization', averageUtilization: 50 };
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target } },
    { type: 'Resource', resource: { name: 'memory', target } },
  ];
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 3, metrics };
  const kind = 'HorizontalPodAutoscaler';
  const apiVersion = 'autoscaling/v1';
  cluster.create(kind, { apiVersion: 'autoscaling/v2', metadata: { name: 'h' }, spec });
  const named = { kind, namespace: 'default', name: 'h', apiVersion };
  const first = cluster.ok({ verb: 'get', ...named });
  assert.is(first.spec.targetCPUUtilizationPercentage, 50);
  assert.is(first.spec.metrics, undefined);
  const changed = { ...first, spec: { ...first.spec, targetCPUUtilizationPercentage: 60 } };
  cluster.ok({ verb: 'update', kind, object: changed, fieldValidation: 'Strict' });
  const stored = cluster.get(kind, 'h');
  assert.equal(
    stored.spec.metrics.map(({ resource }: Any) => [
      resource.name,
      resource.target.averageUtilization,
    ]),
    [
      ['memory', 50],
      ['cpu', 60],
    ],
    'the one that version 1 has a field for comes last',
  );
  assert.is(stored.metadata.annotations, undefined);
});

test('annotations of version 1 are in its own words, and lead back to what was stored', () => {
  const cluster = new TestCluster();
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const metrics = [
    {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '200m' } },
    },
    {
      type: 'Object',
      object: {
        describedObject: { kind: 'Service', name: 's', apiVersion: 'v1' },
        metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } },
        target: { type: 'Value', value: '10' },
      },
    },
    {
      type: 'External',
      external: { metric: { name: 'q' }, target: { type: 'AverageValue', averageValue: '3' } },
    },
  ];
  const policies = [{ type: 'Pods', value: 4, periodSeconds: 15 }];
  const behavior = { scaleUp: { selectPolicy: 'Min', policies } };
  const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 3, metrics, behavior };
  const kind = 'HorizontalPodAutoscaler';
  const annotations = { 'autoscaling.alpha.kubernetes.io/mine': 'kept' };
  const metadata = { name: 'h', annotations };
  const created = cluster.create(kind, { apiVersion: 'autoscaling/v2', metadata, spec });
  const apiVersion = 'autoscaling/v1';
  const first = cluster.ok({ verb: 'get', kind, namespace: 'default', name: 'h', apiVersion });
  const said = (name: string) =>
    JSON.parse(first.metadata.annotations[`autoscaling.alpha.kubernetes.io/${name}`]);
  assert.is(first.spec.targetCPUUtilizationPercentage, undefined);
  assert.equal(said('metrics'), [
    { type: 'Resource', resource: { name: 'cpu', targetAverageValue: '200m' } },
    {
      type: 'Object',
      object: {
        target: { kind: 'Service', name: 's', apiVersion: 'v1' },
        metricName: 'hits',
        targetValue: '10',
        selector: { matchLabels: { a: 'b' } },
      },
    },
    { type: 'External', external: { metricName: 'q', targetAverageValue: '3' } },
  ]);
  assert.equal(said('behavior').ScaleUp, {
    StabilizationWindowSeconds: 0,
    SelectPolicy: 'Min',
    Policies: [{ Type: 'Pods', Value: 4, PeriodSeconds: 15 }],
    Tolerance: null,
  });
  cluster.ok({ verb: 'update', kind, object: first, fieldValidation: 'Strict' });
  const stored = cluster.get(kind, 'h');
  assert.equal(stored.spec, created.spec);
  assert.equal(stored.metadata.annotations, annotations);
});

test('what was measured is told in version 1, and in annotations with its raw value', () => {
  const cluster = new TestCluster();
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const kind = 'HorizontalPodAutoscaler';
  const object = { apiVersion: 'autoscaling/v1', metadata: { name: 'h' } };
  const made = cluster.create(kind, { ...object, spec: { scaleTargetRef, maxReplicas: 3 } });
  assert.is(made.spec.targetCPUUtilizationPercentage, 80, 'what version 2 fills in');
  const current = { averageUtilization: 40, averageValue: '40m' };
  const currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current } }];
  const status = { currentReplicas: 1, desiredReplicas: 1, currentMetrics };
  cluster.update({ ...cluster.get(kind, 'h'), status }, 'status');
  const named = { kind, namespace: 'default', name: 'h', apiVersion: 'autoscaling/v1' };
  const { status: told, metadata } = cluster.ok({ verb: 'get', ...named });
  assert.is(told.currentCPUUtilizationPercentage, 40);
  assert.is(
    metadata.annotations['autoscaling.alpha.kubernetes.io/current-metrics'],
    '[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":40,"currentAverageValue":"40m"}}]',
  );
});

test.run();
