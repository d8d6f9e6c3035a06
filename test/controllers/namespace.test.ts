/** The namespace controller: what it deletes in which order, what it says, and when it lets go (ctl-06 §F). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition } from '../../src/api/meta.ts';
import type { Request } from '../../src/apiserver/request.ts';
import { withFindings } from '../../src/controllers/namespace/conditions.ts';
import { graceOf } from '../../src/controllers/namespace/estimate.ts';
import { namespaceController } from '../../src/controllers/namespace.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { type Any, podSpec, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('namespace controller');

const deletion: Request = { verb: 'delete', kind: 'Namespace', name: 'shop' };

/** A namespace that is being deleted, five seconds ago, with what `fill` puts into it. */
function doomed(fill: (cluster: TestCluster) => void = () => {}, metadata: Any = {}): TestCluster {
  const cluster = new TestCluster();
  cluster.create('Namespace', { metadata: { name: 'shop', ...metadata } });
  fill(cluster);
  cluster.ok(deletion);
  cluster.now += 5_000;
  return cluster;
}

const sync = (cluster: TestCluster) => pass(namespaceController(), 'shop', cluster);

const map = (name: string, finalizers?: readonly string[]) => (cluster: TestCluster) =>
  cluster.create('ConfigMap', { metadata: { name, finalizers } }, 'shop');

const collections = (requests: readonly Request[]): readonly string[] =>
  requests.flatMap(({ verb, kind }) => (verb === 'deletecollection' ? [kind] : []));

const writes = (requests: readonly Request[]): readonly string[] =>
  requests.flatMap((request) =>
    request.verb === 'update' ? [`${request.kind}/${request.subresource}`] : [],
  );

const conditionIn = (cluster: TestCluster, wanted: string): Any =>
  cluster.get('Namespace', 'shop').status.conditions.find(({ type }: Any) => type === wanted);

const running = (name: string) => (cluster: TestCluster) => {
  cluster.create('Pod', { metadata: { name }, spec: podSpec }, 'shop');
  cluster.ok({
    verb: 'create',
    kind: 'Pod',
    namespace: 'shop',
    name,
    subresource: 'binding',
    object: { target: { kind: 'Node', name: 'n1' } },
  });
};

test('an Active namespace is left alone', () => {
  const cluster = new TestCluster();
  cluster.create('Namespace', { metadata: { name: 'shop' } });
  assert.equal(
    sync(cluster).requests.map(({ verb }) => verb),
    ['get'],
  );
});

test('an empty one gets its five conditions, and goes in the same pass', () => {
  const cluster = doomed();
  const { requests, outcome } = sync(cluster);
  assert.is(outcome, undefined);
  assert.not(cluster.exists('Namespace', 'shop'));
  // The second finalize is on the version that its own status made.
  assert.equal(writes(requests), ['Namespace/status', 'Namespace/finalize', 'Namespace/finalize']);
  const all = collections(requests);
  assert.is(all[0], 'Pod');
  assert.is(new Set(all).size, all.length);
  assert.ok(all.includes('Deployment') && all.includes('PersistentVolumeClaim'));
  assert.not(all.includes('Node'));
});

test('the request to finalize says Active, and what is stored stays Terminating', () => {
  const cluster = doomed(undefined, { finalizers: ['a.b/c'] });
  const { requests } = sync(cluster);
  const last = requests.at(-1) as Any;
  assert.equal([last.object.spec, last.object.status], [{}, { phase: 'Active' }]);
  assert.is(cluster.get('Namespace', 'shop').status.phase, 'Terminating');
  // Finalized already: nothing is left to do.
  assert.is(sync(cluster).requests.length, 1);
});

test('content is deleted kind by kind, in the background', () => {
  const cluster = doomed(map('settings'));
  const { requests } = sync(cluster);
  assert.not(cluster.exists('ConfigMap', 'settings', 'shop'));
  const request = requests.find(({ verb }) => verb === 'deletecollection') as Any;
  assert.equal(request.options, { propagationPolicy: 'Background' });
});

test('while Pods are left nothing else is touched, and all five conditions are False', () => {
  const cluster = doomed((c) => {
    map('settings')(c);
    running('p')(c);
  });
  const { requests, later, outcome } = sync(cluster);
  assert.is(outcome, undefined);
  assert.equal(collections(requests), ['Pod']);
  assert.ok(cluster.exists('ConfigMap', 'settings', 'shop'));
  const { conditions } = cluster.get('Namespace', 'shop').status;
  assert.equal(
    conditions.map(({ type, status, reason }: Any) => `${type} ${status} ${reason}`),
    [
      'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered',
      'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions',
      'NamespaceDeletionContentFailure False ContentDeleted',
      'NamespaceContentRemaining False ContentRemoved',
      'NamespaceFinalizersRemaining False ContentHasNoFinalizers',
    ],
  );
  // Half of the thirty seconds of grace, and one.
  assert.equal(later, [['shop', 16_000]]);
  assert.equal(writes(sync(cluster).requests), [], 'nothing new, nothing written');
});

