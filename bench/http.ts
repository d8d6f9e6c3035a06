/**
 * The API server on the wire: creates, gets, lists of 2,000 and watch events to ten watchers, by sixteen
 * clients at a time, against a server of node:http that does nothing but answer with as many bytes.
 *
 * Server and clients have a thread each, so elapsed time is measured, and not CPU time.
 */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { serve } from '../src/http/server.ts';
import { createCluster } from '../src/sim/cluster.ts';

const objects = 2_000;
const lanes = 16;
const watchers = 10;
const gets = 10_000;
const lists = 60;
const maps = '/api/v1/namespaces/default/configmaps';
const data = { 'app.properties': 'colour=blue\nsize=large\n'.repeat(4) };

const json = (object: object): string => JSON.stringify(object);
const nameOf = (i: number): string => `settings-${i}`;
const mapOf = (i: number) =>
  json({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: nameOf(i) }, data });

/** What the bare server answers with: told by the client, who heard it from the real one. */
interface Answers {
  readonly one: string;
  readonly list: string;
  readonly event: string;
}

async function serveCluster(): Promise<string> {
  const cluster = createCluster({ nodes: [], events: false });
  const options = { port: 0, insecure: true, speed: 'max', paused: false, token: 'x' } as const;
  return (await serve({ cluster, ...options })).url;
}

function serveBare({ one, list, event }: Answers): Promise<string> {
  const watching = new Set<ServerResponse>();
  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      if (parts.length > 0) JSON.parse(Buffer.concat(parts).toString());
      response.setHeader('Content-Type', 'application/json');
      if (incoming.url!.includes('watch=')) {
        watching.add(response);
        response.flushHeaders();
        return;
      }
      if (incoming.method === 'PATCH') for (const watcher of watching) watcher.write(event);
      response.end(incoming.method === 'GET' && incoming.url === maps ? list : one);
    });
  };
  const server = createServer(listener);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

class Client {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: lanes });
  readonly #watching = new Agent({ keepAlive: true, maxSockets: watchers });

  constructor(url: string) {
    this.#url = url;
  }

  ask(method: string, path: string, body?: string, type = 'application/json'): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers =
        body === undefined
          ? {}
          : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) };
      const options = { method, agent: this.#agent, headers };
      const asking = request(this.#url + path, options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode! < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      asking.on('error', reject);
      asking.end(body);
    });
  }

  /** Resolves when the watch has begun, to a promise of its last event. */
  watch(events: number): Promise<{ readonly first: Promise<string>; readonly all: Promise<void> }> {
    return new Promise((begun, reject) => {
      const options = { agent: this.#watching };
      const asking = request(`${this.#url}${maps}?watch=true`, options, (response) => {
        let lines = 0;
        let text = '';
        let told: (line: string) => void;
        const first = new Promise<string>((resolve) => {
          told = resolve;
        });
        const all = new Promise<void>((resolve) => {
          response.on('data', (part: Buffer) => {
            if (lines === 0) text += part.toString();
            for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines += 1;
            if (lines > 0) told(text.slice(0, text.indexOf('\n') + 1));
            if (lines >= events) resolve();
          });
        });
        begun({ first, all });
      });
      asking.on('error', reject);
      asking.end();
    });
  }
}

/** Does `work` for each number below `count`, sixteen at a time. Returns how many a second. */
async function rate(count: number, work: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const since = performance.now();
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (count * 1000) / (performance.now() - since);
}

interface Rates {
  readonly creates: number;
  readonly gets: number;
  readonly lists: number;
  readonly events: number;
}

async function measured(url: string): Promise<{ rates: Rates; answers: Answers }> {
  const client = new Client(url);
  const patch = (i: number, value: string) => {
    const path = `${maps}/${nameOf(i % objects)}`;
    return client.ask('PATCH', path, json({ data: { value } }), 'application/merge-patch+json');
  };
  const creates = await rate(objects, (i) => client.ask('POST', maps, mapOf(i)));
  const getOne = (i: number) => client.ask('GET', `${maps}/${nameOf(i % objects)}`);
  await rate(objects, getOne);
  const got = await rate(gets, getOne);
  const [one, list] = [await getOne(0), await client.ask('GET', maps)];
  const listed = await rate(lists, () => client.ask('GET', maps));
  const watching = await Promise.all(
    Array.from({ length: watchers }, () => client.watch(2 * objects)),
  );
  // All of them must be told of what comes.
  const since = performance.now();
  await rate(2 * objects, (i) => patch(i, `v${i}`));
  await Promise.all(watching.map(({ all }) => all));
  const events = (watchers * 2 * objects * 1000) / (performance.now() - since);
  const event = await watching[0]!.first;
  return { rates: { creates, gets: got, lists: listed, events }, answers: { one, list, event } };
}

async function against(which: 'cluster' | 'bare', answers?: Answers) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { which, answers } });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    return await measured(url);
  } finally {
    await worker.terminate();
  }
}

if (isMainThread) {
  const { rates, answers } = await against('cluster');
  const { rates: bare } = await against('bare', answers);
  const names = ['creates', 'gets', 'lists', 'events'] as const;
  const ratios = names.map((name) => [`${name}Ratio`, rates[name] / bare[name]] as const);
  console.log(json({ ...rates, ...Object.fromEntries(ratios) }));
  process.exit(0);
} else {
  const { which, answers } = workerData as { which: string; answers: Answers };
  const url = which === 'cluster' ? await serveCluster() : await serveBare(answers);
  parentPort!.postMessage(url);
}
