/** What other programs ask for: informers of client-go, operators, Argo CD, k9s, Terraform, and kubectl proxy. */
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kubectlPath, tour } from './kubectl.ts';
import { type Any, patchTypes, Wire } from './wire.ts';

const test = suite('programs');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up({}, { metrics: true });
});
test.after(() => wire.end());

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
const configMap = (name: string) => ({ metadata: { name }, data: { a: '1' } });

test('informers of client-go begin with a watch: what there is, a bookmark, and what comes', async () => {
  for (const name of ['a', 'b']) await wire.post(`${core}/configmaps`, configMap(name));
  const query =
    'allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=500&watch=true';
  const events = await wire.watch(
    `${core}/configmaps?${query}`,
    (seen) => seen.some(({ object }) => object.metadata.name === 'c'),
    () => wire.post(`${core}/configmaps`, configMap('c')),
  );
  const told = events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim());
  assert.equal(told, ['ADDED a', 'ADDED b', 'BOOKMARK', 'ADDED c']);
  assert.equal(events[2].object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
});

test('informers of client-go speak protobuf: lists and events are whole messages', async () => {
  const accept = 'application/vnd.kubernetes.protobuf';
  const list = await fetch(`${wire.serving.url}${core}/configmaps?limit=500&resourceVersion=0`, {
    headers: { Accept: accept },
  });
  assert.is(list.headers.get('content-type'), 'application/vnd.kubernetes.protobuf');
  const bytes = Buffer.from(await list.arrayBuffer());
  assert.is(bytes.subarray(0, 4).toString('latin1'), 'k8s\0');
  assert.ok(bytes.includes('ConfigMapList'));
  const query =
    'allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=1&watch=true';
  const watch = await fetch(`${wire.serving.url}${core}/configmaps?${query}`, {
    headers: { Accept: 'application/vnd.kubernetes.protobuf;stream=watch' },
  });
  assert.is(watch.headers.get('content-type'), 'application/vnd.kubernetes.protobuf;stream=watch');
  const frames = Buffer.from(await watch.arrayBuffer());
  let count = 0;
  for (let at = 0; at < frames.length; count++) at += 4 + frames.readUInt32BE(at);
  assert.is(count, 4, 'three objects and a bookmark');
  assert.ok(frames.includes('k8s.io/initial-events-end'));
  const either = `${accept},application/json`;
  assert.is((await wire.ok('GET', `${core}/configmaps`, { accept: either })).kind, 'ConfigMapList');
});

test('lists by version: exactly that one, at least that one, or whatever is there', async () => {
  const now = await wire.get(`${core}/configmaps`);
  const { resourceVersion } = now.metadata;
  await wire.post(`${core}/configmaps`, configMap('later'));
  const at = (match: string) =>
    wire.names(
      `${core}/configmaps?resourceVersion=${resourceVersion}&resourceVersionMatch=${match}`,
    );
  assert.not((await at('Exact')).includes('later'));
  assert.ok((await at('NotOlderThan')).includes('later'));
  assert.ok((await wire.names(`${core}/configmaps?resourceVersion=0`)).includes('later'));
});

test('operators elect a leader by a Lease: who comes second conflicts', async () => {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  await wire.ok('GET', `${leases}/op`, {}, 404);
  const spec = (holder: string) => ({
    holderIdentity: holder,
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:00:00.000000Z',
    leaseTransitions: 0,
  });
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'op' } };
  const first = await wire.post(leases, { ...lease, spec: spec('a') });
  assert.is((await wire.ask('POST', leases, { body: { ...lease, spec: spec('b') } })).code, 409);
  const renewed = { ...first, spec: { ...spec('a'), renewTime: '2026-01-01T00:00:02.000001Z' } };
  const second = await wire.ok('PUT', `${leases}/op`, { body: renewed });
  assert.is(second.spec.renewTime, '2026-01-01T00:00:02.000001Z');
  const stolen = { ...first, spec: spec('b') };
  const refused = await wire.ask('PUT', `${leases}/op`, { body: stolen });
  assert.is(refused.code, 409);
  assert.is(refused.body.reason, 'Conflict');
});

