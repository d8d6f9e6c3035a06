/** What admission adds to Pods and Nodes, and what it refuses (api-07 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { creation, merging, pod, podSpec, TestCluster } from './cluster.ts';

const test = suite('admission');

const specOf = (spec: object) =>
  new TestCluster().create('Pod', pod('p', { ...podSpec, ...spec })).spec;
const refusal = (spec: object) =>
  new TestCluster().refused(creation('Pod', pod('p', { ...podSpec, ...spec }))).message;

const notReady = {
  key: 'node.kubernetes.io/not-ready',
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
};
const unreachable = { ...notReady, key: 'node.kubernetes.io/unreachable' };

test('a Pod ends up with all that it needs', () => {
  assert.equal(specOf({}), {
    containers: [
      {
        name: 'c',
        image: 'web:v1',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: [notReady, unreachable],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  });
});

test('tolerations are added after the given ones, unless one of those will do', () => {
  const own = { key: 'a', operator: 'Exists' };
  assert.equal(specOf({ tolerations: [own] }).tolerations, [own, notReady, unreachable]);
  const mine = { ...notReady, tolerationSeconds: 10 };
  assert.equal(specOf({ tolerations: [mine] }).tolerations, [mine, unreachable]);
  const all = { operator: 'Exists' };
  assert.equal(specOf({ tolerations: [all] }).tolerations, [all]);
  const other = { ...notReady, effect: 'NoSchedule' };
  delete (other as Partial<typeof other>).tolerationSeconds;
  assert.equal(specOf({ tolerations: [other] }).tolerations, [other, notReady, unreachable]);
});

test('priority comes of the class', () => {
  assert.is(specOf({ priorityClassName: 'system-node-critical' }).priority, 2_000_001_000);
  assert.is(specOf({ priorityClassName: 'system-cluster-critical' }).priority, 2_000_000_000);
  for (const name of ['nope', 'constructor']) {
    assert.is(
      refusal({ priorityClassName: name }),
      `pods "p" is forbidden: no PriorityClass with name ${name} was found`,
    );
  }
});

test('priority is not for clients to say', () => {
  assert.is(
    refusal({ priority: 5 }),
    'pods "p" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
  );
  assert.is(
    refusal({ preemptionPolicy: 'Never' }),
    'pods "p" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
  );
  assert.is(specOf({ priority: 0 }).priority, 0);
});

test('a gated Pod says that it is', () => {
  const { status } = new TestCluster().create(
    'Pod',
    pod('p', { ...podSpec, schedulingGates: [{ name: 'a.b/c' }] }),
  );
  assert.equal(status.conditions, [
    {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ]);
});

test('a new Node is not ready', () => {
  const cluster = new TestCluster();
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const own = { key: 'a', effect: 'NoExecute' };
  const taints = (name: string, given: object[]) =>
    cluster.create('Node', { metadata: { name }, spec: { taints: given } }).spec.taints;
  assert.equal(cluster.create('Node', { metadata: { name: 'n1' } }).spec.taints, [taint]);
  assert.equal(taints('n2', [own]), [own, taint]);
  assert.equal(taints('n3', [taint]), [taint]);
});

test('label keys of a Pod become part of its selectors', () => {
  const cluster = new TestCluster();
  const labelSelector = { matchLabels: { app: 'web' } };
  const term = {
    labelSelector,
    topologyKey: 'zone',
    matchLabelKeys: ['pod-template-hash', 'missing'],
    mismatchLabelKeys: ['tenant'],
  };
  const spread = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector,
    matchLabelKeys: ['pod-template-hash'],
  };
  const spec = {
    ...podSpec,
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    topologySpreadConstraints: [spread],
  };
  const labels = { app: 'web', 'pod-template-hash': 'x', tenant: 't' };
  const created = cluster.create('Pod', pod('p', spec, { labels })).spec;
  const same = { key: 'pod-template-hash', operator: 'In', values: ['x'] };
  const [stored] = created.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  assert.equal(stored.labelSelector, {
    ...labelSelector,
    matchExpressions: [same, { key: 'tenant', operator: 'NotIn', values: ['t'] }],
  });
  assert.equal(created.topologySpreadConstraints[0].labelSelector, {
    ...labelSelector,
    matchExpressions: [same],
  });
});

test('a Pod takes over what its RuntimeClass costs, and where it is', () => {
  const cluster = new TestCluster();
  const tolerations = [{ key: 'gvisor', operator: 'Exists' }];
  const scheduling = { nodeSelector: { runtime: 'gvisor' }, tolerations };
  const overhead = { podFixed: { cpu: '250m' } };
  const runtime = { metadata: { name: 'gvisor' }, handler: 'runsc', overhead, scheduling };
  cluster.create('RuntimeClass', runtime);
  const spec = { ...podSpec, runtimeClassName: 'gvisor', nodeSelector: { disk: 'ssd' } };
  const made = cluster.create('Pod', pod('a', spec)).spec;
  assert.equal(made.overhead, { cpu: '250m' });
  assert.equal(made.nodeSelector, { disk: 'ssd', runtime: 'gvisor' });
  assert.equal(made.tolerations.at(-1), tolerations[0]);
  const why = (more: object) => {
    const { message } = cluster.refused(creation('Pod', pod('b', { ...spec, ...more })));
    return message.replace('pods "b" is forbidden: ', '');
  };
  const rejected = 'pod rejected: ';
  assert.is(why({ runtimeClassName: 'x' }), `${rejected}RuntimeClass "x" not found`);
  const mismatch = "Pod's Overhead doesn't match RuntimeClass's defined Overhead";
  assert.is(why({ overhead: { cpu: '1' } }), rejected + mismatch);
  const unasked = 'Pod Overhead set without corresponding RuntimeClass defined Overhead';
  const plain = { runtimeClassName: undefined, overhead: { cpu: '1' } };
  assert.is(why(plain), rejected + unasked);
  const conflict =
    'conflict: runtimeClass.scheduling.nodeSelector[runtime] = gvisor; pod.spec.nodeSelector[runtime] = kata';
  assert.is(why({ nodeSelector: { runtime: 'kata' } }), conflict);
});

test('an Ingress without a class gets the newest default one', () => {
  const cluster = new TestCluster();
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  const spec = { controller: 'example.com/c' };
  for (const name of ['old', 'new']) {
    cluster.create('IngressClass', { metadata: { name, annotations }, spec });
    cluster.now += 1_000;
  }
  const backend = { defaultBackend: { service: { name: 's', port: { number: 80 } } } };
  const ingress = (name: string, metadata = {}) =>
    cluster.create('Ingress', { metadata: { name, ...metadata }, spec: backend }, 'default');
  assert.is(ingress('a').spec.ingressClassName, 'new');
  const old = { annotations: { 'kubernetes.io/ingress.class': 'x' } };
  assert.is(ingress('b', old).spec.ingressClassName, undefined);
});

test('there is one default PriorityClass', () => {
  const cluster = new TestCluster();
  const made = (name: string) => ({ metadata: { name }, value: 1, globalDefault: true });
  cluster.create('PriorityClass', made('a'));
  assert.is(
    cluster.refused(creation('PriorityClass', made('b'))).message,
    'priorityclasses.scheduling.k8s.io "b" is forbidden: PriorityClass a is already marked as default. Only one default can exist',
  );
});

test('a claim grows only where its class lets it', () => {
  const cluster = new TestCluster();
  const kind = 'PersistentVolumeClaim';
  const provisioner = 'example.com/p';
  cluster.create('StorageClass', { metadata: { name: 'rigid' }, provisioner });
  const asking = (storage: string) => ({ resources: { requests: { storage } } });
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'rigid', volumeName: 'v' };
  cluster.create(kind, { metadata: { name: 'c' }, spec: { ...spec, ...asking('1Gi') } }, 'default');
  const capacity = { storage: '1Gi' };
  cluster.merge(kind, 'c', { status: { phase: 'Bound', capacity } }, 'status');
  const grown = merging(kind, 'c', { spec: asking('2Gi') });
  assert.is(
    cluster.refused(grown).message,
    'persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  );
  const elastic = { allowVolumeExpansion: true };
  cluster.ok({ ...merging('StorageClass', 'rigid', elastic), namespace: undefined } as never);
  assert.is(cluster.ok(grown).spec.resources.requests.storage, '2Gi');
});

test.run();
