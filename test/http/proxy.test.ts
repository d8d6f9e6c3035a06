/** Requests that the API server hands on: the `proxy` subresource of Pods, Services and Nodes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Wire } from './wire.ts';

const test = suite('proxy');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up();
  const ports = [{ containerPort: 8080, name: 'http' }];
  await wire.post(`${home}/pods`, {
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image: 'site', ports }] },
  });
  const service = (name: string, spec: object) =>
    wire.post(`${home}/services`, { metadata: { name }, spec });
  await service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] });
  await service('named', {
    selector: { app: 'web' },
    ports: [{ name: 'api', port: 80, targetPort: 8080 }],
  });
  await service('empty', { selector: { app: 'none' }, ports: [{ port: 80 }] });
});
test.after(() => wire.end());

const home = '/api/v1/namespaces/default';
const page = 'pod: default/web\ncontainer: main\nimage: site\nrequest: GET ';

const got = async (path: string) => (await wire.ask('GET', path)).body;

test('a Pod is asked at its first port, or at the one that is named', async () => {
  assert.is(await got(`${home}/pods/web/proxy/a/b/?c=d`), `${page}/a/b/?c=d\n`);
  assert.is(await got(`${home}/pods/http:web:8080/proxy/`), `${page}/\n`);
  const closed = await wire.ask('GET', `${home}/pods/web:81/proxy/`);
  assert.is(closed.code, 503);
  assert.match(
    closed.body.message,
    /^error trying to reach service: dial tcp 10\.244\.\d+\.\d+:81: connect: connection refused$/,
  );
});

test('a Service leads to what is ready behind its port, by number or by name', async () => {
  assert.is(await got(`${home}/services/web/proxy/x`), `${page}/x\n`);
  assert.is(await got(`${home}/services/named:api/proxy/`), `${page}/\n`);
  assert.is(await got(`${home}/services/named:80/proxy/`), `${page}/\n`);
});

test('every method is handed on', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const { code, body } = await wire.ask(method, `${home}/pods/web/proxy/x`);
    assert.is(code, 200, method);
    assert.match(body, `request: ${method} /x`);
  }
  const { code, body, headers } = await wire.ask('HEAD', `${home}/pods/web/proxy/x`);
  assert.equal([code, body], [200, '']);
  assert.is(headers.get('content-length'), String(`${page}/x\n`.length + 1));
});

const refusals: readonly (readonly [string, number, string])[] = [
  ['services/empty', 503, 'no endpoints available for service "empty"'],
  ['services/named', 503, 'no endpoints available for service "named"'],
  ['services/web:81', 503, 'no service port 81 found for service "web"'],
  ['services/nope', 404, 'services "nope" not found'],
  ['pods/ftp:web:80', 400, 'invalid pod request "ftp:web:80"'],
  ['pods/nope', 404, 'pods "nope" not found'],
];
for (const [what, code, message] of refusals) {
  test(`${what} is refused: ${message}`, async () => {
    const answered = await wire.ask('GET', `${home}/${what}/proxy/`);
    assert.equal([answered.code, answered.body.message], [code, message]);
  });
}

test('without a path it leads to the path /', async () => {
  const url = `${wire.serving.url}${home}/pods/web/proxy?a=b`;
  const { status, headers } = await fetch(url, { redirect: 'manual' });
  assert.equal([status, headers.get('location')], [301, `${home}/pods/web/proxy/?a=b`]);
});

test('a node is its kubelet', async () => {
  assert.is(await got('/api/v1/nodes/n1/proxy/healthz'), 'ok');
  const lists = await Promise.all(
    ['n1', 'n2:10250'].map((name) => got(`/api/v1/nodes/${name}/proxy/pods`)),
  );
  assert.equal(
    lists.flatMap(({ items }) =>
      items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ),
    ['web'],
  );
});

test.run();
