/** What users write into Endpoints stands in EndpointSlices too, and follows them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mirrorOf } from '../../src/controllers/endpointslicemirroring/mirror.ts';
import { endpointSliceMirroringController } from '../../src/controllers/endpointslicemirroring.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('endpoint slice mirroring controller');
const namespace = 'default';
const key = 'default/db';

const service = (spec: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'db', namespace },
  spec: { ports: [{ name: 'sql', port: 5432 }], ...spec },
});

const ports = [{ name: 'sql', port: 5432 }];
const subset = (...ips: string[]): Any => ({ addresses: ips.map((ip) => ({ ip })), ports });

const endpoints = (subsets: Any, metadata: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'db', namespace, ...metadata },
  subsets,
});

function submit(cluster: Cluster, request: Any): void {
  const response = cluster.simulation.submit({ namespace, ...request }, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
  settle(cluster.simulation, { horizonMs: 60_000 });
}

function clusterWith(...objects: readonly Any[]): Cluster {
  const cluster = createCluster({ nodes: [] });
  for (const object of objects) submit(cluster, { verb: 'create', kind: object.kind, object });
  return cluster;
}

const patch = (cluster: Cluster, kind: string, change: Any, name = 'db'): void =>
  submit(cluster, { verb: 'patch', kind, name, patchType: 'merge', patch: change });

const slices = ({ simulation }: Cluster): readonly Any[] =>
  simulation.store.view().list<Any>('EndpointSlice');

const addresses = (cluster: Cluster): readonly string[] =>
  slices(cluster).flatMap((slice) => (slice.endpoints ?? []).flatMap((one: Any) => one.addresses));

test('a slice for each list of ports and family, owned by the Endpoints', () => {
  const annotations = { note: 'x', 'endpoints.kubernetes.io/last-change-trigger-time': 'then' };
  const meta = { labels: { team: 'x' }, annotations };
  const unready = { notReadyAddresses: [{ ip: '10.0.0.2', nodeName: 'n1' }], ports };
  const own = endpoints([subset('10.0.0.1', 'fd00::1'), unready], meta);
  const cluster = clusterWith(service(), own);
  const all = slices(cluster);
  assert.equal(all.map(({ addressType }) => addressType).sort(), ['IPv4', 'IPv6']);
  const v4 = all.find(({ addressType }) => addressType === 'IPv4');
  assert.equal(v4.metadata.labels, {
    team: 'x',
    'kubernetes.io/service-name': 'db',
    'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
  });
  assert.equal(v4.metadata.annotations, { note: 'x' });
  assert.is(v4.metadata.ownerReferences[0].kind, 'Endpoints');
  assert.equal(v4.ports, [{ name: 'sql', port: 5432, protocol: 'TCP' }]);
  assert.equal(v4.endpoints, [
    { addresses: ['10.0.0.1'], conditions: { ready: true } },
    { addresses: ['10.0.0.2'], conditions: { ready: false }, nodeName: 'n1' },
  ]);
});

test('the slice follows the Endpoints, under its name, and goes with them', () => {
  const cluster = clusterWith(service(), endpoints([subset('10.0.0.1')]));
  const [first] = slices(cluster);
  patch(cluster, 'Endpoints', { subsets: [subset('10.0.0.1', '10.0.0.2')] });
  assert.equal(addresses(cluster), ['10.0.0.1', '10.0.0.2']);
  patch(cluster, 'Endpoints', { subsets: [{ ...subset('10.0.0.3'), ports: [{ port: 6543 }] }] });
  assert.equal(addresses(cluster), ['10.0.0.3']);
  assert.equal(
    slices(cluster).map(({ metadata }) => metadata.uid),
    [first.metadata.uid],
  );
  patch(cluster, 'Endpoints', { metadata: { labels: { team: 'y' } } });
  assert.is(slices(cluster)[0].metadata.labels.team, 'y');
  submit(cluster, { verb: 'delete', kind: 'Endpoints', name: 'db' });
  assert.equal(slices(cluster), []);
});

test('E-L1: a mirrored slice that a user changes or deletes is made good', () => {
  const cluster = clusterWith(service(), endpoints([subset('10.0.0.1')]));
  const nameOf = () => slices(cluster)[0].metadata.name;
  patch(cluster, 'EndpointSlice', { endpoints: [] }, nameOf());
  assert.equal(addresses(cluster), ['10.0.0.1']);
  submit(cluster, { verb: 'delete', kind: 'EndpointSlice', name: nameOf() });
  assert.equal(addresses(cluster), ['10.0.0.1']);
});

test('a selector, a label or a lock of old releases keeps Endpoints from being mirrored', () => {
  const skip = { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } };
  assert.equal(slices(clusterWith(service(), endpoints([subset('10.0.0.1')], skip))), []);
  const lock = { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } };
  assert.equal(slices(clusterWith(service(), endpoints([subset('10.0.0.1')], lock))), []);
  assert.equal(slices(clusterWith(endpoints([subset('10.0.0.1')]))), []);
  const cluster = clusterWith(service(), endpoints([subset('10.0.0.1')]));
  assert.is(slices(cluster).length, 1);
  patch(cluster, 'Service', { spec: { selector: { app: 'db' } } });
  const managers = slices(cluster).map(
    ({ metadata }) => metadata.labels['endpointslice.kubernetes.io/managed-by'],
  );
  assert.equal(managers, ['endpointslice-controller.k8s.io']);
});

test('a thousand addresses of a subset are mirrored, and that others are not is told', () => {
  const many = Array.from({ length: 1_005 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const cluster = new TestCluster();
  cluster.create('Service', service(), namespace);
  cluster.create(
    'Endpoints',
    endpoints([subset(...many.map((ip) => ip.replace('10.0.0.0', '10.9.9.9')))]),
    namespace,
  );
  const { requests, events } = pass(endpointSliceMirroringController(), key, cluster);
  assert.is((requests[0] as Any).object.endpoints.length, 1000);
  assert.equal(events, [
    'Warning TooManyAddressesToMirror: A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 5 addresses were skipped',
  ]);
});

test('what is no address is left out, and counted', () => {
  const own = endpoints([subset('10.0.0.1', 'elsewhere')]);
  const { plan, invalid, skipped } = mirrorOf(own, []);
  assert.is(plan.create.length, 1);
  assert.equal([invalid, skipped], [1, 1]);
});

test('E-S1: a cache that does not show the last write is refused', () => {
  const cluster = new TestCluster();
  cluster.create('Service', service(), namespace);
  cluster.create('Endpoints', endpoints([subset('10.0.0.1')]), namespace);
  const controller = endpointSliceMirroringController();
  const before = cluster.store.view(cluster.store.revision);
  assert.is(pass(controller, key, cluster).outcome, undefined);
  const again = pass(controller, key, cluster, before);
  assert.equal(again.requests, []);
  assert.match((again.outcome as Any).error, /out of date/);
});

test.run();
