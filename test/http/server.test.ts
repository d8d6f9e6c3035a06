/** The API server on the wire, as a client without any library sees it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Serving, serve } from '../../src/http/server.ts';
import { createCluster } from '../../src/sim/cluster.ts';

const test = suite('server');

let serving: Serving;

test.before(async () => {
  const logs = ['hello', { at: '1s', line: 'again' }];
  const cluster = createCluster({
    nodes: [{ name: 'n1' }],
    behaviour: [{ image: 'talker', logs }],
  });
  serving = await serve({
    cluster,
    port: 0,
    insecure: true,
    speed: 'max',
    paused: false,
    token: 'secret',
  });
});

test.after(() => serving.close());

const ask = async (method: string, path: string, body?: unknown, headers = {}) => {
  const response = await fetch(serving.url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { code: response.status, body: (await response.json()) as Record<string, unknown> };
};

const pods = '/api/v1/namespaces/default/pods';
const pod = (name: string, labels = {}) => ({
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
});

test('creates, lets the cluster do its part, and tells what became of it', async () => {
  const created = await ask('POST', pods, pod('a'));
  assert.is(created.code, 201);
  const { code, body } = await ask('GET', `${pods}/a`);
  assert.is(code, 200);
  assert.is((body['status'] as { phase: string }).phase, 'Running');
});

test('why: the scheduling cycle of a Pod, and who waits for a node', async () => {
  const spec = { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '99' } } }] };
  await ask('POST', pods, { metadata: { name: 'big' }, spec });
  const control = async (query: string) => {
    const headers = { Authorization: 'Bearer secret' };
    const response = await fetch(`${serving.url}/kubestep/why?${query}`, {
      method: 'POST',
      headers,
    });
    return response.text();
  };
  assert.match(await control('reference=pod/a'), /^Pod default\/a: n1 \(attempt 1 /m);
  assert.match(await control('pending=true'), /^Pod default\/big: no node[\s\S]*Insufficient cpu/);
  await ask('DELETE', `${pods}/big`);
});

test('who asks for Endpoints, or watches them, is told that they are deprecated', async () => {
  const path = '/api/v1/namespaces/default/endpoints';
  for (const query of ['', '/nope', '?watch=1&timeoutSeconds=1']) {
    const { headers, body } = await fetch(serving.url + path + query);
    const what = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';
    assert.is(headers.get('warning'), `299 - "${what}"`);
    await body?.cancel();
  }
  const { headers } = await fetch(serving.url + pods);
  assert.is(headers.get('warning'), null);
});

test('refuses in the words of Kubernetes', async () => {
  const missing = await ask('GET', `${pods}/nope`);
  assert.is(missing.code, 404);
  assert.is(missing.body['message'], 'pods "nope" not found');
  const method = await ask('DELETE', '/api/v1/namespaces');
  assert.is(method.code, 405);
  const type = await ask('POST', pods, 'x', { 'Content-Type': 'text/plain' });
  assert.is(type.code, 415);
  const broken = await ask('POST', pods, '{"metadata":');
  assert.match(String(broken.body['message']), /^the object provided is unrecognized/);
});

test('of a body that cannot be read there are no warnings', async () => {
  const { code, body } = await ask('POST', pods, { metadata: { name: {} } });
  assert.is(code, 400);
  assert.match(String(body['message']), /cannot unmarshal object into Go struct field/);
});

test('steps of a scenario are played, and mistakes in them are told', async () => {
  const play = (steps: string) => ask('POST', '/kubestep/play', steps);
  const before = (await play('[]')).body;
  const { body } = await play('[addNode: { name: late }, wait: 50s]');
  assert.ok(Number(body['t']) >= Number(before['t']) + 50_000);
  assert.is((await ask('GET', '/api/v1/nodes/late')).code, 200);
  await play('deleteNode: late');
  assert.is((await ask('GET', '/api/v1/nodes/late')).code, 404);
  const mistake = await play('[wiat: 1s]');
  assert.is(mistake.code, 400);
  assert.match(String(mistake.body['error']), /did you mean wait\?/);
});

test('a definition that a patch leaves without a spec is refused', async () => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const names = { plural: 'ws', kind: 'W' };
  const schema = { openAPIV3Schema: { type: 'object' } };
  const versions = [{ name: 'v1', served: true, storage: true, schema }];
  const spec = { group: 'x.y', scope: 'Namespaced', names, versions };
  assert.is((await ask('POST', path, { metadata: { name: 'ws.x.y' }, spec })).code, 201);
  const type = { 'Content-Type': 'application/merge-patch+json' };
  const { code, body } = await ask('PATCH', `${path}/ws.x.y`, { spec: null }, type);
  assert.is(code, 422);
  assert.match(String(body['message']), /spec: Required value/);
});

test('pages show one snapshot', async () => {
  for (const name of ['p1', 'p2', 'p3']) await ask('POST', pods, pod(name, { page: 'x' }));
  const query = `${pods}?labelSelector=page%3Dx&limit=2`;
  const first = await ask('GET', query);
  const { continue: next, resourceVersion } = first.body['metadata'] as Record<string, string>;
  await ask('POST', pods, pod('p4', { page: 'x' }));
  const second = await ask('GET', `${query}&continue=${next}`);
  const names = [first, second].flatMap(({ body }) =>
    (body['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name),
  );
  assert.equal(names, ['p1', 'p2', 'p3']);
  assert.is(
    (second.body['metadata'] as Record<string, string>)['resourceVersion'],
    resourceVersion,
  );
});

test('a watch tells what enters and leaves its selection', async () => {
  const { body } = await ask('GET', pods);
  const since = (body['metadata'] as Record<string, string>)['resourceVersion'];
  const query = `watch=true&labelSelector=w%3Don&timeoutSeconds=1&resourceVersion=${since}`;
  const stream = await fetch(`${serving.url}${pods}?${query}`);
  await ask('POST', pods, pod('w', { w: 'on' }));
  await ask(
    'PATCH',
    `${pods}/w`,
    { metadata: { labels: { w: 'off' } } },
    {
      'Content-Type': 'application/merge-patch+json',
    },
  );
  const events = (await stream.text())
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  assert.is(events[0], 'ADDED');
  assert.is(events.at(-1), 'DELETED');
});

test('logs are what the container has printed, selected as kubectl asks', async () => {
  const spec = { containers: [{ name: 'c', image: 'talker' }] };
  await ask('POST', pods, { metadata: { name: 'talker' }, spec });
  await ask('POST', pods, pod('later'));
  const text = async (query: string) =>
    (await fetch(`${serving.url}${pods}/talker/log${query}`)).text();
  assert.match(await text(''), /^hello\n/);
  assert.match(await text('?tailLines=1&timestamps=true'), /^2026-01-01T00:\d\d:\d\d\.\d{9}Z /);
  assert.match(await text('?container=x'), /container x is not valid for pod talker/);
  assert.match(await text('?previous=true'), /previous terminated container/);
});

test('only loopback names are answered over plain HTTP', async () => {
  const { request } = await import('node:http');
  const code = await new Promise((resolve) => {
    request(`${serving.url}/version`, { headers: { host: 'evil.example' } }, (response) =>
      resolve(response.statusCode),
    ).end();
  });
  assert.is(code, 403);
});

test.run();
