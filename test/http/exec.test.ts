/** `exec` and `attach`, with real kubectl and with a WebSocket of our own (api-09 §4). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { kubectlPath, type Tour, tour } from './kubectl.ts';

const test = suite('exec');
const kubectl = kubectlPath();
let k: Tour;

const visit = (name: string, body: () => Promise<void>) => {
  if (kubectl !== undefined) test(name, body);
};

const pods = `
apiVersion: v1
kind: Pod
metadata: { name: one }
spec:
  containers:
    - { name: main, image: 'nginx:1.27', env: [{ name: WHO, value: wörld }] }
---
apiVersion: v1
kind: Pod
metadata: { name: two }
spec:
  containers: [{ name: a, image: busybox }, { name: b, image: busybox }]
---
apiVersion: v1
kind: Pod
metadata: { name: waiting, annotations: { kubestep.dev/behaviour: '{start: never}' } }
spec: { containers: [{ name: main, image: slow }] }
---
apiVersion: v1
kind: Pod
metadata: { name: homeless }
spec: { nodeSelector: { none: such }, containers: [{ name: main, image: nginx }] }
`;

test.before(async () => {
  if (kubectl === undefined) return;
  k = await tour(kubectl);
  await k('apply -f -', pods);
  assert.is((await k('wait --for=condition=Ready pod/one pod/two --timeout=20s')).code, 0);
});

test.after(() => k?.end());

visit('a command runs in the container, and its streams stay apart', async () => {
  const script = 'echo out; echo err >&2';
  const ran = await k(['exec', 'one', '--', 'sh', '-c', script]);
  assert.equal(ran, { code: 0, stdout: 'out\n', stderr: 'err\n' });
  assert.is((await k('exec one -- hostname')).stdout, 'one\n');
  assert.is((await k('exec one -- printenv WHO')).stdout, 'wörld\n');
  assert.is((await k('exec one -- echo 日本')).stdout, '日本\n');
  assert.match((await k('exec one -- date +%Y')).stdout, /^20\d\d\n$/);
});

visit('kubectl ends with the exit code of the command', async () => {
  const ran = await k(['exec', 'one', '--', 'sh', '-c', 'exit 3']);
  assert.equal(ran, { code: 3, stdout: '', stderr: 'command terminated with exit code 3\n' });
});

visit('a command that is not there is told in the words of containerd', async () => {
  const unknown = await k('exec one -- nope');
  assert.equal([unknown.code, unknown.stdout], [1, '']);
  const said = 'OCI runtime exec failed: exec failed: unable to start container process: ';
  const why =
    /^error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": /;
  assert.match(unknown.stderr, why);
  assert.ok(
    unknown.stderr.endsWith(`: ${said}exec: "nope": executable file not found in $PATH: unknown\n`),
  );
  const missing = await k(['exec', 'one', '--', 'sh', '-c', 'nope']);
  assert.is(missing.code, 127, 'a shell tells it itself');
});

visit('clients that speak SPDY hear of a refusal before anything is switched', async () => {
  const env = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' };
  const unknown = await k('exec one -- nope', '', env);
  assert.is(unknown.code, 1);
  assert.match(
    unknown.stderr,
    /^error: Internal error occurred: error executing command in container: failed/,
  );
  const waiting = await k('exec waiting -- ls', '', env);
  const why = 'error: unable to upgrade connection: container not found ("main")\n';
  assert.equal([waiting.code, waiting.stderr], [1, why]);
});

visit('cp copies files and directories, both ways', async () => {
  const directory = join(k.home, 'site');
  mkdirSync(join(directory, 'deep'), { recursive: true });
  const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 7) % 256));
  writeFileSync(join(directory, 'deep', 'data.bin'), bytes);
  writeFileSync(join(directory, 'ümlaut.txt'), 'grün\n');
  const there = await k(`cp ${directory} one:/srv`);
  assert.equal(there, { code: 0, stdout: '', stderr: '' });
  assert.is((await k('exec one -- cat /srv/ümlaut.txt')).stdout, 'grün\n');
  assert.is((await k('exec one -- wc -c /srv/deep/data.bin')).stdout, '3000 /srv/deep/data.bin\n');
  const back = join(k.home, 'back');
  const fetched = await k(`cp one:/srv ${back}`);
  assert.is(fetched.code, 0, fetched.stderr);
  assert.ok(readFileSync(join(back, 'deep', 'data.bin')).equals(bytes));
  assert.is(readFileSync(join(back, 'ümlaut.txt'), 'utf8'), 'grün\n');
  const missing = await k('exec one -- tar cf - /nope');
  assert.is(missing.code, 1);
  assert.match(missing.stderr, /^tar: \/nope: No such file or directory$/m);
});

visit('run -i gives what is typed to the container, and ends as it does', async () => {
  const run = 'run talk -i --rm --restart=Never --image=busybox -- sh';
  const talked = await k(run, 'echo "hi from $HOSTNAME"\nexit 7\n');
  assert.match(talked.stdout, /^hi from talk\n/);
  assert.is(talked.code, 7, talked.stderr);
  assert.match(talked.stdout, /pod "talk" deleted/);
  const piped = await k(
    'run count -i --rm --quiet --restart=Never --image=busybox -- wc -l',
    'a\nb\n',
  );
  assert.equal([piped.code, piped.stdout], [0, '2\n']);
});

visit('two who attach to one container see the same', async () => {
  await k('run shared -i --image=busybox --restart=Never --attach=false -- cat');
  assert.is((await k('wait --for=condition=Ready pod/shared --timeout=20s')).code, 0);
  const first = k.start('attach shared -i');
  const heard = new Promise<string>((resolve) => {
    first.stdout!.on('data', (part: Buffer) => resolve(part.toString()));
  });
  await new Promise((go) => setTimeout(go, 500));
  const second = await k('attach shared -i', 'hello\n');
  assert.is(await heard, 'hello\n');
  assert.is(second.stdout, 'hello\n');
  first.kill();
});

visit('stdin goes through whole, and ends', async () => {
  assert.is((await k('exec -i one -- cat', 'a\nb\n')).stdout, 'a\nb\n');
  const long = 'x'.repeat(200_000);
  assert.is((await k('exec -i one -- wc -c', long)).stdout, '200000\n');
  assert.is((await k('exec one -- cat')).code, 0);
});

visit('what was written in a container is there for the next command', async () => {
  await k(['exec', 'one', '--', 'sh', '-c', 'echo kept > /tmp/note']);
  assert.is((await k('exec one -- cat /tmp/note')).stdout, 'kept\n');
});

visit('mistakes are told as a real server tells them', async () => {
  const first = await k('exec two -- hostname');
  assert.match(first.stderr, /^Defaulted container "a" out of: a, b\n/);
  assert.is(first.stdout, 'two\n');
  const refused = async (words: string, text: string) => {
    const { code, stderr } = await k(words);
    assert.equal([code, stderr], [1, text]);
  };
  await refused(
    'exec one -c nope -- ls',
    'Error from server (BadRequest): container nope is not valid for pod one\n',
  );
  await refused('exec none -- ls', 'Error from server (NotFound): pods "none" not found\n');
  await refused(
    'exec waiting -- ls',
    'error: Internal error occurred: unable to upgrade connection: container not found ("main")\n',
  );
  await refused(
    'exec homeless -- ls',
    'Error from server (BadRequest): pod homeless does not have a host assigned\n',
  );
  const base = '/api/v1/namespaces/default/pods';
  await refused(
    `get --raw ${base}/two/exec?command=ls`,
    'Error from server (BadRequest): a container name must be specified for pod two, choose one of: [a b]\n',
  );
  await refused(
    `get --raw ${base}/one/exec?command=ls`,
    'Error from server (BadRequest): Upgrade request required\n',
  );
});

visit('attach shows what is printed, until the container ends', async () => {
  const behaviour = '{logs: [first, {at: 40s, line: later}], exit: 0, exitAfter: 70s}';
  const annotation = `kubestep.dev/behaviour=${behaviour}`;
  const run = ['run', 'talker', '--image=busybox', '--restart=Never', '--annotations', annotation];
  assert.is((await k(run)).stdout, 'pod/talker created\n');
  assert.is((await k('wait --for=condition=Ready pod/talker --timeout=20s')).code, 0);
  const { code, stdout } = await k('attach talker');
  assert.equal([code, stdout], [0, 'later\n']);
});

/** Frames of a raw connection, as `[channel, text]`, and the code with which it was closed. */
function talk(path: string, protocol: string, said: readonly (string | Buffer)[]) {
  const url = `${k.serving.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/${path}`;
  const socket = new WebSocket(url, [protocol], {
    rejectUnauthorized: false,
    headers: { Authorization: 'Bearer tour' },
  });
  const frames: [number, string][] = [];
  return new Promise<{ frames: [number, string][]; closed: number }>((resolve, reject) => {
    socket.on('open', () => {
      for (const one of said) socket.send(Buffer.from(one as string));
    });
    socket.on('message', (data: Buffer) => frames.push([data[0]!, data.subarray(1).toString()]));
    socket.on('close', (closed) => resolve({ frames, closed }));
    socket.on('error', reject);
  });
}

