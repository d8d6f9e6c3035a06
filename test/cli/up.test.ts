/** `kubestep up` as a process: its clock, its log, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cli } from './cli.ts';

const test = suite('up');
const cli = new Cli();
const running = new Set<ChildProcess>();
test.after(() => {
  for (const child of running) child.kill('SIGKILL');
  cli.end();
});

/** A served cluster, and how to end it as a user does. */
async function up(...args: readonly string[]) {
  const child = spawn(process.execPath, [cli.main, 'up', '--http', '--port', '0', ...args], {
    cwd: cli.directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  let out = '';
  child.stdout!.on('data', (part: Buffer) => {
    out += part.toString();
  });
  while (!out.includes('export KUBECONFIG')) await once(child.stdout!, 'data');
  const url = /http:\/\/[\d.:]+/.exec(out)![0];
  const token = /token: (\S+)/.exec(
    readFileSync(join(cli.directory, '.kubestep/kubeconfig'), 'utf8'),
  )![1]!;
  const send = (method: string, path: string, body?: unknown) =>
    new Promise<{
      readonly items: readonly { metadata: { name: string; creationTimestamp: string } }[];
    }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      request(`${url}${path}`, { method, headers }, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString();
        });
        response.on('end', () => resolve(JSON.parse(text)));
      })
        .on('error', reject)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });
  const get = (path: string) => send('GET', path);
  const end = async () => {
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    running.delete(child);
    return code as number;
  };
  return { get, send, end };
}

const createdAt = async (get: Awaited<ReturnType<typeof up>>['get']): Promise<number> =>
  Date.parse((await get('/api/v1/namespaces')).items[0]!.metadata.creationTimestamp);

test('at the pace of real time it begins at the present: clients count ages themselves', async () => {
  const { get, end } = await up('--log', 'up.jsonl');
  const age = Date.now() - (await createdAt(get));
  assert.ok(age >= 0 && age < 60_000, `${age} ms old`);
  assert.is(await end(), 0);
  const told = cli.ok('replay', 'up.jsonl');
  assert.match(told, /#\d+ +0 s +kubelet\/n1 created Node n1/, 'times are told from the beginning');
});

test('at another pace its clock is its own, and begins where that of every run does', async () => {
  const { get, end } = await up('--speed', 'max');
  assert.is(await createdAt(get), Date.parse('2026-01-01T00:00:00Z'));
  assert.is(await end(), 0);
});

test('what every API server makes is there: its Service, system classes, the roles of people', async () => {
  const { get, end } = await up('--speed', 'max');
  const names = async (path: string) =>
    (await get(path)).items.map(({ metadata: { name } }) => name);
  assert.equal(await names('/api/v1/services'), ['kubernetes']);
  assert.equal(await names('/apis/discovery.k8s.io/v1/endpointslices'), ['kubernetes']);
  assert.equal(await names('/apis/scheduling.k8s.io/v1/priorityclasses'), [
    'system-cluster-critical',
    'system-node-critical',
  ]);
  const roles = await names('/apis/rbac.authorization.k8s.io/v1/clusterroles');
  for (const name of ['admin', 'cluster-admin', 'edit', 'view']) assert.ok(roles.includes(name));
  const system = '/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system';
  assert.ok((await names(`${system}/roles`)).includes('extension-apiserver-authentication-reader'));
  assert.is((await names(`${system}/rolebindings`)).length, 6);
  assert.equal(await names('/api/v1/namespaces/kube-system/configmaps'), [
    'extension-apiserver-authentication',
    'kube-apiserver-legacy-service-account-token-tracking',
    'kube-root-ca.crt',
  ]);
  assert.is(await end(), 0);
});

test('levels and schemas of flow control are there, each schema with a level that exists', async () => {
  const { get, end } = await up('--speed', 'max');
  const group = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const levels = (await get(`${group}/prioritylevelconfigurations`)).items;
  assert.is(
    levels.map(({ metadata: { name } }) => name).join(' '),
    'catch-all exempt global-default leader-election node-high system workload-high workload-low',
  );
  const schemas = (await get(`${group}/flowschemas`)).items as readonly unknown[] as readonly {
    readonly spec: { readonly priorityLevelConfiguration: { readonly name: string } };
    readonly status: { readonly conditions: readonly { readonly status: string }[] };
  }[];
  assert.is(schemas.length, 13);
  for (const { spec, status } of schemas) {
    const { name } = spec.priorityLevelConfiguration;
    assert.ok(levels.some(({ metadata }) => metadata.name === name));
    assert.is(status.conditions[0]!.status, 'False', 'not dangling');
  }
  assert.is(await end(), 0);
});

test('each address of a Service is an object, as long as the Service has it', async () => {
  const { get, send, end } = await up('--speed', 'max');
  const addresses = async () =>
    (await get('/apis/networking.k8s.io/v1/ipaddresses')).items.map(
      ({ metadata: { name } }) => name,
    );
  const services = '/api/v1/namespaces/default/services';
  assert.equal(await addresses(), ['10.96.0.1']);
  const spec = { clusterIP: '10.96.0.9', ports: [{ port: 80 }] };
  await send('POST', services, { metadata: { name: 'web' }, spec });
  await send('POST', services, {
    metadata: { name: 'none' },
    spec: { ...spec, clusterIP: 'None' },
  });
  assert.equal(await addresses(), ['10.96.0.1', '10.96.0.9']);
  const [, web] = (await get('/apis/networking.k8s.io/v1/ipaddresses')).items as unknown as {
    spec: unknown;
  }[];
  const parentRef = { group: '', resource: 'services', namespace: 'default', name: 'web' };
  assert.equal(web!.spec, { parentRef });
  await send('DELETE', `${services}/web`);
  assert.equal(await addresses(), ['10.96.0.1']);
  const cidrs = (await get('/apis/networking.k8s.io/v1/servicecidrs')).items;
  assert.equal((cidrs[0] as unknown as { spec: unknown }).spec, { cidrs: ['10.96.0.0/16'] });
  assert.is(await end(), 0);
});

test('the API server says by a Lease that it is there', async () => {
  const { get, send, end } = await up('--speed', 'max');
  const [lease] = (await get('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'))
    .items as unknown as { metadata: { name: string; labels: object } }[];
  assert.match(lease!.metadata.name, /^apiserver-[a-z2-7]{26}$/);
  assert.equal(lease!.metadata.labels, {
    'apiserver.kubernetes.io/identity': 'kube-apiserver',
    'kubernetes.io/hostname': 'kubestep',
  });
  // Which is not in the way of what it does about definitions.
  const names = { plural: 'sites', singular: 'site', kind: 'Site', listKind: 'SiteList' };
  const schema = { openAPIV3Schema: { type: 'object' } };
  await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'sites.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  assert.equal((await get('/apis/example.com/v1/sites')).items, []);
  assert.is(await end(), 0);
});

test.run();
