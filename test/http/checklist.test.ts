/**
 * Checks of api-11-conformance.md that no recorded request covers, by their numbers; all others are run by
 * `npm run conformance`. Left out: 184, because etcd's own protocol is not served, and 186, because foreign audit
 * logs are not read.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { timestamp } from '../../src/api/time.ts';
import { kubectlPath, type Tour, tour } from './kubectl.ts';
import { type Any, Wire } from './wire.ts';

const test = suite('conformance beyond the recorded requests');

let wire: Wire;
const kubectl = kubectlPath();
let k: Tour;
test.before(async () => {
  wire = await Wire.up({
    behaviour: [{ image: 'talker', logs: ['one', 'two'] }],
  });
  if (kubectl !== undefined) k = await tour(kubectl);
});
test.after(async () => {
  await wire.end();
  await k?.end();
});

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';

test('[113] two watchers see the same events in the same order', async () => {
  const { metadata } = await wire.get(`${core}/configmaps`);
  const path = `${core}/configmaps?watch=1&resourceVersion=${metadata.resourceVersion}`;
  const isOver = (events: readonly Any[]) => events.length === 6;
  const first = wire.watch(path, isOver);
  const second = wire.watch(path, isOver);
  for (const name of ['a', 'b']) {
    await wire.post(`${core}/configmaps`, { metadata: { name }, data: { x: '1' } });
    const body = { data: { x: '2' } };
    await wire.ok('PATCH', `${core}/configmaps/${name}`, {
      body,
      type: 'application/merge-patch+json',
    });
    await wire.ok('DELETE', `${core}/configmaps/${name}`);
  }
  const seen = await first;
  assert.equal(await second, seen);
  const versions = seen.map(({ object }) => Number(object.metadata.resourceVersion));
  assert.equal(
    versions,
    [...versions].sort((a, b) => a - b),
  );
  const kinds = seen.map(({ type, object }) => `${type} ${object.metadata.name}`);
  assert.equal(
    kinds,
    ['a', 'b'].flatMap((name) => [`ADDED ${name}`, `MODIFIED ${name}`, `DELETED ${name}`]),
  );
});

const deployment = (name: string) => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
  },
});

/** Names of what is left of a Deployment: of its ReplicaSets, and of its Pods. */
const left = async (name: string) => {
  const of = (path: string) => wire.get(`${path}?labelSelector=app=${name}`);
  const [sets, pods] = [await of(`${apps}/replicasets`), await of(`${core}/pods`)];
  return { sets: sets.items as Any[], pods: pods.items as Any[] };
};

test('[150] in the background dependents go after their owner', async () => {
  await wire.post(`${apps}/deployments`, deployment('bg'));
  assert.is((await left('bg')).pods.length, 2);
  const body = { propagationPolicy: 'Background' };
  await wire.ok('DELETE', `${apps}/deployments/bg`, { body });
  const { sets, pods } = await left('bg');
  assert.is(sets.length, 0);
  for (const pod of pods) assert.ok(pod.metadata.deletionTimestamp, 'is on its way');
});

test('[150] orphans stay, and have no owner', async () => {
  await wire.post(`${apps}/deployments`, deployment('or'));
  await wire.ok('DELETE', `${apps}/deployments/or`, { body: { propagationPolicy: 'Orphan' } });
  const { sets, pods } = await left('or');
  assert.is(sets.length, 1);
  assert.is(sets[0].metadata.ownerReferences, undefined);
  assert.is(pods.length, 2);
});

test('[150] in the foreground the owner waits for what blocks it', async () => {
  const gone = { metadata: { name: 'fg', finalizers: ['example.com/hold'] }, data: {} };
  const owner = await wire.post(`${core}/configmaps`, { metadata: { name: 'fg-owner' } });
  const reference = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'fg-owner',
    uid: owner.metadata.uid,
    blockOwnerDeletion: true,
  };
  await wire.post(`${core}/configmaps`, {
    ...gone,
    metadata: { ...gone.metadata, ownerReferences: [reference] },
  });
  await wire.ok('DELETE', `${core}/configmaps/fg-owner`, {
    body: { propagationPolicy: 'Foreground' },
  });
  const waiting = await wire.get(`${core}/configmaps/fg-owner`);
  assert.equal(waiting.metadata.finalizers, ['foregroundDeletion']);
  const held = await wire.get(`${core}/configmaps/fg`);
  assert.ok(held.metadata.deletionTimestamp);
  const body = { metadata: { finalizers: null } };
  await wire.ok('PATCH', `${core}/configmaps/fg`, { body, type: 'application/merge-patch+json' });
  await wire.ok('GET', `${core}/configmaps/fg-owner`, {}, 404);
});

