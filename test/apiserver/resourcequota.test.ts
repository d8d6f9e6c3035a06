/** Admission by ResourceQuotas (api-07 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, creation, pod, podSpec, TestCluster, updating } from './cluster.ts';

const test = suite('resource quota admission');

type Texts = Record<string, string>;

/** A quota whose status is as a controller would have written it. */
function quota(cluster: TestCluster, name: string, hard: Texts, used: Texts, spec: object = {}) {
  const metadata = { name, namespace: 'default' };
  cluster.create('ResourceQuota', { metadata, spec: { hard, ...spec } });
  cluster.merge('ResourceQuota', name, { status: { hard, used } }, 'status');
}

function cluster(hard: Texts, used: Texts, spec?: object): TestCluster {
  const made = new TestCluster();
  quota(made, 'rq', hard, used, spec);
  return made;
}

const used = (made: TestCluster, name = 'rq'): Texts => made.get('ResourceQuota', name).status.used;

const why = (made: TestCluster, object: Any, kind = 'Pod'): string =>
  made.refused(creation(kind, object)).message.replace(/^.* is forbidden: /, '');

const asking = (resources: object, spec: object = {}): Any =>
  pod('p', { containers: [{ name: 'c', image: 'web:v1', resources }], ...spec });

test('there is no room for one more', () => {
  const made = cluster({ pods: '10' }, { pods: '10' });
  const status = made.refused(creation('Pod', pod('p')));
  assert.is(status.code, 403);
  assert.is(
    status.message,
    'pods "p" is forbidden: exceeded quota: rq, requested: pods=1, used: pods=10, limited: pods=10',
  );
});

test('what is let in is charged at once', () => {
  const made = cluster({ pods: '2', 'requests.cpu': '1' }, { pods: '0', 'requests.cpu': '0' });
  made.create('Pod', asking({ requests: { cpu: '300m' } }));
  assert.equal(used(made), { pods: '1', 'requests.cpu': '300m' });
  const big = { ...asking({ requests: { cpu: '800m' } }), metadata: pod('q').metadata };
  assert.is(
    why(made, big),
    'exceeded quota: rq, requested: requests.cpu=800m, used: requests.cpu=300m, limited: requests.cpu=1',
  );
  assert.equal(used(made), { pods: '1', 'requests.cpu': '300m' });
});

test('all that is exceeded is told, in order', () => {
  const made = cluster({ pods: '1', cpu: '1' }, { pods: '1', cpu: '900m' });
  assert.is(
    why(made, asking({ requests: { cpu: '1' } })),
    'exceeded quota: rq, requested: cpu=1,pods=1, used: cpu=900m,pods=1, limited: cpu=1,pods=1',
  );
});

test('a dry run is judged, and charged to nobody', () => {
  const made = cluster({ pods: '1' }, { pods: '0' });
  made.ok({ ...creation('Pod', pod('p')), dryRun: true });
  assert.equal(used(made), { pods: '0' });
  made.create('Pod', pod('p'));
  const again = made.refused({ ...creation('Pod', pod('q')), dryRun: true });
  assert.match(again.message, 'exceeded quota');
});

test('where cpu or memory is counted, every container must say', () => {
  const hard = { 'limits.cpu': '2', 'requests.memory': '1Gi', pods: '9' };
  const made = cluster(hard, { 'limits.cpu': '0', 'requests.memory': '0', pods: '0' });
  assert.is(
    why(made, asking({}, { initContainers: [{ name: 'a', image: 'x:v1' }] })),
    'failed quota: rq: must specify limits.cpu for: a,c; requests.memory for: a,c',
  );
  made.create('Pod', asking({ limits: { cpu: '1', memory: '1Mi' } }));
  assert.equal(used(made), { 'limits.cpu': '1', pods: '1', 'requests.memory': '1Mi' });
});

test('a Pod that says it as a whole has said it', () => {
  const made = cluster({ 'limits.cpu': '2' }, { 'limits.cpu': '0' });
  made.create('Pod', asking({}, { resources: { limits: { cpu: '500m' } } }));
  assert.equal(used(made), { 'limits.cpu': '500m' });
});

test('a quota without a status does nothing, and one that is not counted yet refuses', () => {
  const made = new TestCluster();
  const metadata = { name: 'rq', namespace: 'default' };
  made.create('ResourceQuota', { metadata, spec: { hard: { pods: '0' } } });
  made.create('Pod', pod('p'));
  made.merge('ResourceQuota', 'rq', { status: { hard: { pods: '5' } } }, 'status');
  assert.is(why(made, pod('q')), 'status unknown for quota: rq, resources: pods');
});

test('all quotas must agree, and one refusal charges none', () => {
  const made = cluster({ pods: '5' }, { pods: '0' });
  quota(made, 'z', { 'count/pods': '0' }, { 'count/pods': '0' });
  assert.match(why(made, pod('p')), 'exceeded quota: z, requested: count/pods=1');
  assert.equal(used(made), { pods: '0' });
});