test('operators tell Events by the new API, and count them by patching their series', async () => {
  const events = '/apis/events.k8s.io/v1/namespaces/default/events';
  const regarding = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'default' };
  await wire.post(events, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'a.1' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/op',
    reportingInstance: 'op-1',
    action: 'Reconcile',
    reason: 'Done',
    regarding,
    note: 'all is well',
    type: 'Normal',
  });
  const series = { count: 2, lastObservedTime: '2026-01-01T00:00:05.000000Z' };
  const body = { series };
  const type = patchTypes.strategic;
  const patched = await wire.ok('PATCH', `${events}/a.1`, { body, type });
  assert.equal(patched.series, series);
  const old = await wire.get(`${core}/events/a.1`);
  assert.is(old.message, 'all is well');
  assert.is(old.involvedObject.name, 'a');
});

test('tables of another version show what those of the stored one do', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const rows = async (path: string) =>
    (await wire.ok('GET', path, { accept })).rows.map(({ cells }: Any) => cells);
  assert.equal(await rows('/apis/events.k8s.io/v1/events'), await rows('/api/v1/events'));
  const path = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 70 };
  await wire.post(path, { metadata: { name: 'h' }, spec });
  const old = await rows(path);
  assert.equal(old, await rows(path.replace('/v1/', '/v2/')));
  assert.match(JSON.stringify(old), /\/70%/);
});

test('operators write status apart, with finalizers and owners by patches of their own', async () => {
  const type = patchTypes.merge;
  const { metadata } = await wire.ok('PATCH', `${core}/configmaps/a`, {
    body: { metadata: { finalizers: ['example.com/op'] } },
    type,
  });
  const stale = {
    metadata: { finalizers: null, resourceVersion: String(Number(metadata.resourceVersion) - 1) },
  };
  assert.is((await wire.ask('PATCH', `${core}/configmaps/a`, { body: stale, type })).code, 409);
  await wire.ok('PATCH', `${core}/configmaps/a`, {
    body: { metadata: { finalizers: null } },
    type,
  });
  await wire.post(`${apps}/deployments`, {
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { app: 'd' } },
      template: {
        metadata: { labels: { app: 'd' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    },
  });
  const status = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    status: { conditions: [{ type: 'example.com/Checked', status: 'True' }] },
  };
  const applied = await wire.ok(
    'PATCH',
    `${apps}/deployments/d/status?fieldManager=op&force=true`,
    {
      body: status,
      type: patchTypes.apply,
    },
  );
  assert.ok(applied.status.conditions.some((one: Any) => one.type === 'example.com/Checked'));
});

/** Every resource that can be listed, as discovery tells. */
async function listable(): Promise<readonly { path: string; kind: string }[]> {
  const found: { path: string; kind: string }[] = [];
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  for (const root of ['/api', '/apis']) {
    const { items } = await wire.ok('GET', root, { accept });
    for (const { metadata, versions } of items as Any[]) {
      const prefix = root === '/api' ? root : `${root}/${metadata.name}`;
      for (const { version, resources } of versions) {
        for (const { resource, verbs, responseKind } of resources) {
          if (!verbs.includes('list')) continue;
          found.push({ path: `${prefix}/${version}/${resource}`, kind: responseKind.kind });
        }
      }
    }
  }
  return found;
}

test('Argo CD lists everything that can be listed, in pages, and watches from there', async () => {
  const all = await listable();
  assert.ok(all.length > 60, `${all.length} resources`);
  for (const { path, kind } of all) {
    const list = await wire.get(`${path}?limit=500&resourceVersion=`);
    assert.is(list.kind, `${kind}List`);
    assert.ok(Array.isArray(list.items), path);
    for (const item of list.items) assert.ok(item.metadata.name, path);
  }
  const { metadata } = await wire.get('/api/v1/configmaps?limit=1');
  assert.ok(metadata.continue);
});

