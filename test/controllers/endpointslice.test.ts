/** What the EndpointSlice controller writes, and that it stays so whatever users do to it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Endpoint, EndpointSlice } from '../../src/api/service/endpointslice.ts';
import { pack } from '../../src/controllers/endpointslice/packing.ts';
import { endpointSliceController } from '../../src/controllers/endpointslice.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('endpoint slice controller');

const service = (spec: Any = {}, labels: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', labels },
  spec: {
    selector: { app: 'web' },
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    ...spec,
  },
});

const pod = (name: string, ports: Any = [], spec: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web:v1', ports }], ...spec },
});

const rest = ({ simulation }: Cluster) => settle(simulation, { horizonMs: 60_000 });

function submit(cluster: Cluster, request: Any): void {
  const response = cluster.simulation.submit(request, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
  rest(cluster);
}

function clusterWith(...objects: readonly Any[]): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1', labels: zone }] } as Any);
  rest(cluster);
  for (const object of objects) {
    submit(cluster, { verb: 'create', kind: object.kind, namespace: 'default', object });
  }
  return cluster;
}

const zone = { 'topology.kubernetes.io/zone': 'a' };
const namespace = 'default';

const slices = ({ simulation }: Cluster): readonly EndpointSlice[] =>
  simulation.store.view().list<EndpointSlice>('EndpointSlice');

const names = (slice: EndpointSlice | undefined): readonly Any[] =>
  (slice?.endpoints ?? []).map(({ targetRef }) => targetRef?.name).sort();

const patch = (cluster: Cluster, kind: string, name: string, change: Any): void =>
  submit(cluster, { verb: 'patch', kind, namespace, name, patchType: 'merge', patch: change });

test('a Service without Pods has one empty slice, which its first Pod takes over', () => {
  const cluster = clusterWith(service({ clusterIP: 'None' }, { team: 'x' }));
  const [empty] = slices(cluster);
  assert.equal([empty!.endpoints ?? [], empty!.ports ?? []], [[], []]);
  assert.equal(empty!.metadata.labels, {
    team: 'x',
    'service.kubernetes.io/headless': '',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  });
  assert.is(empty!.metadata.generateName, 'web-');
  assert.is(empty!.metadata.ownerReferences![0]!.controller, true);
  submit(cluster, { verb: 'create', kind: 'Pod', namespace, object: pod('a') });
  const [full, ...others] = slices(cluster);
  assert.is(others.length, 0);
  assert.is(full!.metadata.uid, empty!.metadata.uid);
  assert.equal(full!.ports, [{ name: 'http', protocol: 'TCP', port: 8080 }]);
  const [endpoint] = full!.endpoints!;
  assert.equal(endpoint!.conditions, { ready: true, serving: true, terminating: false });
  assert.is(endpoint!.nodeName, 'n1');
});

test('Pods that call the port by other numbers go to slices of their own', () => {
  const ports = (containerPort: number) => [{ name: 'web', containerPort }];
  const cluster = clusterWith(
    service({ ports: [{ port: 80, targetPort: 'web' }] }),
    pod('a', ports(8080)),
    pod('b', ports(9090)),
  );
  const found = slices(cluster).map((slice) => [slice.ports![0]!.port, names(slice)]);
  assert.equal(found.sort(), [
    [8080, ['a']],
    [9090, ['b']],
  ]);
});

test('a Pod that leaves the selector leaves the slice, and a changed selector is followed', () => {
  const cluster = clusterWith(service(), pod('a'), pod('b'));
  patch(cluster, 'Pod', 'b', { metadata: { labels: { app: 'other' } } });
  assert.equal(names(slices(cluster)[0]), ['a']);
  patch(cluster, 'Service', 'web', { spec: { selector: { app: 'other' } } });
  assert.equal(names(slices(cluster)[0]), ['b']);
});

test('E-L1: a slice that a user deletes, empties or takes away is made good', () => {
  const cluster = clusterWith(service(), pod('a'));
  const first = slices(cluster)[0]!.metadata;
  patch(cluster, 'EndpointSlice', first.name, { endpoints: [] });
  assert.equal(names(slices(cluster)[0]), ['a']);
  submit(cluster, { verb: 'delete', kind: 'EndpointSlice', namespace, name: first.name });
  const [second] = slices(cluster);
  assert.equal(names(second), ['a']);
  const manager = 'endpointslice.kubernetes.io/managed-by';
  patch(cluster, 'EndpointSlice', second!.metadata.name, {
    metadata: { labels: { [manager]: 'me' } },
  });
  submit(cluster, { verb: 'create', kind: 'Pod', namespace, object: pod('b') });
  const ours = slices(cluster).filter(({ metadata }) => metadata.labels![manager] !== 'me');
  assert.equal(ours.map(names), [['a', 'b']]);
});

test('E-L1: a label that a user puts on a slice is taken off: labels make a generation, too', () => {
  const cluster = clusterWith(service({}, { team: 'x' }), pod('a'));
  const [{ metadata: before }] = slices(cluster) as [EndpointSlice];
  patch(cluster, 'EndpointSlice', before.name, { metadata: { labels: { team: 'y' } } });
  const [{ metadata: after }] = slices(cluster) as [EndpointSlice];
  assert.is(after.labels!['team'], 'x');
  assert.is(after.generation, before.generation! + 2);
  patch(cluster, 'EndpointSlice', before.name, { metadata: { annotations: { note: 'z' } } });
  assert.is(slices(cluster)[0]!.metadata.generation, after.generation);
});

test('names, named Services and Services without a selector have no slices', () => {
  const named = { type: 'ExternalName', externalName: 'example.com', ports: undefined };
  assert.is(slices(clusterWith(service(named))).length, 0);
  assert.is(slices(clusterWith(service({ selector: undefined }))).length, 0);
});

test('hints name the zone, and the node too, where the Service asks for near endpoints', () => {
  const cluster = clusterWith(service({ trafficDistribution: 'PreferSameNode' }), pod('a'));
  const hints = () => slices(cluster)[0]!.endpoints![0]!.hints;
  assert.equal(hints(), { forZones: [{ name: 'a' }], forNodes: [{ name: 'n1' }] });
  patch(cluster, 'Service', 'web', { spec: { trafficDistribution: 'PreferSameZone' } });
  assert.equal(hints(), { forZones: [{ name: 'a' }] });
  patch(cluster, 'Service', 'web', { spec: { trafficDistribution: null } });
  assert.is(hints(), undefined);
});

test('E-S1: a cache that does not show the last write is refused', () => {
  const cluster = new TestCluster();
  cluster.create('Service', service(), namespace);
  const controller = endpointSliceController();
  const before = cluster.store.view(cluster.store.revision);
  assert.is(pass(controller, 'default/web', cluster).outcome, undefined);
  const again = pass(controller, 'default/web', cluster, before);
  assert.equal(again.requests, []);
  assert.match((again.outcome as Any).error, /out of date/);
});

test('a Pod on a node that is not known waits, and is tried again', () => {
  const cluster = new TestCluster();
  cluster.create('Service', service(), namespace);
  const stranded = pod('a', [], { nodeName: 'away' });
  cluster.create('Pod', stranded, namespace);
  const status = {
    phase: 'Running',
    podIP: '10.0.0.9',
    podIPs: [{ ip: '10.0.0.9' }],
  };
  cluster.merge('Pod', 'a', { status }, 'status');
  const { outcome, events } = pass(endpointSliceController(), 'default/web', cluster);
  const text = 'skipping Pod a for Service default/web: Node away Not Found';
  assert.equal(outcome, { error: text });
  assert.equal(events, [
    `Warning FailedToUpdateEndpointSlices: Error updating Endpoint Slices for Service default/web: ${text}`,
  ]);
});

test('an endpoint that only becomes ready stays in its slice, and the others are not written', () => {
  const endpoint = (name: string, ready = true): Endpoint => ({
    addresses: [name],
    conditions: { ready },
    targetRef: { kind: 'Pod', namespace, name, uid: name },
  });
  const slice = (name: string, ...endpoints: Endpoint[]) =>
    ({ kind: 'EndpointSlice', metadata: { name }, endpoints }) as unknown as EndpointSlice;
  const [one, two] = [slice('one', endpoint('a', false)), slice('two', endpoint('b'))];
  const packed = pack([one, two], [endpoint('a'), endpoint('b'), endpoint('c')], 100);
  assert.equal(packed.create, []);
  assert.equal(packed.update, [{ slice: one, endpoints: [endpoint('a'), endpoint('c')] }]);
});

test.run();
