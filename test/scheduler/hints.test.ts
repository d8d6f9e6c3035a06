/** What wakes a Pod that waits: each profile's own plugins are asked. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Pod, PodStatus } from '../../src/api/pod/pod.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import { Hints } from '../../src/scheduler/clusterevents.ts';
import { type ClusterEvent, podChanges } from '../../src/scheduler/events.ts';
import { profileOf } from '../../src/scheduler/profile.ts';
import { viewOf } from '../cases/topics/schedulerobjects.ts';
import { node, pod } from './objects.ts';

const test = suite('queueing hints');

test('a plugin is asked with the arguments that it has in the profile of the Pod', () => {
  const added = (zone: string) => ({
    addedAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] },
        ],
      },
    },
  });
  const hints = new Hints(
    ['a', 'b'].map((zone) =>
      profileOf({ schedulerName: `in-${zone}`, args: { NodeAffinity: added(zone) } }),
    ),
  );
  const event = { name: 'Node/Add', object: node('n', { labels: { zone: 'a' } }), n: 1 } as const;
  const helps = (schedulerName: string) =>
    hints.help(pod('p', { schedulerName }), event, ['NodeAffinity'], viewOf([]));
  assert.equal([helps('in-a'), helps('in-b'), helps('elsewhere')], [true, false, false]);
});

/** Whether the plugin of a profile, the default one, says that the event helps the Pod. */
const asked = (
  plugin: string,
  waiting: Pod,
  event: Partial<ClusterEvent>,
  { profile = profileOf(), objects = [] as readonly KubeObject[] } = {},
): boolean =>
  new Hints([profile]).help(waiting, { n: 1, ...event } as ClusterEvent, [plugin], viewOf(objects));

test('PodTopologySpread: a toleration helps only where taints are honoured', () => {
  const spread = (nodeTaintsPolicy: string) =>
    pod('p', {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
          nodeTaintsPolicy,
        },
      ],
    });
  const helps = (policy: string) => {
    const old = spread(policy);
    const event = { name: 'Pod/UpdatePodToleration', old, object: spread(policy) } as const;
    return asked('PodTopologySpread', old, event);
  };
  assert.equal([helps('Honor'), helps('Ignore')], [true, false]);
});

test('PodTopologySpread: a node helps when its taints change, if it has what Pods are spread over', () => {
  const waiting = pod('p', {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
    ],
  });
  const helps = (labels: Record<string, string>) => {
    const old = node('n', { labels });
    const taints = [{ key: 'a', value: 'b', effect: 'NoSchedule' as const }];
    const event = {
      name: 'Node/UpdateNodeTaint',
      old,
      object: { ...old, spec: { taints } },
    } as const;
    return asked('PodTopologySpread', waiting, event);
  };
  assert.equal([helps({ zone: 'a' }), helps({ disk: 'ssd' })], [true, false]);
});

test('[sched-02] PodTopologySpread: who is spread by default is woken by Pods of the same workload', () => {
  const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
  const args = { defaultConstraints: [constraint], defaultingType: 'List' };
  const profile = profileOf({ args: { PodTopologySpread: args } });
  const service = {
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: { app: 'web' } },
  } as unknown as KubeObject;
  const waiting = pod('p', {}, { metadata: { labels: { app: 'web' } } });
  const helps = (app: string) => {
    const object = pod('other', { nodeName: 'n' }, { metadata: { labels: { app } } });
    const event = { name: 'Pod/Delete', object } as const;
    return asked('PodTopologySpread', waiting, event, { profile, objects: [service] });
  };
  assert.equal([helps('web'), helps('db')], [true, false]);
});

const asking = (requests: Record<string, string>) => ({
  containers: [{ name: 'c', image: 'i', resources: { requests } }],
});

test('InterPodAffinity: another Pod with other labels helps only if neither repels the other then', () => {
  const apart = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'zone' },
      ],
    },
  };
  const other = (app: string, spec: Partial<PodSpec> = {}) =>
    pod('other', { nodeName: 'n', ...spec }, { metadata: { labels: { app } } });
  const helps = (waiting: Pod, old: Pod, object: Pod) =>
    asked('InterPodAffinity', waiting, { name: 'Pod/UpdatePodLabel', old, object });
  const web = pod('p', {}, { metadata: { labels: { app: 'web' } } });
  assert.is(helps(pod('p', { affinity: apart }), other('web'), other('db')), true);
  const stays = [other('web', { affinity: apart }), other('db', { affinity: apart })] as const;
  assert.is(helps(web, ...stays), false);
});