test('k9s shows everything as tables, whole objects within, and asks what it may do', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  for (const { path } of await listable()) {
    const { body, code } = await wire.ask('GET', `${path}?includeObject=Object&limit=500`, {
      accept,
    });
    assert.is(code, 200, path);
    if (path.startsWith('/apis/metrics.k8s.io')) continue;
    assert.is(body.kind, 'Table', path);
    for (const { cells, object } of body.rows) {
      assert.is(cells.length, body.columnDefinitions.length, path);
      assert.ok(object.metadata.name, path);
    }
  }
  const spec = { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } };
  const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  assert.is((await wire.post(review, { spec })).status.allowed, true);
  const rules = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const { status } = await wire.post(rules, { spec: { namespace: 'default' } });
  assert.ok(status.resourceRules.length > 0);
  const { items } = await wire.get('/apis/metrics.k8s.io/v1beta1/nodes');
  assert.is(items.length, 2);
});

test('Terraform plans by dry runs of apply: nothing is there after the plan, and drift is told', async () => {
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'tf', namespace: 'default' },
    data: { a: '1' },
  };
  const type = patchTypes.apply;
  const path = `${core}/configmaps/tf?fieldManager=Terraform&fieldValidation=Strict`;
  const planned = await wire.ok('PATCH', `${path}&dryRun=All`, { body, type });
  assert.equal(planned.data, body.data);
  assert.is(planned.metadata.resourceVersion, undefined);
  await wire.ok('GET', `${core}/configmaps/tf`, {}, 404);
  assert.is((await wire.ask('PATCH', path, { body, type })).code, 201);
  const drift = { data: { a: '2' } };
  await wire.ok('PATCH', `${core}/configmaps/tf?fieldManager=someone`, {
    body: drift,
    type: patchTypes.merge,
  });
  const again = await wire.ask('PATCH', `${path}&dryRun=All`, { body, type });
  assert.is(again.code, 409);
  assert.match(again.body.message, /conflict with "someone" using v1: \.data\.a$/);
  const forced = await wire.ok('PATCH', `${path}&force=true`, { body, type });
  assert.equal(forced.data, body.data);
});

const kubectl = kubectlPath();
if (kubectl !== undefined) {
  test('kubectl proxy hands requests on, watches and all', async () => {
    const k = await tour(kubectl);
    const proxy = k.start('proxy --port=0');
    const [said] = (await once(proxy.stdout!, 'data')) as [Buffer];
    const address = /127\.0\.0\.1:\d+/.exec(said.toString())![0];
    const get = async (path: string) => fetch(`http://${address}${path}`);
    const list = (await (await get('/api/v1/namespaces')).json()) as Any;
    assert.is(list.kind, 'NamespaceList');
    const watched = await (await get('/api/v1/namespaces?watch=1&timeoutSeconds=1')).text();
    assert.match(watched, /^\{"type":"ADDED",/);
    assert.is(await (await get('/readyz')).text(), 'ok');
    proxy.kill();
    await k.end();
  });
} else console.log('SKIPPED: kubectl proxy: no kubectl on PATH and none in KUBECTL');

test('booleans of a query are read in any case of letters: Python says True and False', async () => {
  const maps = '/api/v1/namespaces/default/configmaps';
  assert.is((await wire.get(`${maps}?watch=False`)).kind, 'ConfigMapList');
  const apply = (manager: string, value: string, query = '') =>
    wire.ask('PATCH', `${maps}/owned?fieldManager=${manager}${query}`, {
      type: patchTypes.apply,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned' }, data: { value } },
    });
  assert.is((await apply('one', '1')).code, 201);
  assert.is((await apply('two', '2', '&force=False')).code, 409);
  assert.is((await apply('two', '2', '&force=True')).code, 200);
});

test('evictions are taken in the version that they had before, too', async () => {
  const pods = '/api/v1/namespaces/default/pods';
  const containers = [{ name: 'c', image: 'x' }];
  await wire.post(pods, { metadata: { name: 'evicted' }, spec: { containers } });
  const metadata = { name: 'evicted', namespace: 'default' };
  const eviction = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata };
  const { status } = await wire.post(`${pods}/evicted/eviction`, eviction);
  assert.is(status, 'Success');
});

test.run();
