/** What a server tells of itself: health, metrics, and the state of its components. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Serving, serve } from '../../src/http/server.ts';
import { createCluster } from '../../src/sim/cluster.ts';

const test = suite('observing a server');

const token = 'secret';
const options = { port: 0, insecure: true, speed: 'max', paused: false, token } as const;

let serving: Serving;
test.before(async () => {
  serving = await serve({ cluster: createCluster({ nodes: [{ name: 'n1' }] }), ...options });
});
test.after(() => serving.close());

const ask = (path: string, init: RequestInit = {}) => fetch(serving.url + path, init);
const textOf = async (path: string) => (await ask(path)).text();

const post = (path: string, body: unknown) =>
  ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

/** The samples of one metric: their labels, as they stand, and their values. */
async function samplesOf(name: string): Promise<Readonly<Record<string, number>>> {
  const lines = (await textOf('/metrics')).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, metric, labels = '', value] = /^(\w+)(\{.*\})? (\S+)$/.exec(line) ?? [];
      return metric === name ? [[labels, Number(value)]] : [];
    }),
  );
}

test('health: ok; with verbose, each check in a line; each check for itself', async () => {
  for (const endpoint of ['healthz', 'livez', 'readyz']) {
    assert.is(await textOf(`/${endpoint}`), 'ok');
    const lines = (await textOf(`/${endpoint}?verbose`)).split('\n');
    assert.is(lines[0], '[+]ping ok');
    assert.is(lines.at(-2), `${endpoint} check passed`);
    assert.ok(lines.includes('[+]poststarthook/rbac/bootstrap-roles ok'));
    assert.is(lines.includes('[+]shutdown ok'), endpoint === 'readyz');
  }
  assert.is(await textOf('/livez/etcd'), 'ok');
  assert.is(await textOf('/livez/poststarthook/rbac/bootstrap-roles'), 'ok');
  assert.is((await ask('/livez/shutdown')).status, 404);
});

test('health: excluded checks are told, and so are those that do not exist', async () => {
  const text = await textOf('/readyz?verbose&exclude=etcd&exclude=nope');
  assert.match(text, /^\[\+\]etcd excluded: ok$/m);
  assert.match(text, /^warn: some health checks cannot be excluded: no matches for "nope"$/m);
});

test('metrics are in the text format of Prometheus: a help and a type for each name', async () => {
  const response = await ask('/metrics');
  assert.match(response.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).trimEnd().split('\n');
  let name = '';
  for (const line of lines) {
    name = /^# HELP (\w+) ./.exec(line)?.[1] ?? name;
    if (line.startsWith('# TYPE'))
      assert.match(line, new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`));
    else if (!line.startsWith('#')) {
      const value = '\\d+(\\.\\d+)?(e[+-]\\d+)?';
      const ending = '(_bucket|_sum|_count)?';
      assert.match(line, new RegExp(`^${name}${ending}(\\{(\\w+="[^"]*",?)+\\})? ${value}$`));
    }
  }
  assert.is((await ask('/metrics/nope')).status, 404);
});

test('metrics: requests that were answered, by verb, resource and code', async () => {
  const labels = (verb: string, code: number, scope: string) =>
    `{code="${code}",component="apiserver",dry_run="",group="apps",resource="deployments",scope="${scope}",subresource="",verb="${verb}",version="v1"}`;
  const path = '/apis/apps/v1/namespaces/default/deployments';
  await textOf(path);
  await textOf(path);
  await textOf(`${path}/nope`);
  const totals = await samplesOf('apiserver_request_total');
  assert.is(totals[labels('LIST', 200, 'namespace')], 2);
  assert.is(totals[labels('GET', 404, 'resource')], 1);
  assert.equal(await samplesOf('apiserver_current_inflight_requests'), {
    '{request_kind="mutating"}': 0,
    '{request_kind="readOnly"}': 1,
  });
});

test('metrics: a watch counts as long as it is open, and its answer when it ends', async () => {
  const abort = new AbortController();
  const watch = await ask('/api/v1/pods?watch=1', { signal: abort.signal });
  const labels =
    'component="apiserver",%group="",resource="pods",scope="cluster",subresource="",verb="WATCH",version="v1"}';
  const open = `{${labels.replace('%', '')}`;
  assert.is((await samplesOf('apiserver_longrunning_requests'))[open], 1);
  abort.abort();
  await watch.text().catch(() => {});
  const ended = `{code="200",${labels.replace('%', 'dry_run="",')}`;
  while ((await samplesOf('apiserver_request_total'))[ended] === undefined);
  assert.is((await samplesOf('apiserver_longrunning_requests'))[open], 0);
});

test('metrics: objects by resource, keys of workqueues, Pods that wait for a node', async () => {
  const before = await samplesOf('workqueue_adds_total');
  const template = {
    metadata: { labels: { app: 'a' } },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '99' } } }] },
  };
  await post('/apis/apps/v1/namespaces/default/deployments', {
    metadata: { name: 'a' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'a' } }, template },
  });
  const after = await samplesOf('workqueue_adds_total');
  for (const name of ['deployment', 'replicaset']) {
    assert.ok(after[`{name="${name}"}`]! > before[`{name="${name}"}`]!, name);
  }
  assert.is((await samplesOf('workqueue_depth'))['{name="deployment"}'], 0);
  const stored = await samplesOf('apiserver_resource_objects');
  assert.is(stored['{group="",resource="pods"}'], 2);
  assert.is(stored['{group="apps",resource="replicasets"}'], 1);
  const deprecated = await samplesOf('apiserver_storage_objects');
  assert.is(deprecated['{resource="replicasets.apps"}'], 1);
  assert.equal(await samplesOf('scheduler_pending_pods'), {
    '{queue="active"}': 0,
    '{queue="backoff"}': 0,
    '{queue="gated"}': 0,
    '{queue="unschedulable"}': 2,
  });
});

