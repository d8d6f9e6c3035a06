/** Watches as protobuf: frames of a length and a WatchEvent (api-03 §3). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeBody } from '../../src/http/protobuf/decode.ts';
import { fieldsIn } from '../../src/http/protobuf/wire.ts';
import { type Serving, serve } from '../../src/http/server.ts';
import { createCluster } from '../../src/sim/cluster.ts';

const test = suite('protobuf watch');
let serving: Serving;

test.before(async () => {
  const cluster = createCluster({ nodes: [] });
  const options = { port: 0, insecure: true, speed: 'max', paused: false, token: 'x' } as const;
  serving = await serve({ cluster, ...options });
});

test.after(() => serving.close());

const maps = '/api/v1/namespaces/default/configmaps';
const protobuf = 'application/vnd.kubernetes.protobuf;stream=watch';

/** Everything that a stream of one second brings, by frames; and what it calls itself. */
async function watched(query: string, accept = protobuf) {
  const url = `${serving.url}${maps}?watch=true&timeoutSeconds=1&${query}`;
  const response = await fetch(url, { headers: { Accept: accept } });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { type: response.headers.get('content-type'), bytes };
}

function* framesIn(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    yield bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}

/** Type of an event, and its object. */
function eventIn(frame: Uint8Array) {
  const [type, object] = [...fieldsIn(frame)].map(({ value }) => value as Uint8Array);
  const [raw] = [...fieldsIn(object!)].map(({ value }) => value as Uint8Array);
  return { type: Buffer.from(type!).toString(), object: decodeBody(raw!) };
}

const create = (name: string) =>
  fetch(serving.url + maps, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ metadata: { name }, data: { a: name } }),
  });

test('each event is a frame, with a whole body within', async () => {
  await create('one');
  const watching = watched('resourceVersion=0');
  await new Promise((go) => setTimeout(go, 200));
  await create('two');
  const { type, bytes } = await watching;
  assert.is(type, protobuf);
  const events = [...framesIn(bytes)].map(eventIn);
  const told = events.map((event) => [
    event.type,
    event.object['kind'],
    (event.object['data'] as { a?: string } | undefined)?.a,
  ]);
  assert.equal(told.slice(-2), [
    ['ADDED', 'ConfigMap', 'one'],
    ['ADDED', 'ConfigMap', 'two'],
  ]);
});

test('who takes JSON as well gets JSON, and Tables are no messages', async () => {
  const both = await watched('resourceVersion=0', `${protobuf},application/json`);
  assert.is(both.type, 'application/json');
  assert.is(JSON.parse(both.bytes.toString().split('\n')[0]!).type, 'ADDED');
  const table = 'application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1';
  assert.is((await watched('resourceVersion=0', table)).type, 'application/json');
});

test.run();
