/** What is measured: said by scenarios, shared among Pods, known to the runtime. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../src/errors.ts';
import { type ClusterOptions, createCluster } from '../../src/sim/cluster.ts';
import { parseMetric, parseUsage } from '../../src/sim/scenario/measured.ts';
import { type Any, pod, TestCluster } from '../apiserver/cluster.ts';

const test = suite('metrics');

const everything = () => true;
const labels = { app: 'web' };

function running(ready: readonly boolean[]): TestCluster {
  const cluster = new TestCluster();
  ready.forEach((isReady, i) => {
    const containers = [{ name: 'c' }, { name: 'side' }].map((one) => ({ ...one, image: 'i' }));
    cluster.create('Pod', pod(`p${i}`, { containers }, { labels }));
    const state = { running: { startedAt: '2026-01-01T00:00:05Z' } };
    const containerStatuses = [
      { name: 'c', state },
      { name: 'side', state },
    ];
    const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }];
    const status = { phase: 'Running', conditions, containerStatuses };
    cluster.merge('Pod', `p${i}`, { status }, 'status');
  });
  cluster.now = 20_000;
  return cluster;
}

const measured = ({ metrics }: TestCluster) =>
  metrics.pods('default', everything).map(({ pod: { metadata }, at, containers }) => ({
    name: metadata.name,
    at,
    ...Object.fromEntries(containers),
  }));

test('nothing is known of what nobody speaks of', () => {
  assert.equal(measured(running([true])), []);
});

test('the first container uses what is said of a Pod', () => {
  const cluster = running([true]);
  cluster.metrics.use({ selector: 'app=web', cpu: '300m', memory: '1Ki' });
  const c = { cpu: 300, memory: 1_024_000 };
  assert.equal(measured(cluster), [{ name: 'p0', at: 15_000, c, side: { cpu: 0, memory: 0 } }]);
});

test('a container is measured from the first look after its start on', () => {
  const cluster = running([true]);
  cluster.metrics.use({ selector: 'app=web', cpu: '1' });
  cluster.now = 14_999;
  assert.equal(measured(cluster), []);
});

test('Pods that are ready share a sum, and the others bear nothing', () => {
  const cluster = running([true, true, false]);
  cluster.metrics.use({ selector: 'app=web', container: 'c', cpu: '1', shared: true });
  assert.equal(
    measured(cluster).map((one: Any) => one.c.cpu),
    [500, 500, 0],
  );
});

test('the last word counts, and none takes it away', () => {
  const cluster = running([true]);
  cluster.metrics.use({ selector: 'app=web', container: 'c', cpu: '1' });
  cluster.metrics.use({ selector: 'app', container: 'c', cpu: '2' });
  assert.is((measured(cluster)[0] as Any).c.cpu, 2_000);
  cluster.metrics.use({ selector: 'app=web', container: 'c', cpu: 'none' });
  assert.equal(measured(cluster), []);
});

test('the runtime knows what a scenario does not say', () => {
  const cluster = running([true]);
  cluster.metrics.source = (_pod, container, resource) =>
    container === 'side' && resource === 'cpu' ? 70 : undefined;
  assert.equal(measured(cluster), [{ name: 'p0', at: 15_000, side: { cpu: 70 } }]);
});

test('numbers of Pods, of objects, and of what is outside', () => {
  const { metrics } = running([true]);
  const object = (kind: string, name: string) => ({ kind, namespace: 'default', name });
  metrics.set({ name: 'hits', selector: 'app=web', value: '3' });
  metrics.set({ name: 'hits', object: 'Service/web', value: '2k' });
  metrics.set({ name: 'queue', labels: { q: 'a' }, value: '5' });
  metrics.set({ name: 'queue', labels: { q: 'b' }, value: '7' });
  metrics.set({ name: 'queue', labels: { q: 'a' }, value: '6' });
  assert.is(metrics.ofObject('hits', object('Pod', 'p0')), 3_000);
  assert.is(metrics.ofObject('hits', object('Service', 'web')), 2_000_000);
  assert.is(metrics.ofObject('hits', object('Service', 'api')), undefined);
  assert.equal(metrics.external('queue', 'default', everything), [6_000, 7_000]);
  metrics.set({ name: 'queue', labels: { q: 'b' }, value: 'none' });
  assert.equal(metrics.external('queue', 'default', everything), [6_000]);
});

test('mistakes in a scenario are told', () => {
  const fails = (body: object, pattern: string) =>
    assert.throws(
      () => parseUsage(body, 's'),
      (error: Error) => error instanceof UsageError && error.message.includes(pattern),
    );
  fails({ cpu: '1' }, 'selector must say which Pods use it');
  fails({ selector: 'app=web' }, 'cpu or memory must say how much is used');
  fails({ selector: 'app=web', cpu: 'much' }, 'cpu must be a quantity such as 300m, or none');
  fails({ selector: 'app=web', cpu: '1', share: true }, 'did you mean shared?');
  assert.throws(() => parseMetric({ name: 'm', value: '1', object: 'web' }, 's'), /KIND\/NAME/);
});

test('the stand-in kubelet of the recordings has no metrics server, unless a behaviour speaks of use', () => {
  const serves = (options: ClusterOptions) =>
    createCluster(options).simulation.metrics.serves('metrics.k8s.io');
  assert.is(serves({ kubelet: 'typical' }), true);
  assert.is(serves({ kubelet: 'standIn' }), false);
  assert.is(serves({ kubelet: 'standIn', behaviour: [{ image: '*', cpu: '100m' }] }), true);
});

test.run();