const shell = 'one/exec?command=sh&stdin=true&stdout=true';

visit('a terminal echoes, prompts, merges the streams and knows its size', async () => {
  const said = ['\x04{"Width":100,"Height":30}', '\0stty size\r', '\0nope\r', '\0exit 4\r'];
  const { frames, closed } = await talk(`${shell}&tty=true`, 'v4.channel.k8s.io', said);
  const text = frames.filter(([channel]) => channel === 1).map(([, part]) => part);
  assert.is(
    text.join(''),
    '/ # stty size\r\n30 100\r\n/ # nope\r\nsh: nope: not found\r\n/ # exit 4\r\n',
  );
  assert.equal(frames[0], [1, '']);
  assert.equal(frames.at(-1)![0], 3);
  assert.equal(JSON.parse(frames.at(-1)![1]), {
    metadata: {},
    status: 'Failure',
    message: 'command terminated with non-zero exit code: command terminated with exit code 4',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '4' }] },
  });
  assert.is(closed, 1000);
});

visit('the fifth protocol can end stdin, the fourth cannot', async () => {
  const said = [Buffer.from('\0echo hi\n'), Buffer.of(255, 0)];
  const { frames } = await talk(shell, 'v5.channel.k8s.io', said);
  assert.equal(frames, [
    [1, ''],
    [1, 'hi\n'],
    [3, '{"metadata":{},"status":"Success"}'],
  ]);
});

visit('a command ends with its container', async () => {
  await k('run brief --image=busybox');
  await k('wait --for=condition=Ready pod/brief --timeout=20s');
  const going = k('exec brief -- sleep 1000000');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await k('delete pod brief --wait=false');
  const { code, stderr } = await going;
  assert.equal([code, stderr], [137, 'command terminated with exit code 137\n']);
});

visit('kubectl debug puts a container beside the others, and looks around from there', async () => {
  const debug = await k([
    'debug',
    'one',
    '--image=busybox:1.36',
    '-c',
    'look',
    '--target=main',
    '--',
    'sleep',
    '1d',
  ]);
  assert.is(debug.code, 0, debug.stderr);
  const state = 'jsonpath={.status.ephemeralContainerStatuses[0].state.running.startedAt}';
  for (let tries = 0; tries < 40; tries++) {
    if ((await k(['get', 'pod', 'one', '-o', state])).stdout !== '') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.is((await k('exec one -c look -- hostname')).stdout, 'one\n');
  assert.match((await k('describe pod one')).stdout, /Ephemeral Containers:\n {2}look:/);
});

test.run();
