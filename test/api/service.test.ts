/** Services: defaults, addresses, and what an update may change. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Service } from '../../src/api/service/service.ts';
import { serviceWarnings } from '../../src/api/warnings/service.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';

const test = suite('services');

const create = (cluster: TestCluster, name: string, spec: Any): Service =>
  cluster.create('Service', {
    metadata: { name, namespace: 'default' },
    spec,
  }) as unknown as Service;

const cluster = (): TestCluster => new TestCluster();

test('a Service gets an address that no other has, and the families of the cluster', () => {
  const at = cluster();
  const all = Array.from({ length: 40 }, (_, i) => create(at, `s${i}`, { ports: [{ port: 80 }] }));
  assert.is(new Set(all.map(({ spec }) => spec.clusterIP)).size, 40);
  const { clusterIP, clusterIPs, ...rest } = all[0]!.spec;
  assert.match(clusterIP!, /^10\.96\.\d+\.\d+$/);
  assert.equal(clusterIPs, [clusterIP]);
  assert.equal(rest, {
    type: 'ClusterIP',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  });
});

test('an address that somebody has is refused', () => {
  const at = cluster();
  create(at, 'a', { clusterIP: '10.96.0.7', ports: [{ port: 80 }] });
  const refused = at.refused({
    verb: 'create',
    kind: 'Service',
    namespace: 'default',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'b' },
      spec: { clusterIP: '10.96.0.7', ports: [{ port: 80 }] },
    } as Any,
  });
  assert.is(
    refused.message,
    'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.7"]: failed to allocate IP 10.96.0.7: provided IP is already allocated',
  );
});

test('headless Services have no address; without a selector, both families', () => {
  const at = cluster();
  const own = create(at, 'own', { clusterIP: 'None', selector: { a: 'b' } }).spec;
  assert.equal(
    [own.clusterIPs, own.ipFamilies, own.ipFamilyPolicy],
    [['None'], ['IPv4'], 'SingleStack'],
  );
  const bare = create(at, 'bare', { clusterIP: 'None' }).spec;
  assert.equal([bare.ipFamilies, bare.ipFamilyPolicy], [['IPv4', 'IPv6'], 'RequireDualStack']);
});

test('ports on nodes are given once, kept by updates, and dropped with the type', () => {
  const at = cluster();
  const ports = [
    { name: 'a', port: 80 },
    { name: 'b', port: 81 },
  ];
  const { spec, metadata } = create(at, 'np', { type: 'NodePort', ports });
  const [a, b] = spec.ports!.map(({ nodePort }) => nodePort!);
  assert.ok(a! >= 30_086 && a! <= 32_767 && a !== b);
  assert.is(spec.externalTrafficPolicy, 'Cluster');
  const object = { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'NodePort', ports } };
  const put = at.ok({ verb: 'update', kind: 'Service', object: object as Any });
  assert.equal(
    (put as Service).spec.ports!.map(({ nodePort }) => nodePort),
    [a, b],
  );
  assert.is((put as Service).spec.clusterIP, spec.clusterIP);
  const patch = { spec: { type: 'ClusterIP' } };
  const narrowed = at.ok({
    verb: 'patch',
    kind: 'Service',
    namespace: 'default',
    name: 'np',
    patchType: 'merge',
    patch,
  }) as Service;
  assert.equal(
    narrowed.spec.ports!.map(({ nodePort }) => nodePort),
    [undefined, undefined],
  );
  assert.is(narrowed.spec.externalTrafficPolicy, undefined);
});

test('a Service that becomes a name gives its address back', () => {
  const at = cluster();
  create(at, 's', { clusterIP: '10.96.0.9', ports: [{ port: 80 }] });
  const patch = { spec: { type: 'ExternalName', externalName: 'example.com' } };
  const named = { kind: 'Service', namespace: 'default', name: 's' } as const;
  const { spec } = at.ok({ verb: 'patch', ...named, patchType: 'merge', patch }) as Service;
  assert.equal(
    [spec.clusterIP, spec.clusterIPs, spec.ipFamilies],
    [undefined, undefined, undefined],
  );
  assert.is(
    create(at, 't', { clusterIP: '10.96.0.9', ports: [{ port: 80 }] }).spec.clusterIP,
    '10.96.0.9',
  );
});

test('what is deprecated, or ignored, is told', () => {
  const warned = (spec: Any): readonly string[] =>
    serviceWarnings({ metadata: { name: 'a' }, spec: { type: 'ClusterIP', ...spec } } as never);
  const plain = { sessionAffinity: 'None' };
  assert.equal(warned({ ...plain, clusterIP: 'None', externalIPs: ['1.2.3.4'] }), [
    'spec.externalIPs is ignored for headless services',
  ]);
  assert.equal(warned({ ...plain, externalIPs: ['1.2.3.4'], externalName: 'a' }), [
    'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    'spec.externalName is ignored when spec.type is not "ExternalName"',
  ]);
  assert.equal(warned({ ...plain, trafficDistribution: 'PreferClose' }), [
    'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  ]);
});

test.run();
