/** Many watchers, broken connections, an expired version, and a reader that does not read (api-03 §3). */
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import type { KubeObject } from '../../src/api/meta.ts';
import { type Serving, serve } from '../../src/http/server.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';

const test = suite('watchers');
const maps = '/api/v1/namespaces/default/configmaps';
const lagMax = 3_000;

let cluster: Cluster;
let serving: Serving;
/** Of the server. */
const sockets = new Set<Socket>();

subscribe('net.server.socket', (message) => {
  sockets.add((message as { socket: Socket }).socket);
});

test.before(async () => {
  cluster = createCluster({ nodes: [], events: false });
  const options = { port: 0, insecure: true, speed: 'max', paused: false, token: 'x' } as const;
  serving = await serve({ cluster, ...options, lagMax });
});

test.after(() => serving.close());

/** Creates or changes a ConfigMap, without going over the wire. */
function write(name: string, value: string): void {
  const { simulation } = cluster;
  const patch = { data: { value } };
  const key = { kind: 'ConfigMap', namespace: 'default', name };
  const isThere = simulation.store.get('ConfigMap', `default/${name}`) !== undefined;
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } };
  const response = isThere
    ? simulation.submit({ verb: 'patch', ...key, patchType: 'merge', patch }, 'user')
    : simulation.submit(
        { verb: 'create', kind: 'ConfigMap', object: { ...object, ...patch } },
        'user',
      );
  assert.ok(response.ok);
}

/** A hundred at a time, so that watchers have their turn. */
async function writeMany(count: number, names: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    write(`m${i % names}`, String(i));
    if (i % 100 === 99) await new Promise((go) => setImmediate(go));
  }
}

interface Told {
  readonly type: string;
  readonly object: {
    readonly code?: number;
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly data?: { readonly value: string };
  };
}

/** Lists, watches, goes on after what breaks, and lists anew when its version is gone. */
class Informer {
  readonly cache = new Map<string, string>();
  lists = 0;
  events = 0;
  version = '';
  #abort = new AbortController();
  #stopped = false;

  disconnect(): void {
    this.#abort.abort();
  }

  stop(): void {
    this.#stopped = true;
    this.disconnect();
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      if (this.version === '') await this.#list();
      this.#abort = new AbortController();
      await this.#watch().catch((error: Error) => assert.match(error.name, /AbortError|TypeError/));
    }
  }

  async #list(): Promise<void> {
    const list = (await (await fetch(serving.url + maps)).json()) as {
      metadata: { resourceVersion: string };
      items: Told['object'][];
    };
    this.lists++;
    this.cache.clear();
    for (const { metadata, data } of list.items) this.cache.set(metadata.name, data?.value ?? '');
    this.version = list.metadata.resourceVersion;
  }

  async #watch(): Promise<void> {
    const url = `${serving.url}${maps}?watch=true&resourceVersion=${this.version}`;
    const { body } = await fetch(url, { signal: this.#abort.signal });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.#take(JSON.parse(line) as Told);
    }
  }

  #take({ type, object }: Told): void {
    this.events++;
    if (type === 'ERROR') {
      assert.is(object.code, 410);
      this.version = '';
      return;
    }
    const { name, resourceVersion } = object.metadata;
    assert.ok(Number(resourceVersion) > Number(this.version), 'no event comes twice or too late');
    this.version = resourceVersion;
    if (type === 'DELETED') this.cache.delete(name);
    else this.cache.set(name, object.data?.value ?? '');
  }
}

/** What the store has, as a cache would have it. */
const truth = () =>
  cluster.simulation.store
    .view()
    .by<KubeObject & Told['object']>('ConfigMap', 'namespace', 'default')
    .map(({ metadata, data }) => [metadata.name, data?.value ?? ''])
    .sort();

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !holds(); i++) await new Promise((go) => setTimeout(go, 10));
  assert.ok(holds());
}

const isUpToDate = ({ cache }: Informer): boolean =>
  JSON.stringify([...cache].sort()) === JSON.stringify(truth());