test('[151] who has only owners that are gone goes; of two owners the dead one is struck out', async () => {
  const live = await wire.post(`${core}/configmaps`, { metadata: { name: 'live' } });
  const owner = (name: string, uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid });
  const dead = owner('dead', '11111111-2222-4333-8444-555555555555');
  const alive = owner('live', live.metadata.uid);
  const make = (name: string, ownerReferences: readonly object[]) =>
    wire.post(`${core}/configmaps`, { metadata: { name, ownerReferences } });
  await make('lost', [dead]);
  await make('half', [dead, alive]);
  await wire.ok('GET', `${core}/configmaps/lost`, {}, 404);
  assert.equal((await wire.get(`${core}/configmaps/half`)).metadata.ownerReferences, [alive]);
});

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test('[173] ages are told in the largest units that are exact enough', async () => {
  const column = { name: 'Since', type: 'date', jsonPath: '.spec.since' };
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { since: { type: 'string', format: 'date-time' } } },
      },
    },
  };
  await wire.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'marks.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'marks', singular: 'mark', kind: 'Mark', listKind: 'MarkList' },
      versions: [
        { name: 'v1', served: true, storage: true, schema, additionalPrinterColumns: [column] },
      ],
    },
  });
  const ages: readonly (readonly [number, string])[] = [
    [119 * second, '119s'],
    [120 * second, '2m'],
    [9 * minute + 59 * second, '9m59s'],
    [10 * minute, '10m'],
    [3 * hour, '3h'],
    [7 * hour + 59 * minute, '7h59m'],
    [8 * hour, '8h'],
    [47 * hour, '47h'],
    [48 * hour, '2d'],
    [8 * day, '8d'],
    [2 * 365 * day, '2y'],
  ];
  const path = '/apis/example.com/v1/namespaces/default/marks';
  const now = Math.floor(wire.cluster.simulation.now / second) * second;
  for (const [i, [age]] of ages.entries()) {
    const name = `m${String(i).padStart(2, '0')}`;
    const spec = { since: timestamp(now - age) };
    await wire.post(path, { apiVersion: 'example.com/v1', kind: 'Mark', metadata: { name }, spec });
  }
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const { rows } = await wire.ok('GET', path, { accept });
  assert.equal(
    (rows as Any[]).map(({ cells }) => cells[1]),
    ages.map(([, text]) => text),
  );
});

test('[180] logs are text; a command has streams of its own, and stdin that can be closed', async () => {
  const container = { name: 'c', image: 'talker' };
  await wire.post(`${core}/pods`, { metadata: { name: 'p' }, spec: { containers: [container] } });
  const { type, body } = await wire.ask('GET', `${core}/pods/p/log`, { accept: '*/*' });
  assert.match(type, /^text\/plain/);
  assert.is(body, 'one\ntwo\n');
  const script = encodeURIComponent('cat; echo err >&2; exit 3');
  const query = `command=sh&command=-c&command=${script}&stdin=1&stdout=1&stderr=1`;
  const url = `${wire.serving.url.replace('http', 'ws')}${core}/pods/p/exec?${query}`;
  const socket = new WebSocket(url, 'v5.channel.k8s.io');
  const heard = new Map<number, string>();
  const send = (channel: number, text: string) =>
    socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  socket.on('message', (data: Buffer) => {
    heard.set(data[0]!, (heard.get(data[0]!) ?? '') + data.subarray(1).toString());
  });
  await new Promise((open) => socket.once('open', open));
  send(0, 'typed\n');
  socket.send(Buffer.of(0xff, 0));
  await new Promise((close) => socket.once('close', close));
  assert.is(heard.get(1), 'typed\n');
  assert.is(heard.get(2), 'err\n');
  const status = JSON.parse(heard.get(3)!);
  assert.is(status.reason, 'NonZeroExitCode');
  assert.equal(status.details.causes, [{ reason: 'ExitCode', message: '3' }]);
});

if (kubectl !== undefined) {
  test('[181] rollout: history by revision, and undo by a JSON patch of the template', async () => {
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', ...deployment('web') };
    await k('apply -f -', JSON.stringify(object));
    const status = () => k('rollout status deploy/web --timeout=30s');
    assert.match((await status()).stdout, /successfully rolled out\n$/);
    assert.is((await k('set image deploy/web c=nginx:2')).code, 0);
    assert.match((await status()).stdout, /successfully rolled out\n$/);
    const second = await k('rollout history deploy/web --revision=2');
    assert.match(
      second.stdout,
      /^deployment.apps\/web with revision #2\n[\s\S]*Image:\s+nginx:2\n/,
    );
    const undone = await k('rollout undo deploy/web --to-revision=1 -v=8');
    assert.is(undone.stdout, 'deployment.apps/web rolled back\n');
    assert.match(undone.stderr, /PATCH https:\S+\/deployments\/web\b/);
    assert.match(undone.stderr, /Content-Type: application\/json-patch\+json/);
    assert.match((await status()).stdout, /successfully rolled out\n$/);
    const image = await k('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}');
    assert.is(image.stdout, 'nginx');
    const paused = await k('rollout pause deploy/web');
    assert.is(paused.stdout, 'deployment.apps/web paused\n');
    assert.match((await k('rollout restart deploy/web')).stderr, /paused/);
    assert.is((await k('rollout resume deploy/web')).stdout, 'deployment.apps/web resumed\n');
    assert.is((await k('rollout restart deploy/web')).stdout, 'deployment.apps/web restarted\n');
    assert.match((await status()).stdout, /successfully rolled out\n$/);
  });
} else console.log('SKIPPED: [181]: no kubectl on PATH and none in KUBECTL');

test.run();