test('[sched-02] InterPodAffinity: a selector of namespaces is asked about a namespace without labels', () => {
  const apart = (namespaceSelector: object) => ({
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'zone', namespaceSelector },
      ],
    },
  });
  const gone = (app: string) =>
    pod('other', { nodeName: 'n' }, { metadata: { namespace: 'elsewhere', labels: { app } } });
  const helps = (namespaceSelector: object, app: string) =>
    asked('InterPodAffinity', pod('p', { affinity: apart(namespaceSelector) }), {
      name: 'Pod/Delete',
      object: gone(app),
    });
  assert.equal([helps({}, 'web'), helps({}, 'db')], [true, false]);
  const team = { matchLabels: { team: 'a' } };
  const nobodys = { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] };
  assert.equal([helps(team, 'web'), helps(nobodys, 'web')], [false, true]);
});

test('[sched-02] InterPodAffinity: whom another repels is woken when this one does not repel it any more', () => {
  const apart = (app: string) => ({
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app } }, topologyKey: 'zone' },
      ],
    },
  });
  const labelled = (app: string) => ({ metadata: { labels: { app } } });
  const waiting = pod('p', { affinity: apart('web') }, labelled('api'));
  const other = (app: string) =>
    pod('other', { nodeName: 'n', affinity: apart('api') }, labelled(app));
  const event = { name: 'Pod/UpdatePodLabel', old: other('web'), object: other('db') } as const;
  assert.is(asked('InterPodAffinity', waiting, event), true);
});

test('[sched-02] InterPodAffinity: a node helps that comes near somebody, or away from everybody', () => {
  const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'zone' };
  const terms = { requiredDuringSchedulingIgnoredDuringExecution: [term] };
  const near = pod('p', { affinity: { podAffinity: terms } });
  const apart = pod('p', { affinity: { podAntiAffinity: terms } });
  const inZone = (zone?: string) => node('n', { labels: zone === undefined ? {} : { zone } });
  const helps = (waiting: Pod, before: string | undefined, after: string | undefined) => {
    const [old, object] = [inZone(before), inZone(after)];
    return asked('InterPodAffinity', waiting, { name: 'Node/UpdateNodeLabel', old, object });
  };
  const comes = (waiting: Pod, zone?: string) =>
    asked('InterPodAffinity', waiting, { name: 'Node/Add', object: inZone(zone) });
  assert.equal([comes(near, 'a'), comes(near)], [true, false]);
  assert.equal([comes(apart, 'a'), comes(apart)], [true, true], 'no domain is nobody’s');
  const changes = [
    [undefined, 'a'],
    ['a', 'b'],
    ['a', undefined],
    ['a', 'a'],
  ] as const;
  assert.equal(
    changes.map(([before, after]) => [helps(near, before, after), helps(apart, before, after)]),
    [
      [true, false],
      [true, true],
      [false, true],
      [false, false],
    ],
  );
});

test('NodeResourcesFit: another Pod that shrinks helps if it gives back what is asked for', () => {
  const before = pod('other', { nodeName: 'n', ...asking({ cpu: '2', memory: '2Gi' }) });
  const after = pod('other', { nodeName: 'n', ...asking({ cpu: '1', memory: '2Gi' }) });
  const event = { name: 'Pod/UpdatePodScaleDown', old: before, object: after } as const;
  const helps = (requests: Record<string, string>) =>
    asked('NodeResourcesFit', pod('p', asking(requests)), event);
  assert.equal([helps({ cpu: '1' }), helps({ memory: '1Gi' })], [true, false]);
});

test('a Pod gives its resources back when its kubelet says so, not when its spec does', () => {
  const status = (cpu: string) =>
    ({ containerStatuses: [{ name: 'c', allocatedResources: { cpu } }] }) as unknown as PodStatus;
  const [large, small] = [asking({ cpu: '2' }), asking({ cpu: '1' })];
  const wished = podChanges(
    pod('p', large, { status: status('2') }),
    pod('p', small, { status: status('2') }),
  );
  const done = podChanges(
    pod('p', small, { status: status('2') }),
    pod('p', small, { status: status('1') }),
  );
  assert.equal([wished, done], [['UpdatePodOther'], ['UpdatePodScaleDown']]);
});