test('an informer keeps up with 10,000 writes over broken connections', async () => {
  const informer = new Informer();
  const running = informer.run();
  for (let round = 0; round < 10; round++) {
    await writeMany(1_000, 50);
    informer.disconnect();
  }
  await until(() => isUpToDate(informer));
  assert.is(informer.lists, 1);
  assert.ok(informer.events > 5_000, String(informer.events));
  informer.stop();
  await running;
});

test('a version that is compacted is told with 410, and a new list heals it', async () => {
  const informer = new Informer();
  const running = informer.run();
  await until(() => informer.lists === 1);
  informer.version = '1';
  await writeMany(10, 10);
  cluster.simulation.store.compact(cluster.simulation.store.revision - 1);
  informer.version = '1';
  informer.disconnect();
  await until(() => informer.lists === 2 && isUpToDate(informer));
  informer.stop();
  await running;
});

test('fifty watchers are all told everything', async () => {
  const informers = Array.from({ length: 50 }, () => new Informer());
  const running = informers.map((informer) => informer.run());
  await until(() => informers.every(({ lists }) => lists === 1));
  await new Promise((go) => setTimeout(go, 200));
  await writeMany(500, 50);
  await until(() => informers.every(isUpToDate));
  for (const informer of informers) informer.stop();
  await Promise.all(running);
});

test('a watch over a WebSocket has a message for each event', async () => {
  const url = `${serving.url.replace('http', 'ws')}${maps}?watch=true&timeoutSeconds=1`;
  const token = `base64url.bearer.authorization.k8s.io.${Buffer.from('x').toString('base64url')}`;
  const socket = new WebSocket(`${url}&resourceVersion=${cluster.simulation.store.revision}`, [
    'of.ours',
    token,
  ]);
  const told: string[] = [];
  socket.on('message', (data, isBinary) => told.push(isBinary ? 'binary' : String(data)));
  await once(socket, 'open');
  assert.is(socket.protocol, 'of.ours');
  write('over-socket', '1');
  write('over-socket', '2');
  const [code] = await once(socket, 'close');
  assert.is(code, 1000);
  const events = told.map((text) => JSON.parse(text) as Told);
  assert.equal(
    events.map(({ type, object }) => [type, object.metadata.name, object.data?.value]),
    [
      ['ADDED', 'over-socket', '1'],
      ['MODIFIED', 'over-socket', '2'],
    ],
  );
});

test('a WebSocket for a watch that is refused gets a Status', async () => {
  const url = `${serving.url.replace('http', 'ws')}${maps}?watch=true&labelSelector=a%20b`;
  const [, response] = (await once(new WebSocket(url), 'unexpected-response')) as [
    unknown,
    IncomingMessage,
  ];
  assert.is(response.statusCode, 400);
  assert.match(String((await response.toArray()).join('')), /"kind":"Status"/);
  const wrong = { Authorization: 'Bearer nobody' };
  const denied = new WebSocket(`${serving.url.replace('http', 'ws')}${maps}?watch=true`, {
    headers: wrong,
  });
  const [, unauthorized] = await once(denied, 'unexpected-response');
  assert.is((unauthorized as IncomingMessage).statusCode, 401);
});

test('a reader that does not read costs little, and is cut off', async () => {
  const known = new Set(sockets);
  const client = connect(Number(new URL(serving.url).port), '127.0.0.1');
  client.pause();
  client.write(`GET ${maps}?watch=true HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await until(() => [...sockets].some((socket) => !known.has(socket)));
  const [socket] = [...sockets].filter((one) => !known.has(one));
  const large = 'x'.repeat(20_000);
  let most = 0;
  let written = 0;
  for (; written < 20_000 && !socket!.destroyed; written++) {
    write('large', `${written} ${large}`);
    if (written % 50 === 0) await new Promise((go) => setImmediate(go));
    most = Math.max(most, socket!.writableLength);
  }
  assert.ok(socket!.destroyed, 'it is cut off');
  assert.ok(written > lagMax && written < 20_000, String(written));
  assert.ok(most < 200_000, `${most} bytes wait for it`);
  client.destroy();
});

test.run();
