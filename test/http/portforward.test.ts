/** Port-forward with real kubectl, and `exec` over SPDY as older ones speak it (api-09 §4). */
import type { ChildProcess } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dictionary, HeaderCodec } from '../../src/http/spdy/headers.ts';
import { kubectlPath, type Tour, tour } from './kubectl.ts';

const test = suite('port-forward');
const kubectl = kubectlPath();
let k: Tour;

const visit = (name: string, body: () => Promise<void>) => {
  if (kubectl !== undefined) test(name, body);
};

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: main, image: 'example/site:2', ports: [{ containerPort: 8080, name: http }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
`;

test.before(async () => {
  if (kubectl === undefined) return;
  k = await tour(kubectl);
  await k('apply -f -', manifest);
  await k('run plain --image=nginx');
  assert.is((await k('rollout status deploy/web --timeout=20s')).code, 0);
  assert.is((await k('wait --for=condition=Ready pod/plain --timeout=20s')).code, 0);
});

test.after(() => k?.end());

interface Forward {
  readonly child: ChildProcess;
  readonly url: string;
  readonly errors: () => string;
}

/** Starts kubectl, and waits until it says on which port it listens. */
function forward(words: string): Promise<Forward> {
  const child = k.start(`port-forward ${words}`);
  let [said, errors] = ['', ''];
  child.stderr!.on('data', (part: Buffer) => {
    errors += part.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => reject(new Error(errors)));
    child.stdout!.on('data', (part: Buffer) => {
      said += part.toString();
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      const url = `http://127.0.0.1:${port}/where?x=1`;
      if (port !== undefined) resolve({ child, url, errors: () => errors });
    });
  });
}

async function fetched(words: string): Promise<string> {
  const { child, url } = await forward(words);
  try {
    const first = await (await fetch(url)).text();
    assert.is(await (await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })).status, 200);
    return first;
  } finally {
    child.kill();
  }
}

visit('leads to the port of a Pod, of a Deployment and of a Service', async () => {
  const page = (text: string) => new RegExp(`^pod: default/${text}\nrequest: GET /where\\?x=1\n$`);
  assert.match(await fetched('pod/plain :80'), page('plain\ncontainer: plain\nimage: nginx'));
  const web = page('web-\\w+-\\w+\ncontainer: main\nimage: example/site:2');
  assert.match(await fetched('deploy/web :8080'), web);
  assert.match(await fetched('svc/web :80'), web);
});

visit('a port on which nothing listens refuses', async () => {
  const { child, url, errors } = await forward('pod/plain :81');
  await fetch(url).catch(() => undefined);
  for (let i = 0; i < 50 && errors() === ''; i++) await new Promise((go) => setTimeout(go, 50));
  child.kill();
  assert.match(
    errors(),
    /an error occurred forwarding \d+ -> 81: error forwarding port 81 to pod /,
  );
  assert.match(
    errors(),
    /failed to connect to localhost:81 inside namespace .*, IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: connection refused /,
  );
});

visit('exec speaks SPDY to those who do not speak WebSocket', async () => {
  process.env['KUBECTL_REMOTE_COMMAND_WEBSOCKETS'] = 'false';
  const old = await tour(kubectl!);
  try {
    await old('run plain --image=nginx');
    await old('wait --for=condition=Ready pod/plain --timeout=20s');
    const script = 'cat; echo err >&2; exit 5';
    assert.equal(await old(['exec', '-i', 'plain', '--', 'sh', '-c', script], 'in\n'), {
      code: 5,
      stdout: 'in\n',
      stderr: 'err\ncommand terminated with exit code 5\n',
    });
    assert.is((await old('exec plain -- hostname')).stdout, 'plain\n');
  } finally {
    delete process.env['KUBECTL_REMOTE_COMMAND_WEBSOCKETS'];
    await old.end();
  }
});

test('header blocks build on the dictionary and on those before', async () => {
  assert.is(dictionary.length, 1423);
  const [here, there] = [new HeaderCodec(), new HeaderCodec()];
  const headers = new Map([
    ['streamtype', 'data'],
    ['port', '80'],
  ]);
  const first = await here.encode(headers);
  const second = await here.encode(headers);
  assert.is(first.subarray(2, 6).toString('hex'), 'e3c6a7c2');
  assert.ok(second.length < first.length);
  assert.equal([...(await there.decode(first))], [...headers]);
  assert.equal([...(await there.decode(second))], [...headers]);
  here.close();
  there.close();
});

test.run();