test('scopes choose Pods', () => {
  const inScope = (spec: object, own: object, resources: object = {}): boolean => {
    const made = cluster({ pods: '0' }, { pods: '0' }, spec);
    const response = made.api.handle(creation('Pod', asking(resources, own)), 'user/test', []);
    return !response.ok;
  };
  const scopes = (...names: string[]) => ({ scopes: names });
  assert.is(inScope(scopes('BestEffort'), {}), true);
  assert.is(inScope(scopes('BestEffort'), {}, { requests: { cpu: '1' } }), false);
  assert.is(inScope(scopes('NotBestEffort'), {}, { requests: { cpu: '1' } }), true);
  assert.is(inScope(scopes('Terminating'), { activeDeadlineSeconds: 5 }), true);
  assert.is(inScope(scopes('Terminating'), {}), false);
  assert.is(inScope(scopes('NotTerminating'), {}), true);
  assert.is(inScope(scopes('NotTerminating', 'NotBestEffort'), {}), false, 'all must hold');
  const priority = (operator: string, values?: string[]) => ({
    scopeSelector: {
      matchExpressions: [
        { scopeName: 'PriorityClass', operator, ...(values === undefined ? {} : { values }) },
      ],
    },
  });
  const critical = { priorityClassName: 'system-node-critical' };
  assert.is(inScope(priority('In', ['system-node-critical']), critical), true);
  assert.is(inScope(priority('In', ['other']), critical), false);
  assert.is(inScope(priority('NotIn', ['other']), critical), true);
  assert.is(inScope(priority('NotIn', ['other']), {}), true);
  assert.is(inScope(priority('Exists'), {}), false);
  assert.is(inScope(priority('DoesNotExist'), {}), true);
  const term = { topologyKey: 'zone', namespaces: ['a'] };
  const affinity = {
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
  };
  assert.is(inScope(scopes('CrossNamespacePodAffinity'), { affinity }), true);
  assert.is(inScope(scopes('CrossNamespacePodAffinity'), {}), false);
});

test('objects of any kind can be counted', () => {
  const hard = { configmaps: '1', 'count/deployments.apps': '0', 'count/secrets': '0' };
  const made = cluster(hard, {
    configmaps: '0',
    'count/deployments.apps': '0',
    'count/secrets': '0',
  });
  const named = (name: string) => ({ metadata: { name, namespace: 'default' } });
  made.create('ConfigMap', named('a'));
  assert.is(
    why(made, named('b'), 'ConfigMap'),
    'exceeded quota: rq, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
  );
  assert.match(why(made, named('s'), 'Secret'), 'requested: count/secrets=1');
  const template = { metadata: { labels: { a: 'b' } }, spec: podSpec };
  const spec = { selector: { matchLabels: { a: 'b' } }, template };
  assert.match(
    why(made, { ...named('d'), spec }, 'Deployment'),
    'requested: count/deployments.apps=1',
  );
});

test('claims are counted in bytes, of all classes and of each', () => {
  const gold = 'gold.storageclass.storage.k8s.io/requests.storage';
  const hard = { [gold]: '10Gi', persistentvolumeclaims: '5', 'requests.storage': '20Gi' };
  const made = cluster(hard, { [gold]: '0', persistentvolumeclaims: '0', 'requests.storage': '0' });
  const claim = (name: string, storage: string, storageClassName: string): Any => ({
    metadata: { name, namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage } },
    },
  });
  made.create('PersistentVolumeClaim', claim('a', '8Gi', 'gold'));
  made.create('PersistentVolumeClaim', claim('b', '8Gi', 'iron'));
  assert.equal(used(made), {
    [gold]: '8Gi',
    persistentvolumeclaims: '2',
    'requests.storage': '16Gi',
  });
  assert.is(
    why(made, claim('c', '3Gi', 'gold'), 'PersistentVolumeClaim'),
    `exceeded quota: rq, requested: ${gold}=3Gi, used: ${gold}=8Gi, limited: ${gold}=10Gi`,
  );
});

test('a Service that becomes more is charged for that', () => {
  const hard = { services: '5', 'services.nodeports': '1' };
  const made = cluster(hard, { services: '0', 'services.nodeports': '0' });
  const ports = [{ name: 'a', port: 80 }];
  const service = made.create('Service', {
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: { a: 'b' }, ports },
  });
  assert.equal(used(made), { services: '1', 'services.nodeports': '0' });
  const more = made.update({ ...service, spec: { ...service.spec, type: 'NodePort' } });
  assert.equal(used(made), { services: '1', 'services.nodeports': '1' });
  const second = [...more.spec.ports, { name: 'b', port: 81, protocol: 'TCP', targetPort: 81 }];
  assert.match(
    made.refused(updating({ ...more, spec: { ...more.spec, ports: second } })).message,
    'services "s" is forbidden: exceeded quota: rq, requested: services.nodeports=1, used: services.nodeports=1',
  );
  made.update({ ...more, metadata: { ...more.metadata, labels: { a: 'b' } } });
  assert.equal(used(made), { services: '1', 'services.nodeports': '1' });
});

test('another namespace has quotas of its own', () => {
  const made = cluster({ pods: '0' }, { pods: '0' });
  made.create('Namespace', { metadata: { name: 'other' } });
  made.create('Pod', { metadata: { name: 'p', namespace: 'other' }, spec: podSpec });
});

test.run();
