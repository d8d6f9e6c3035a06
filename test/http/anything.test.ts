/** Whatever arrives on the wire: an answer that is a Status or a plain text, nothing lost, and no end. */
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Serving, serve } from '../../src/http/server.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';

const test = suite('anything on the wire');

/** More in a campaign: REQUESTS=100000. */
const requests = Number(process.env['REQUESTS'] ?? 1_500);

let serving: Serving;
let cluster: Cluster;

test.before(async () => {
  cluster = createCluster({ nodes: [{ name: 'n1' }] });
  serving = await serve({
    cluster,
    port: 0,
    insecure: true,
    speed: 'max',
    paused: true,
    token: 'secret',
  });
});

test.after(() => serving.close());

/** Sends bytes, and returns what came back until the server was done or a moment had passed. */
function sendRaw(bytes: string | Uint8Array, waitMs = 2_000): Promise<string> {
  const { hostname, port } = new URL(serving.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let text = '';
    socket.on('data', (part) => {
      text += part.toString('latin1');
    });
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.on('error', () => {});
  });
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const paths = [
  '/api/v1/namespaces/default/pods',
  '/api/v1/namespaces/default/pods/x',
  '/api/v1/namespaces/default/pods/x/status',
  '/api/v1/namespaces/default/configmaps/x',
  '/apis/apps/v1/namespaces/default/deployments',
  '/apis/apps/v1/namespaces/default/deployments/x/scale',
  '/api/v1/namespaces/../../etc/passwd',
  '/api/v1/namespaces/%2e%2e/pods',
  '/api/v1/nodes/n1',
  '/apis/__proto__/v1/constructor',
  '/api/v1/namespaces/default/__proto__',
  '/openapi/v3/__proto__',
  '/apis',
];
const types = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'text/plain',
];
const accepts = [
  'application/json',
  'application/yaml',
  '*/*',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
];
const queries = [
  '',
  '?labelSelector=a%3Db%2C%21c%2Cd%20in%20%28e',
  '?fieldSelector=spec.nope%3D1',
  '?limit=-1&continue=%00',
  '?resourceVersion=abc',
  '?fieldManager=x&force=true',
  '?dryRun=All&fieldValidation=Strict',
];

const leaf = fc.oneof(
  fc.constantFrom('x', '', 'default', 'Pod', 'v1', 'replace', '__proto__', '\u0000'),
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
);
const names = fc.constantFrom(
  ...[
    'metadata',
    'spec',
    'status',
    'name',
    'labels',
    'containers',
    'image',
    'replicas',
    'op',
    'path',
  ],
  ...[
    'value',
    '$patch',
    '$setElementOrder/containers',
    '__proto__',
    'constructor',
    'kind',
    'apiVersion',
  ],
  ...['selector', 'template', 'managedFields', 'finalizers', 'ownerReferences', 'resourceVersion'],
);
const bodyText = fc.oneof(
  fc
    .array(fc.tuple(names, leaf), { maxLength: 8 })
    .map(
      (pairs) =>
        `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
    ),
  fc
    .tuple(
      names,
      fc.dictionary(
        names,
        fc.oneof(leaf, fc.dictionary(names, leaf), fc.array(fc.dictionary(names, leaf))),
      ),
    )
    .map(([name, value]) => `{${JSON.stringify(name)}:${JSON.stringify(value)}}`),
  fc
    .array(
      fc.record({
        op: fc.constantFrom('add', 'remove', 'replace', 'test', 'move', 'x'),
        path: fc.constantFrom('/spec', '/metadata/labels/a~1b', '/a/-', '', '/__proto__/x'),
        value: leaf,
      }),
    )
    .map((ops) => JSON.stringify(ops)),
  fc.string(),
  fc.constant('k8s\u0000\u000a\u00ff\u00ff'),
);

test('an answer to every request, in a form that clients know', async () => {
  const one = fc.tuple(
    fc.constantFrom(...methods),
    fc.constantFrom(...paths),
    fc.constantFrom(...queries),
    fc.constantFrom(...types),
    fc.constantFrom(...accepts),
    bodyText,
  );
  const before = cluster.simulation.log.length;
  await fc.assert(
    fc.asyncProperty(one, async ([method, path, query, type, accept, body]) => {
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const response = await fetch(`${serving.url}${path}${query}`, {
        method,
        headers: { 'Content-Type': type, Accept: accept },
        ...(hasBody ? { body } : {}),
      });
      const text = await response.text();
      assert.ok(response.status >= 200 && response.status < 600);
      assert.not.match(
        text,
        /Internal error occurred: (?!.*strict)/,
        `${method} ${path}${query} ${body}`,
      );
      assert.is(({} as { x?: unknown }).x, undefined, 'the prototype of all objects was changed');
    }),
    { numRuns: requests, includeErrorInReport: true },
  );
  assert.ok(cluster.simulation.log.length >= before);
});

test('what is no HTTP is refused, and the next one is served', async () => {
  for (const bytes of [
    '\u0000\u0001\u0002',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
  ]) {
    assert.match(await sendRaw(bytes), /^HTTP\/1\.1 4\d\d |^$/);
  }
  assert.is((await fetch(`${serving.url}/healthz`)).status, 200);
});

test('bodies that are too large, or nested too deep, are refused', async () => {
  const path = `${serving.url}/api/v1/namespaces/default/configmaps`;
  const headers = { 'Content-Type': 'application/json' };
  const large = await fetch(path, {
    method: 'POST',
    headers,
    body: `{"a":"${'x'.repeat(3_200_000)}"}`,
  });
  assert.is(large.status, 413);
  const deep = await fetch(path, {
    method: 'POST',
    headers,
    body: `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  });
  assert.is(deep.status, 400);
});

test('a client that is slow to say what it wants does not hold up others', async () => {
  const { hostname, port } = new URL(serving.url);
  const slow = connect(Number(port), hostname);
  slow.on('error', () => {});
  slow.write('GET /healthz HTTP/1.1\r\nHost: 127');
  assert.is((await fetch(`${serving.url}/healthz`)).status, 200);
  slow.destroy();
});

test.run();
