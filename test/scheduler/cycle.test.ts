/** Single decisions of a cycle. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import { SchedulerCache } from '../../src/scheduler/cache.ts';
import { schedule } from '../../src/scheduler/cycle.ts';
import { preFilter } from '../../src/scheduler/filtering.ts';
import { type Cycle, type Plugin, unfit } from '../../src/scheduler/framework.ts';
import { Nominator } from '../../src/scheduler/nominator.ts';
import { balancedAllocationWith } from '../../src/scheduler/plugins/balancedallocation.ts';
import { imageLocality } from '../../src/scheduler/plugins/imagelocality.ts';
import { interPodAffinity } from '../../src/scheduler/plugins/interpodaffinity.ts';
import { matchesTerm } from '../../src/scheduler/plugins/nodeselectorterm.ts';
import { nodeVolumeLimits } from '../../src/scheduler/plugins/nodevolumelimits.ts';
import { podTopologySpread } from '../../src/scheduler/plugins/podtopologyspread.ts';
import { volumeBinding } from '../../src/scheduler/plugins/volumebinding.ts';
import { volumeRestrictions } from '../../src/scheduler/plugins/volumerestrictions.ts';
import { volumeZone } from '../../src/scheduler/plugins/volumezone.ts';
import { profileOf } from '../../src/scheduler/profile.ts';
import { viewOf } from '../cases/topics/schedulerobjects.ts';
import { node, pod } from './objects.ts';

const test = suite('scheduling cycle');

function cycleOf(waiting: Pod, nodes: readonly Node[], objects: readonly object[] = []): Cycle {
  const cache = new SchedulerCache();
  for (const one of nodes) cache.setNode(one);
  return { pod: waiting, cache, view: viewOf(objects as never), state: new Map() };
}

test('a node that was promised is tried first, and the search does not move on by it', () => {
  const waiting = pod('p', {}, { status: { nominatedNodeName: 'b' } });
  const { cache, view } = cycleOf(waiting, [node('a'), node('b'), node('c')]);
  const decision = schedule(waiting, {
    cache,
    view,
    profile: profileOf(),
    nominator: new Nominator(),
    choose: () => 0,
    startIndex: 0,
  });
  assert.is(decision.chosen, 'b');
  assert.is(decision.examined, 0);
});

test('[sched-01] where no plugin scores, the search ends with the first node that will do', () => {
  const waiting = pod('p');
  const { cache, view } = cycleOf(waiting, [node('a'), node('b'), node('c')]);
  const decided = (startIndex: number) =>
    schedule(waiting, {
      cache,
      view,
      profile: profileOf({ enabled: { score: [] } }),
      nominator: new Nominator(),
      choose: () => 0,
      startIndex,
    });
  const [first, second] = [decided(0), decided(1)];
  assert.equal([first.chosen, first.examined, second.chosen], ['a', 1, 'b']);
});

test('of plugins that turn down all nodes the last is told, unless one says that nothing helps', () => {
  const says = (name: string, unresolvable: boolean): Plugin => ({
    name,
    preFilter: () => unfit(`says ${name}`, unresolvable),
  });
  const told = (...plugins: readonly Plugin[]) =>
    preFilter(cycleOf(pod('p'), []), plugins).rejected?.plugin;
  assert.is(told(says('a', false), says('b', false)), 'b');
  assert.is(told(says('a', false), says('b', true), says('c', false)), 'b');
});

test('nodes are looked at one of each zone in turn, and a zone keeps its place while it has nodes', () => {
  const cache = new SchedulerCache();
  const order = () => cache.nodes.map(({ name }) => name).join(' ');
  const inZone = (name: string, zone: string) =>
    node(name, { labels: { 'topology.kubernetes.io/zone': zone } });
  for (const one of [inZone('a1', 'a'), inZone('b1', 'b'), inZone('a2', 'a')]) cache.setNode(one);
  assert.is(order(), 'a1 b1 a2');
  cache.removeNode('a1');
  assert.is(order(), 'a2 b1');
  cache.setNode(inZone('a2', 'b'));
  assert.is(order(), 'a2 b1', 'a new zone shows with the next node that comes or goes');
  cache.setNode(inZone('c1', 'c'));
  assert.is(order(), 'b1 c1 a2');
});

test('NodeResourcesBalancedAllocation: huge pages matter only to those who ask for them', () => {
  const plugin = balancedAllocationWith({
    resources: ['cpu', 'memory', 'hugepages-2Mi'].map((name) => ({ name })),
  });
  const [plain, huge] = [
    { cpu: '4', memory: '8Gi', pods: '110' },
    { cpu: '4', memory: '8Gi', pods: '110', 'hugepages-2Mi': '1Gi' },
  ].map((allocatable) => node('n', {}, allocatable));
  const containers = [
    { name: 'c', image: 'i', resources: { requests: { cpu: '1', memory: '1Gi' } } },
  ];
  const scoreOn = (one: Node) => {
    const cycle = cycleOf(pod('p', { containers }), [one]);
    return plugin.score!(cycle, cycle.cache.node('n')!);
  };
  assert.is(scoreOn(huge!), scoreOn(plain!));
});

test('[sched-04] ImageLocality: an image is as large as the first node says that has it', () => {
  const having = (name: string, sizeBytes: number): Node => {
    const plain = node(name);
    return { ...plain, status: { ...plain.status, images: [{ names: ['i:latest'], sizeBytes }] } };
  };
  const megabytes = 1024 * 1024;
  const cycle = cycleOf(pod('p'), [having('a', 500 * megabytes), having('b', 100 * megabytes)]);
  imageLocality.preScore!(cycle, cycle.cache.nodes);
  const scores = () => cycle.cache.nodes.map((one) => imageLocality.score!(cycle, one));
  assert.equal(scores(), [48, 48]);
  // Who is the only one to have it may say something else.
  cycle.cache.removeNode('a');
  cycle.cache.removeNode('b');
  cycle.cache.setNode(having('b', 100 * megabytes));
  imageLocality.preScore!(cycle, cycle.cache.nodes);
  assert.equal(scores(), [7]);
});

test('[sched-03] NodeAffinity: numbers are compared as long as they fit into 64 bits', () => {
  const matches = (label: string, operator: 'Gt' | 'Lt', bound: string) =>
    matchesTerm(
      { matchExpressions: [{ key: 'size', operator, values: [bound] }] },
      node('n', { labels: { size: label } }),
    );
  assert.ok(matches('9223372036854775807', 'Gt', '9223372036854775806'));
  assert.ok(matches('-9223372036854775808', 'Lt', '+1'));
  assert.not.ok(matches('9223372036854775808', 'Gt', '1'));
  assert.not.ok(matches('1', 'Lt', '9223372036854775808'));
});

test('[sched-03] InterPodAffinity: a selector of all namespaces finds those that nobody knows', () => {
  const term = {
    labelSelector: { matchLabels: { app: 'db' } },
    namespaceSelector: {},
    topologyKey: 'zone',
  };
  const apart = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const cycle = cycleOf(pod('p', { affinity: apart }), [node('n', { labels: { zone: 'a' } })]);
  const metadata = { namespace: 'elsewhere', labels: { app: 'db' } };
  cycle.cache.setPod(pod('db', { nodeName: 'n' }, { metadata }));
  assert.is(interPodAffinity.preFilter!(cycle), true);
  const why = interPodAffinity.filter!(cycle, cycle.cache.node('n')!);
  assert.equal(why?.reasons, ["node(s) didn't match pod anti-affinity rules"]);
});

test('VolumeZone: a volume that says its zone by the old label goes by the new one of a node, not the other way', () => {
  const [old, now] = ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'];
  const fits = (volumeLabel: string, nodeLabel: string) => {
    const waiting = pod('p', {
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
    });
    const claim = {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c', namespace: 'default' },
      spec: { volumeName: 'v' },
    };
    const labels = { [volumeLabel]: 'a' };
    const volume = { kind: 'PersistentVolume', metadata: { name: 'v', labels }, spec: {} };
    const place = node('n', { labels: { [nodeLabel]: 'a' } });
    const cycle = cycleOf(waiting, [place], [claim, volume]);
    volumeZone.preFilter!(cycle);
    return volumeZone.filter!(cycle, cycle.cache.node('n')!) === undefined;
  };
  assert.equal([fits(old, now), fits(now, old), fits(now, now)], [true, false, true]);
});

const inZone = (label: string) => ({ 'topology.kubernetes.io/zone': label });

test('VolumeZone: a label that names no zone is passed over', () => {
  const waiting = pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] });
  const asks = (zone: string) => {
    const volume = { kind: 'PersistentVolume', metadata: { name: 'v', labels: inZone(zone) } };
    const cycle = cycleOf(waiting, [], [claim('c', {}), { ...volume, spec: {} }]);
    return volumeZone.preFilter!(cycle);
  };
  assert.equal([asks('a__b'), asks(''), asks('a____b')], [true, false, false]);
});

const claim = (name: string, spec: object) => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { volumeName: 'v', ...spec },
});

test('[sched-06] VolumeZone: volumes of claims that are made for the Pod are not asked', () => {
  const waiting = pod('p', { volumes: [{ name: 'c', ephemeral: {} }] });
  const volume = { kind: 'PersistentVolume', metadata: { name: 'v', labels: inZone('a') } };
  const cycle = cycleOf(waiting, [], [claim('p-c', {}), { ...volume, spec: {} }]);
  assert.is(volumeZone.preFilter!(cycle), false);
});

const claiming = (name: string, spec: Partial<PodSpec> = {}) =>
  pod(name, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }], ...spec });

test('[sched-06] VolumeRestrictions: a claim that is named and missing turns all nodes down first', () => {
  const cycle = cycleOf(claiming('p'), [node('n')]);
  const { rejected } = preFilter(cycle, profileOf().filters);
  assert.equal(rejected, {
    plugin: 'VolumeRestrictions',
    why: unfit('persistentvolumeclaim "c" not found', true),
  });
});

test('[sched-06] VolumeRestrictions: a claim for one Pod is in use once, by however many', () => {
  const exclusive = claim('c', { accessModes: ['ReadWriteOncePod'] });
  const cycle = cycleOf(claiming('p'), [node('n')], [exclusive]);
  assert.is(volumeRestrictions.preFilter!(cycle), false, 'nobody uses it');
  const users = ['a', 'b'].map((name) => claiming(name, { nodeName: 'n' }));
  for (const one of users) cycle.cache.setPod(one);
  assert.is(volumeRestrictions.preFilter!(cycle), true);
  const place = cycle.cache.node('n')!;
  assert.ok(volumeRestrictions.filter!(cycle, place));
  volumeRestrictions.removePod!(cycle, users[0]!, place);
  assert.is(volumeRestrictions.filter!(cycle, place), undefined);
});

test('[sched-06] NodeVolumeLimits: what is attached and used by nobody counts, even if it is what is wanted', () => {
  const csi = (volumeHandle: string) => ({ csi: { driver: 'd', volumeHandle } });
  const csiNode = (count: number) => ({
    kind: 'CSINode',
    metadata: { name: 'n' },
    spec: { drivers: [{ name: 'd', allocatable: { count } }] },
  });
  const attachment = (attacher: string) => ({
    kind: 'VolumeAttachment',
    metadata: { name: 'va' },
    spec: { attacher, nodeName: 'n', source: { persistentVolumeName: 'v' } },
  });
  const volume = { kind: 'PersistentVolume', metadata: { name: 'v' }, spec: csi('h') };
  const fits = (count: number, attacher: string, others: readonly Pod[] = []) => {
    const objects = [claim('c', {}), volume, csiNode(count), attachment(attacher)];
    const cycle = cycleOf(claiming('p'), [node('n')], objects);
    for (const other of others) cycle.cache.setPod(other);
    return nodeVolumeLimits.filter!(cycle, cycle.cache.node('n')!) === undefined;
  };
  assert.equal([fits(1, 'd'), fits(2, 'd'), fits(1, 'other')], [false, true, true]);
  assert.is(fits(1, 'd', [claiming('o', { nodeName: 'n' })]), true, 'shared with a Pod');
});

test('[sched-03] PodTopologySpread: who is being deleted does not count, and is missed all the same if it went', () => {
  const waiting = pod(
    'p',
    {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    },
    { metadata: { labels: { app: 'web' } } },
  );
  const cycle = cycleOf(waiting, [
    node('a', { labels: { zone: 'a' } }),
    node('b', { labels: { zone: 'b' } }),
  ]);
  const metadata = { labels: { app: 'web' }, deletionTimestamp: '2026-01-01T00:00:00Z' };
  const going = pod('going', { nodeName: 'a' }, { metadata });
  cycle.cache.setPod(going);
  cycle.cache.setPod(pod('stays', { nodeName: 'a' }, { metadata: { labels: { app: 'web' } } }));
  podTopologySpread.preFilter!(cycle);
  const place = cycle.cache.node('a')!;
  assert.ok(podTopologySpread.filter!(cycle, place));
  podTopologySpread.removePod!(cycle, going, place);
  assert.is(podTopologySpread.filter!(cycle, place), undefined);
});

test('[sched-06] VolumeBinding: a term of allowed topologies that is empty allows nothing', () => {
  const fits = (term: object) => {
    const storageClass = {
      kind: 'StorageClass',
      metadata: { name: 's' },
      provisioner: 'd',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [term],
    };
    const late = claim('c', { storageClassName: 's', volumeName: '' });
    const cycle = cycleOf(claiming('p'), [node('n')], [storageClass, late]);
    assert.is(volumeBinding.preFilter!(cycle), true);
    return volumeBinding.filter!(cycle, cycle.cache.node('n')!) === undefined;
  };
  const zone = { matchLabelExpressions: [{ key: 'zone', values: [''] }] };
  assert.equal([fits({}), fits(zone)], [false, false]);
});

test.run();
