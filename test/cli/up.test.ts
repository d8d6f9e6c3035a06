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
  const get = (path: string) =>
    new Promise<{
      readonly items: readonly { metadata: { name: string; creationTimestamp: string } }[];
    }>((resolve, reject) => {
      request(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } }, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString();
        });
        response.on('end', () => resolve(JSON.parse(text)));
      })
        .on('error', reject)
        .end();
    });
  const end = async () => {
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    running.delete(child);
    return code as number;
  };
  return { get, end };
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
  assert.is(await end(), 0);
});

test.run();