test('metrics: histograms of simulated time count what is below each bound', async () => {
  await post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'timed' } });
  const about = 'component="apiserver",dry_run="",group="",resource="configmaps",scope="resource"';
  const labels = `${about},subresource="",verb="POST",version="v1"`;
  const buckets = await samplesOf('apiserver_request_duration_seconds_bucket');
  assert.is(buckets[`{${labels},le="0.005"}`], 1);
  assert.is(buckets[`{${labels},le="+Inf"}`], 1);
  assert.is((await samplesOf('apiserver_request_duration_seconds_count'))[`{${labels}}`], 1);
  const stored = await samplesOf('etcd_request_duration_seconds_count');
  assert.is(stored['{group="",operation="create",resource="configmaps"}'], 1);
  const text = await textOf('/metrics');
  const waits = text
    .split('\n')
    .filter((line) => line.startsWith('workqueue_queue_duration_seconds_bucket{name="deployment"'));
  const bound = (line: string) => /le="(.*)"/.exec(line)![1]!;
  assert.equal(waits.map(bound).slice(0, 4), ['1e-08', '1e-07', '1e-06', '9.999999999999999e-06']);
  assert.is(bound(waits.at(-1)!), '+Inf');
  const counts = waits.map((line) => Number(line.split(' ').at(-1)));
  assert.equal(
    counts,
    counts.toSorted((a, b) => a - b),
  );
});

interface Component {
  readonly metadata: { readonly name: string };
  readonly conditions: readonly unknown[];
}

const healthy = [{ type: 'Healthy', status: 'True', message: 'ok' }];

test('component statuses: what runs is healthy, with a warning that nobody should ask', async () => {
  const response = await ask('/api/v1/componentstatuses');
  assert.is(response.headers.get('warning'), '299 - "v1 ComponentStatus is deprecated in v1.19+"');
  const { kind, metadata, items } = (await response.json()) as {
    kind: string;
    metadata: unknown;
    items: readonly Component[];
  };
  assert.is(kind, 'ComponentStatusList');
  assert.equal(metadata, {});
  assert.equal(
    items.map(({ metadata: { name }, conditions }) => [name, conditions]),
    ['controller-manager', 'scheduler', 'etcd-0'].map((name) => [name, healthy]),
  );
  const one = (await (await ask('/api/v1/componentstatuses/scheduler')).json()) as Component;
  assert.equal(one.conditions, healthy);
  const missing = await ask('/api/v1/componentstatuses/nope');
  assert.equal(await missing.json(), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Component not found: nope',
    code: 500,
  });
});

test('component statuses: what does not run refuses the connection', async () => {
  const cluster = createCluster({ disabled: ['scheduler'] });
  const other = await serve({ cluster, ...options });
  const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const response = await fetch(`${other.url}/api/v1/componentstatuses`, { headers });
  const { rows } = (await response.json()) as { rows: readonly { cells: readonly string[] }[] };
  await other.close();
  const refusal =
    'Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused';
  assert.equal(
    rows.map(({ cells }) => cells),
    [
      ['controller-manager', 'Healthy', 'ok', ''],
      ['scheduler', 'Unhealthy', refusal, ''],
      ['etcd-0', 'Healthy', 'ok', ''],
    ],
  );
});

test.run();
