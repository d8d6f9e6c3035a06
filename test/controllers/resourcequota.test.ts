/** What the ResourceQuota controller counts (ctl-08 §B). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceQuotaController } from '../../src/controllers/resourcequota.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { type Any, pod, podSpec, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('resource quotas');

const controller = resourceQuotaController();

/** Until nothing is left to do but what is retried later than that. */
const rest = (simulation: Simulation, horizonMs = 60_000) =>
  assert.is(settle(simulation, { horizonMs, movesMax: 20_000 }).type, 'rest');

const quota = (hard: object, spec: object = {}): Any => ({
  metadata: { name: 'rq', namespace: 'default' },
  spec: { hard, ...spec },
});

const sync = (cluster: TestCluster) => pass(controller, 'default/rq', cluster);
const statusOf = (cluster: TestCluster): Any => cluster.get('ResourceQuota', 'rq').status;

test('a new quota is told what there is already', () => {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('a'));
  cluster.create('Pod', pod('b'));
  cluster.create('ConfigMap', { metadata: { name: 'm', namespace: 'default' } });
  const hard = { pods: '5', configmaps: '3', 'count/jobs.batch': '1', 'requests.cpu': '2' };
  cluster.create('ResourceQuota', quota(hard));
  const { requests, later } = sync(cluster);
  assert.is(requests.length, 1);
  assert.equal(later, [['default/rq', 300_000]]);
  assert.equal(statusOf(cluster), {
    hard,
    used: { configmaps: '1', 'count/jobs.batch': '0', pods: '2', 'requests.cpu': '0' },
  });
  assert.is(sync(cluster).requests.length, 0, 'nothing is new');
});

test('Pods that are over count as objects only', () => {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('done'));
  cluster.merge('Pod', 'done', { status: { phase: 'Succeeded' } }, 'status');
  cluster.create('Pod', pod('live'));
  cluster.create('ResourceQuota', quota({ pods: '5', 'count/pods': '5' }));
  sync(cluster);
  assert.equal(statusOf(cluster).used, { 'count/pods': '2', pods: '1' });
});

test('a Pod that should long be gone is not charged', () => {
  const cluster = new TestCluster();
  cluster.create('Node', { metadata: { name: 'n1' } });
  cluster.create('Pod', pod('p'));
  cluster.bind('p');
  cluster.create('ResourceQuota', quota({ pods: '5' }));
  cluster.delete('Pod', 'p', { gracePeriodSeconds: 10 });
  sync(cluster);
  assert.equal(statusOf(cluster).used, { pods: '1' });
  cluster.now = 20_001;
  sync(cluster);
  assert.equal(statusOf(cluster).used, { pods: '0' });
});

test('requests are added up as a Pod needs them', () => {
  const cluster = new TestCluster();
  const asking = (name: string, cpu: string, more: object = {}) => ({
    name,
    image: 'web:v1',
    resources: { requests: { cpu } },
    ...more,
  });
  cluster.create('ResourceQuota', quota({ cpu: '9' }));
  cluster.create(
    'Pod',
    pod('p', {
      containers: [asking('a', '250m'), asking('b', '250m')],
      initContainers: [asking('side', '1', { restartPolicy: 'Always' }), asking('i', '2')],
    }),
  );
  sync(cluster);
  assert.equal(statusOf(cluster).used, { cpu: '3' });
});

test('scopes choose what is counted', () => {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('a'));
  cluster.create('Pod', pod('b', { ...podSpec, activeDeadlineSeconds: 5 }));
  cluster.create('ResourceQuota', quota({ pods: '5' }, { scopes: ['Terminating'] }));
  sync(cluster);
  assert.equal(statusOf(cluster).used, { pods: '1' });
});

test('what is asked for anew is counted anew, and what nobody counts is left out', () => {
  const cluster = new TestCluster();
  cluster.create('ResourceQuota', quota({ pods: '5', 'count/what.ever': '2' }));
  sync(cluster);
  assert.equal(statusOf(cluster).used, { pods: '0' });
  cluster.merge('ResourceQuota', 'rq', { spec: { hard: { pods: null, secrets: '1' } } });
  sync(cluster);
  assert.equal(statusOf(cluster), {
    hard: { 'count/what.ever': '2', secrets: '1' },
    used: { secrets: '0' },
  });
});

test('in a cluster, a Pod that goes makes room for another', () => {
  const { simulation } = createCluster({ nodes: [{ name: 'n1' }] });
  const create = (kind: string, object: Any) =>
    simulation.submit({ verb: 'create', kind, object }, 'user');
  const used = (): string =>
    simulation.store.get<Any>('ResourceQuota', 'default/rq')!.status.used.pods;
  rest(simulation);
  create('ResourceQuota', quota({ pods: '1' }));
  rest(simulation);
  assert.is(used(), '0');
  assert.ok(create('Pod', pod('a')).ok);
  assert.is(used(), '1', 'charged with the creation');
  assert.not(create('Pod', pod('b')).ok);
  rest(simulation);
  simulation.submit(
    { verb: 'delete', kind: 'Pod', namespace: 'default', name: 'a', options: {} },
    'user',
  );
  rest(simulation);
  assert.is(used(), '0');
  assert.ok(create('Pod', pod('b')).ok);
});

test('a ReplicaSet that may not have all its Pods goes on when it may', () => {
  const { simulation } = createCluster({ nodes: [{ name: 'n1' }] });
  const create = (kind: string, object: Any) =>
    simulation.submit({ verb: 'create', kind, object }, 'user');
  create('ResourceQuota', quota({ pods: '2' }));
  rest(simulation);
  const template = { metadata: { labels: { a: 'b' } }, spec: podSpec };
  const spec = { replicas: 3, selector: { matchLabels: { a: 'b' } }, template };
  create('ReplicaSet', { metadata: { name: 'r', namespace: 'default' }, spec });
  rest(simulation);
  assert.is(simulation.store.view().list('Pod').length, 2);
  simulation.submit(
    {
      verb: 'patch',
      kind: 'ResourceQuota',
      namespace: 'default',
      name: 'rq',
      patchType: 'merge',
      patch: { spec: { hard: { pods: '3' } } },
    },
    'user',
  );
  rest(simulation, 200_000);
  assert.is(simulation.store.view().list('Pod').length, 3);
});

test.run();