test('Pods that outlive their grace are an error', () => {
  const cluster = doomed(running('p'));
  sync(cluster);
  cluster.now += 60_000;
  const what = 'unexpected items still remain in namespace: shop for gvr: /v1, Resource=pods';
  const { outcome } = sync(cluster);
  assert.equal(outcome, {
    error: `failed to delete pods for namespace: shop, err: ${what}`,
  });
  const { status, reason, message } = conditionIn(cluster, 'NamespaceDeletionContentFailure');
  assert.equal([status, reason], ['True', 'ContentDeletionFailed']);
  assert.is(message, `Failed to delete all resource types, 1 remaining: ${what}`);
});

test('finalizers are told, and waited for', () => {
  const cluster = doomed((c) => {
    map('a', ['x.y/z'])(c);
    map('b', ['x.y/z'])(c);
  });
  const { later } = sync(cluster);
  assert.equal(later, [['shop', 8_000]]);
  assert.is(
    conditionIn(cluster, 'NamespaceContentRemaining').message,
    'Some resources are remaining: configmaps. has 2 resource instances',
  );
  assert.is(
    conditionIn(cluster, 'NamespaceFinalizersRemaining').message,
    'Some content in the namespace has finalizers remaining: x.y/z in 2 resource instances',
  );
  for (const name of ['a', 'b']) {
    cluster.ok({
      verb: 'patch',
      kind: 'ConfigMap',
      namespace: 'shop',
      name,
      patchType: 'merge',
      patch: { metadata: { finalizers: null } },
    });
  }
  sync(cluster);
  assert.not(cluster.exists('Namespace', 'shop'));
});

test('custom resources go with it', () => {
  const cluster = doomed((c) => {
    const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
    const schema = { openAPIV3Schema: { type: 'object' } };
    const definition = c.create('CustomResourceDefinition', {
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        names,
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    });
    const conditions = [
      { type: 'NamesAccepted', status: 'True' },
      { type: 'Established', status: 'True' },
    ];
    c.update({ ...definition, status: { acceptedNames: names, conditions } }, 'status');
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } };
    c.create('Widget.example.com', widget, 'shop');
  });
  const { requests } = sync(cluster);
  assert.ok(collections(requests).includes('Widget.example.com'));
  assert.not(cluster.exists('Widget.example.com', 'w', 'shop'));
});

test('the time of a condition changes with its status only', () => {
  const totals = (...remaining: [string, number][]) => ({
    remaining: new Map(remaining),
    finalizers: new Map<string, number>(),
  });
  const first = withFindings([], { content: [], totals: totals(['pods.', 2]) }, 0);
  assert.is(withFindings(first, { content: [], totals: totals(['pods.', 2]) }, 9_000), first);
  const fewer = withFindings(first, { content: [], totals: totals(['pods.', 1]) }, 9_000);
  const none = withFindings(fewer, { content: [], totals: totals() }, 9_000);
  const since = (conditions: readonly Condition[]) => conditions[3]!.lastTransitionTime;
  assert.equal([first, fewer, none].map(since), [
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:09Z',
  ]);
});

test('what cannot be discovered or deleted is told, errors in order', () => {
  const totals = { remaining: new Map<string, number>(), finalizers: new Map<string, number>() };
  const [discovery, , content] = withFindings(
    [],
    { discovery: 'no', content: ['b', 'a'], totals },
    0,
  );
  assert.equal([discovery!.reason, discovery!.message], ['DiscoveryFailed', 'no']);
  assert.is(content!.message, 'Failed to delete all resource types, 2 remaining: a, b');
});

test('the grace of Pods counts until it is over, and not for those that have ended', () => {
  const cluster = new TestCluster();
  const make = (name: string, terminationGracePeriodSeconds: number) =>
    cluster.create(
      'Pod',
      { metadata: { name }, spec: { ...podSpec, terminationGracePeriodSeconds } },
      'default',
    );
  const ended = { ...make('c', 90), status: { phase: 'Failed' } };
  const pods = [make('a', 30), make('b', 60), ended];
  assert.equal([graceOf(pods, 59), graceOf(pods, 60), graceOf([], 0)], [60, 0, 0]);
});

const selector = { matchLabels: { app: 'a' } };
const template = { metadata: { labels: { app: 'a' } }, spec: podSpec };
const once = { spec: { ...podSpec, restartPolicy: 'Never' } };

for (const [apiVersion, kind, spec] of [
  ['apps/v1', 'ReplicaSet', { replicas: 1, selector, template }],
  ['apps/v1', 'DaemonSet', { selector, template }],
  ['batch/v1', 'Job', { completions: 2, template: once }],
] as const) {
  test(`in a namespace that goes a ${kind} tries once to replace its Pod`, () => {
    const { simulation } = createCluster({ nodes: [{ name: 'n1' }], kubelet: 'standIn' });
    const submit = (request: Any) => {
      assert.ok(simulation.submit(request, 'user').ok);
      settle(simulation, { horizonMs: 30_000 });
    };
    submit({ verb: 'create', kind: 'Namespace', object: { metadata: { name: 'shop' } } });
    // Held, so that the namespace does not go before it would try again.
    const metadata = { name: 'a', finalizers: ['a.b/c'] };
    const object = { apiVersion, kind, metadata, spec };
    submit({ verb: 'create', kind, namespace: 'shop', object });
    submit(deletion);
    const refused = simulation.log.entries.filter(
      (entry) => entry.type === 'rejected' && entry.verb === 'create' && entry.kind === 'Pod',
    );
    assert.is(refused.length, 1);
  });
}

test.run();