test('VolumeBinding: a class helps when it is new, or allows other places', () => {
  const storageClass = (more: object) => ({ metadata: { name: 'c' }, ...more }) as KubeObject;
  const zone = { matchLabelExpressions: [{ key: 'zone', values: ['a'] }] };
  const helps = (old: KubeObject | undefined, object: KubeObject) =>
    asked('VolumeBinding', pod('p'), {
      name: old === undefined ? 'StorageClass/Add' : 'StorageClass/Update',
      old,
      object,
    });
  const plain = storageClass({});
  assert.is(helps(undefined, plain), true);
  assert.is(helps(plain, storageClass({ mountOptions: ['ro'] })), false);
  assert.is(helps(plain, storageClass({ allowedTopologies: [zone] })), true);
});

test('volume plugins: claims of others do not help', () => {
  const waiting = pod('p', {
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'mine' } }],
  });
  const helps = (plugin: string, name: string) => {
    const object = { metadata: { name, namespace: 'default' } } as KubeObject;
    return asked(plugin, waiting, { name: 'PersistentVolumeClaim/Add', object });
  };
  for (const plugin of ['VolumeBinding', 'VolumeRestrictions', 'NodeVolumeLimits', 'VolumeZone']) {
    assert.equal([helps(plugin, 'mine'), helps(plugin, 'other')], [true, false], plugin);
  }
});

const claiming = (name: string, namespace = 'default', more: Partial<PodSpec> = {}) =>
  pod(
    'p',
    { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }], ...more },
    { metadata: { namespace } },
  );

test('[sched-06] VolumeRestrictions: a Pod that goes helps who wants its claim or disk, in its own namespace', () => {
  const disk = { volumes: [{ name: 'v', gcePersistentDisk: { pdName: 'd' } }] };
  const helps = (waiting: Pod, object: Pod) =>
    asked('VolumeRestrictions', waiting, { name: 'Pod/Delete', object });
  const mine = claiming('mine');
  assert.equal([helps(mine, claiming('mine')), helps(mine, claiming('other'))], [true, false]);
  assert.is(helps(mine, claiming('mine', 'elsewhere')), false);
  const elsewhere = { metadata: { namespace: 'elsewhere' } };
  assert.equal(
    [helps(pod('p', disk), pod('o', disk)), helps(pod('p', disk), pod('o', disk, elsewhere))],
    [true, false],
  );
});

test('[sched-06] NodeVolumeLimits: a limit helps that has grown, or is new', () => {
  const csiNode = (count?: number) => {
    const allocatable = count === undefined ? {} : { allocatable: { count } };
    const drivers = [{ name: 'd', ...allocatable }];
    return { metadata: { name: 'n' }, spec: { drivers } } as unknown as KubeObject;
  };
  const helps = (before?: number, after?: number) => {
    const [old, object] = [csiNode(before), csiNode(after)];
    return asked('NodeVolumeLimits', claiming('c'), { name: 'CSINode/Update', old, object });
  };
  assert.equal(
    [helps(1, 2), helps(2, 1), helps(undefined, 1), helps()],
    [true, false, true, false],
  );
});

test('[sched-06] NodeVolumeLimits: a Pod that goes helps if it had a claim on a node, or the promise of one', () => {
  const helps = (object: Pod) =>
    asked('NodeVolumeLimits', claiming('c'), { name: 'Pod/Delete', object });
  const promised = { ...claiming('o'), status: { nominatedNodeName: 'n' } } as Pod;
  const placed = claiming('o', 'default', { nodeName: 'n' });
  assert.equal([placed, promised, claiming('o')].map(helps), [true, true, false]);
});

test('[sched-06] NodeVolumeLimits: a volume that is detached helps who names a claim', () => {
  const object = { metadata: { name: 'va' } } as KubeObject;
  const helps = (waiting: Pod) =>
    asked('NodeVolumeLimits', waiting, { name: 'VolumeAttachment/Delete', object });
  const own = pod('p', { volumes: [{ name: 'v', ephemeral: {} }] });
  assert.equal([helps(claiming('c')), helps(own)], [true, false]);
});

test.run();
