/** What the Endpoints controller writes, when it does not, and what it leaves alone. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { capacity, truncated } from '../../src/controllers/endpoints/capacity.ts';
import { md5 } from '../../src/controllers/endpoints/md5.ts';
import { repacked } from '../../src/controllers/endpoints/repack.ts';
import { endpointsController } from '../../src/controllers/endpoints.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('endpoints controller');
const namespace = 'default';

const service = (spec: Any = {}, labels: Any = {}): Any => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace, labels },
  spec: {
    selector: { app: 'web' },
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    ...spec,
  },
});

const pod = (name: string, image = 'web:v1', ports: Any = []): Any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image, ports }], terminationGracePeriodSeconds: 5 },
});

const rest = ({ simulation }: Cluster) => settle(simulation, { horizonMs: 60_000 });

function submit(cluster: Cluster, request: Any): void {
  const response = cluster.simulation.submit(request, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
}

const create = (cluster: Cluster, object: Any): void =>
  submit(cluster, { verb: 'create', kind: object.kind, namespace, object });

const remove = (cluster: Cluster, kind: string, name: string): void =>
  submit(cluster, { verb: 'delete', kind, namespace, name });

const patch = (cluster: Cluster, kind: string, name: string, change: Any): void =>
  submit(cluster, { verb: 'patch', kind, namespace, name, patchType: 'merge', patch: change });

function clusterWith(...objects: readonly Any[]): Cluster {
  const behaviour = [
    { image: 'slow', ready: 'never' },
    { image: '*', stop: '4s' },
  ];
  const cluster = createCluster({ nodes: [{ name: 'n1' }], behaviour });
  rest(cluster);
  for (const object of objects) create(cluster, object);
  rest(cluster);
  return cluster;
}

const endpoints = ({ simulation }: Cluster, name = 'web'): Any =>
  simulation.store.view().get('Endpoints', `${namespace}/${name}`);

const namesIn = (cluster: Cluster, where: string): readonly string[] =>
  (endpoints(cluster).subsets ?? [])
    .flatMap((subset: Any) => subset[where] ?? [])
    .map(({ targetRef }: Any) => targetRef.name)
    .sort();

test('one object per Service: ready Pods apart from those that are not', () => {
  const cluster = clusterWith(service({}, { team: 'x' }), pod('a'), pod('b', 'slow'));
  const { metadata, subsets } = endpoints(cluster);
  assert.equal(metadata.labels, {
    team: 'x',
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  });
  assert.is(metadata.ownerReferences, undefined);
  assert.is(subsets.length, 1);
  assert.equal(subsets[0].ports, [{ name: 'http', port: 8080, protocol: 'TCP' }]);
  assert.equal(namesIn(cluster, 'addresses'), ['a']);
  assert.equal(namesIn(cluster, 'notReadyAddresses'), ['b']);
  assert.is(subsets[0].addresses[0].nodeName, 'n1');
});

test('a headless Service without ports has addresses alone, and a label', () => {
  const cluster = clusterWith(service({ clusterIP: 'None', ports: undefined }), pod('a'));
  const { metadata, subsets } = endpoints(cluster);
  assert.is(metadata.labels['service.kubernetes.io/headless'], '');
  assert.equal(Object.keys(subsets[0]), ['addresses']);
});

test('who is on the way out is no address, unless the Service asks for all', () => {
  const published = { ...service({ publishNotReadyAddresses: true }) };
  published.metadata = { name: 'all', namespace };
  const cluster = clusterWith(service(), published, pod('a'), pod('b'));
  remove(cluster, 'Pod', 'b');
  settle(cluster.simulation, { horizonMs: 100 });
  assert.equal(namesIn(cluster, 'addresses'), ['a']);
  assert.equal(namesIn(cluster, 'notReadyAddresses'), []);
  const all = endpoints(cluster, 'all').subsets[0].addresses;
  assert.equal(all.map(({ targetRef }: Any) => targetRef.name).sort(), ['a', 'b']);
});

test('Pods that name their port differently are subsets of their own', () => {
  const port = (containerPort: number) => [{ name: 'web', containerPort }];
  const cluster = clusterWith(
    service({ ports: [{ port: 80, targetPort: 'web' }] }),
    pod('a', 'web:v1', port(8080)),
    pod('b', 'web:v1', port(9090)),
  );
  const ports = endpoints(cluster).subsets.map((subset: Any) => subset.ports[0].port);
  assert.equal([...ports].sort(), [8080, 9090]);
});

test('E-L1: what a user deletes comes back, and what he writes stays until something changes', () => {
  const cluster = clusterWith(service(), pod('a'));
  remove(cluster, 'Endpoints', 'web');
  rest(cluster);
  assert.equal(namesIn(cluster, 'addresses'), ['a']);
  // Upstream watches deletions only.
  patch(cluster, 'Endpoints', 'web', { subsets: null });
  rest(cluster);
  assert.equal(namesIn(cluster, 'addresses'), []);
  create(cluster, pod('b'));
  rest(cluster);
  assert.equal(namesIn(cluster, 'addresses'), ['a', 'b']);
});

test('a Service takes its Endpoints along, those of a user too', () => {
  const own = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'own', namespace } };
  const plain = { ...service({ selector: undefined }), metadata: { name: 'own', namespace } };
  const cluster = clusterWith(service(), plain, own, pod('a'));
  assert.ok(endpoints(cluster, 'own'));
  remove(cluster, 'Service', 'web');
  remove(cluster, 'Service', 'own');
  assert.is(endpoints(cluster), undefined);
  rest(cluster);
  assert.is(endpoints(cluster, 'own'), undefined);
});

test('Endpoints without a Service are let be, until the controller manager starts anew', () => {
  const stray = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'stray', namespace } };
  const cluster = clusterWith(stray);
  assert.ok(endpoints(cluster, 'stray'));
  cluster.simulation.step({ type: 'crash', process: 'kube-controller-manager' });
  rest(cluster);
  assert.is(endpoints(cluster, 'stray'), undefined);
});

test('names, and Services without a selector, have none', () => {
  const named = { type: 'ExternalName', externalName: 'example.com', ports: undefined };
  assert.is(endpoints(clusterWith(service(named))), undefined);
  assert.is(endpoints(clusterWith(service({ selector: undefined }))), undefined);
});

test('a cache that shows a version that was written over is refused, one of an empty update is not', () => {
  const cluster = new TestCluster();
  cluster.create('Service', service(), namespace);
  const controller = endpointsController();
  assert.is(pass(controller, 'default/web', cluster).outcome, undefined);
  const before = cluster.store.view(cluster.store.revision);
  cluster.merge('Service', 'web', { metadata: { labels: { team: 'x' } } });
  assert.is(pass(controller, 'default/web', cluster).requests.length, 1);
  const again = pass(controller, 'default/web', cluster, before);
  assert.equal(again.requests, []);
  assert.match((again.outcome as Any).error, /informer cache is out of date, resource version \d+/);
  assert.equal(pass(controller, 'default/web', cluster).requests, []);
});

test('an object that is there already is told of, and tried again', () => {
  const cluster = new TestCluster();
  cluster.create('Service', service(), namespace);
  const before = cluster.store.view(cluster.store.revision);
  pass(endpointsController(), 'default/web', cluster);
  const { outcome, events } = pass(endpointsController(), 'default/web', cluster, before);
  const why = 'endpoints "web" already exists';
  assert.equal(outcome, { error: why });
  assert.equal(events, [
    `Warning FailedToCreateEndpoint: Failed to create endpoint for service default/web: ${why}`,
  ]);
});

const address = (n: number): Any => ({ ip: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` });
const some = (from: number, count: number): Any =>
  Array.from({ length: count }, (_, i) => address(from + i));

test('a thousand addresses: ready ones first, subsets in proportion', () => {
  const sizes = (subsets: readonly Any[]) =>
    truncated(subsets).map(({ addresses = [], notReadyAddresses = [] }: Any) => [
      addresses.length,
      notReadyAddresses.length,
    ]);
  assert.is(capacity, 1000);
  assert.equal(sizes([{ addresses: some(0, 600), notReadyAddresses: some(600, 400) }]), [
    [600, 400],
  ]);
  assert.equal(sizes([{ addresses: some(0, 600), notReadyAddresses: some(600, 500) }]), [
    [600, 400],
  ]);
  assert.equal(
    sizes([
      { addresses: some(0, 900), notReadyAddresses: some(2000, 9) },
      { addresses: some(3000, 600) },
    ]),
    [
      [600, 0],
      [400, 0],
    ],
  );
});

test('subsets are told in one form: ports by addresses, doubtful addresses not ready', () => {
  const [a, b] = [address(1), address(2)];
  const http = { name: 'http', port: 80, protocol: 'TCP' } as const;
  const dns = { name: 'dns', port: 53, protocol: 'UDP' } as const;
  const packed = repacked([
    { addresses: [b], ports: [http, dns] },
    { addresses: [a], ports: [http] },
    { addresses: [a], ports: [dns] },
    { notReadyAddresses: [a], ports: [dns] },
  ]);
  assert.is(packed.length, 2);
  const of = (name: string) => packed.find(({ ports }) => ports![0]!.name === name);
  assert.equal(of('http')!.addresses, [a, b]);
  assert.equal(of('dns'), { addresses: [b], notReadyAddresses: [a], ports: [dns] });
});

test('the sum by which ports are ordered is that of RFC 1321', () => {
  assert.is(md5(''), 'd41d8cd98f00b204e9800998ecf8427e');
  assert.is(md5('message digest'), 'f96b697d7cb7938d525a2f31aaf161d0');
  const digits = '1234567890'.repeat(8);
  assert.is(md5(digits), '57edf4a22be3c955ac49da2e2107b67a');
});

test('addresses that lead nowhere are refused', () => {
  const cluster = new TestCluster();
  const refused = (ip: string) => {
    const metadata = { name: 'own', namespace };
    const subsets = [{ addresses: [{ ip }], ports: [{ port: 80 }] }];
    const object = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets } as Any;
    const response = cluster.api.handle(
      { verb: 'create', kind: 'Endpoints', namespace, object },
      'user',
      [],
    );
    return response.ok ? undefined : response.status.message;
  };
  assert.match(
    refused('127.0.0.1')!,
    /subsets\[0\]\.addresses\[0\]\.ip: Invalid value: "127\.0\.0\.1": may not be in the loopback range/,
  );
  assert.match(refused('::1')!, /loopback/);
  assert.match(refused('0.0.0.0')!, /may not be unspecified \(0\.0\.0\.0\)/);
  assert.match(refused('169.254.1.1')!, /link-local range/);
  assert.match(refused('x')!, /must be a valid IP address, \(e\.g\./);
  assert.is(refused('10.0.0.1'), undefined);
});

test.run();
