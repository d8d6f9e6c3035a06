/** The kinds: what each fills in when a client does not say (api-05). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { groupOf, indexesOf, kindOf, kinds, resourceName } from '../../src/api/index.ts';
import { pullPolicyOf } from '../../src/api/pod/pullpolicy.ts';
import { deployment, pod, podSpec, TestCluster } from '../apiserver/cluster.ts';

const test = suite('kinds');

test('each is found by its name', () => {
  for (const kind of kinds) assert.is(kindOf(kind.kind), kind);
  assert.is(kindOf('Foo'), undefined);
  assert.is(new Set(kinds.map(({ resource }) => resource)).size, kinds.length);
});

test('resources are named with their group', () => {
  assert.is(resourceName(kindOf('Deployment')!), 'deployments.apps');
  assert.is(resourceName(kindOf('Pod')!), 'pods');
  assert.is(groupOf('coordination.k8s.io/v1'), 'coordination.k8s.io');
});

test('Pods are indexed by node, once they have one', () => {
  const node = indexesOf('Pod')!.node as (object: unknown) => unknown;
  assert.is(node({ spec: {} }), undefined);
  assert.is(node({ spec: { nodeName: 'n1' } }), 'n1');
});

test('a Deployment rolls, by a quarter', () => {
  const { spec } = new TestCluster().create(
    'Deployment',
    deployment('web', { replicas: undefined }),
  );
  assert.is(spec.replicas, 1);
  assert.equal(spec.strategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
  });
  assert.is(spec.revisionHistoryLimit, 10);
  assert.is(spec.progressDeadlineSeconds, 600);
});

test('a Deployment that says half gets the other half', () => {
  const cluster = new TestCluster();
  const strategyOf = (name: string, strategy: object) =>
    cluster.create('Deployment', deployment(name, { strategy })).spec.strategy;
  assert.equal(strategyOf('a', { rollingUpdate: { maxSurge: 1 } }), {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: '25%', maxSurge: 1 },
  });
  assert.equal(strategyOf('b', { type: 'Recreate' }), { type: 'Recreate' });
});

test('a template gets the defaults of a Pod, but for those of a Pod alone', () => {
  const { spec } = new TestCluster().create('Deployment', deployment('web')).spec.template;
  assert.equal(spec, {
    containers: [
      {
        name: 'c',
        image: 'web:v1',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
        resources: {},
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
});

test('zero is an answer where nothing would be another', () => {
  const cluster = new TestCluster();
  const zeros = { replicas: 0, revisionHistoryLimit: 0, minReadySeconds: 0, paused: false };
  const { spec } = cluster.create('Deployment', deployment('web', zeros));
  assert.is(spec.replicas, 0);
  assert.is(spec.revisionHistoryLimit, 0);
  assert.not('minReadySeconds' in spec);
  assert.not('paused' in spec);
});

test('a Pod requests what it is limited to', () => {
  const container = { name: 'c', image: 'i', resources: { limits: { cpu: '1', memory: '1Gi' } } };
  const created = new TestCluster().create('Pod', pod('p', { containers: [container] }));
  assert.equal(created.spec.containers[0].resources, {
    limits: { cpu: '1', memory: '1Gi' },
    requests: { cpu: '1', memory: '1Gi' },
  });
  assert.is(created.status.qosClass, 'Guaranteed');
});

test('ports, probes and hooks are completed', () => {
  const container = {
    name: 'c',
    image: 'i',
    ports: [{ containerPort: 80 }],
    readinessProbe: { httpGet: { port: 80 } },
    livenessProbe: { grpc: { port: 80 } },
    lifecycle: { preStop: { httpGet: { port: 80 } } },
    env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
  };
  const spec = { containers: [container], hostNetwork: true };
  const [made] = new TestCluster().create('Pod', pod('p', spec)).spec.containers;
  assert.equal(made.ports, [{ containerPort: 80, protocol: 'TCP', hostPort: 80 }]);
  const times = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  const httpGet = { port: 80, path: '/', scheme: 'HTTP' };
  assert.equal(made.readinessProbe, { httpGet, ...times });
  assert.equal(made.livenessProbe, { grpc: { port: 80, service: '' }, ...times });
  assert.equal(made.lifecycle, { preStop: { httpGet } });
  assert.equal(made.env[0].valueFrom, {
    fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' },
  });
});

test('volumes are completed', () => {
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const volumes = [
    { name: 'a' },
    { name: 'b', secret: { secretName: 's' } },
    { name: 'c', hostPath: { path: '/x' } },
    { name: 'd', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
    { name: 'e', ephemeral: { volumeClaimTemplate: { spec: claim } } },
    { name: 'f', emptyDir: {} },
    { name: 'g', image: { reference: 'i' } },
    { name: 'h', image: { reference: 'i:1' } },
  ];
  const created = new TestCluster().create('Pod', pod('p', { ...podSpec, volumes }));
  assert.equal(created.spec.volumes, [
    { name: 'a', emptyDir: {} },
    { name: 'b', secret: { secretName: 's', defaultMode: 420 } },
    { name: 'c', hostPath: { path: '/x', type: '' } },
    {
      name: 'd',
      projected: {
        sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }],
        defaultMode: 420,
      },
    },
    {
      name: 'e',
      ephemeral: {
        volumeClaimTemplate: { spec: { ...claim, volumeMode: 'Filesystem' } },
      },
    },
    { name: 'f', emptyDir: {} },
    { name: 'g', image: { reference: 'i', pullPolicy: 'Always' } },
    { name: 'h', image: { reference: 'i:1', pullPolicy: 'IfNotPresent' } },
  ]);
});

test('an image is pulled always if it may be another one tomorrow', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const image of [
    'nginx',
    'nginx:latest',
    'a.b/c',
    'localhost:5000/x',
    `n:latest@${digest}`,
  ]) {
    assert.is(pullPolicyOf(image), 'Always', image);
  }
  for (const image of ['nginx:1', `nginx@${digest}`, 'a.b:5000/c:v1', '', 'NGINX', 'a b']) {
    assert.is(pullPolicyOf(image), 'IfNotPresent', image);
  }
});

test('an Event has all that readers of Events look for', () => {
  const cluster = new TestCluster();
  const involvedObject = { kind: 'Node', name: 'n1' };
  const event = cluster.create('Event', {
    metadata: { name: 'n1.1', namespace: 'default' },
    involvedObject,
    reason: 'RegisteredNode',
    count: 1,
  });
  const { metadata: _m, ...rest } = event;
  assert.equal(rest, {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject,
    reason: 'RegisteredNode',
    count: 1,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  });
  assert.is(
    cluster.refused({
      verb: 'create',
      kind: 'Event',
      object: { metadata: { name: 'x' }, involvedObject: { namespace: 'other' } } as never,
    }).message,
    'Event "x" is invalid: involvedObject.namespace: Invalid value: "other": does not match event.namespace',
  );
});

test('a Lease lasts longer than nothing', () => {
  const spec = { leaseDurationSeconds: 0 };
  const object = { metadata: { name: 'x' }, spec } as never;
  assert.is(
    new TestCluster().refused({ verb: 'create', kind: 'Lease', object }).message,
    'Lease.coordination.k8s.io "x" is invalid: spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
  );
});

test('taints of a Node are distinct, and their effects known', () => {
  const refusal = (taints: object[]) =>
    new TestCluster().refused({
      verb: 'create',
      kind: 'Node',
      object: { metadata: { name: 'n' }, spec: { taints } } as never,
    }).message;
  assert.is(
    refusal([{ key: 'a', effect: 'Foo' }]),
    'Node "n" is invalid: metadata.taints[0].effect: Unsupported value: "Foo": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
  );
  assert.is(
    refusal([
      { key: 'a', effect: 'NoSchedule' },
      { key: 'a', effect: 'NoSchedule' },
    ]),
    'Node "n" is invalid: metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
  );
});

test.run();
