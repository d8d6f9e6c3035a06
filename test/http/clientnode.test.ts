/** `@kubernetes/client-node`, as programs use it: informers under load, watches, logs and exec. */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import * as k8s from '@kubernetes/client-node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Serving, serve } from '../../src/http/server.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';

const test = suite('client-node');

let cluster: Cluster;
let serving: Serving;
let config: k8s.KubeConfig;
/** Of the server. */
const sockets = new Set<Socket>();

subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket };
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});

test.before(async () => {
  const logs = ['one', 'two'];
  const nodes = [{ name: 'n1' }];
  cluster = createCluster({ nodes, behaviour: [{ image: 'busybox', logs }] });
  const options = { port: 0, insecure: true, speed: 'max', paused: false } as const;
  serving = await serve({ cluster, ...options, token: 'secret' });
  config = new k8s.KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'sim', server: serving.url, skipTLSVerify: true }],
    users: [{ name: 'me', token: 'secret' }],
    contexts: [{ name: 'sim', cluster: 'sim', user: 'me' }],
    currentContext: 'sim',
  });
});

test.after(() => serving.close());

const namespace = 'default';
const key = { kind: 'ConfigMap', namespace };

/** Changes ConfigMaps without going over the wire: each is created, changed, and some are deleted. */
function write(n: number): void {
  const { simulation } = cluster;
  const name = `m${n % 500}`;
  const isThere = simulation.store.get('ConfigMap', `${namespace}/${name}`) !== undefined;
  const data = { value: String(n) };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
  const response = !isThere
    ? simulation.submit({ verb: 'create', kind: 'ConfigMap', object }, 'user')
    : n % 7 === 0
      ? simulation.submit({ verb: 'delete', ...key, name, options: {} }, 'user')
      : simulation.submit(
          { verb: 'patch', ...key, name, patchType: 'merge', patch: { data } },
          'user',
        );
  assert.ok(response.ok);
}

/** Name and value of each, in order. */
const contents = (maps: readonly k8s.V1ConfigMap[]): readonly string[] =>
  maps.map(({ metadata, data }) => `${metadata!.name} ${data?.['value']}`).sort();

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500 && !(await holds()); i++) await new Promise((go) => setTimeout(go, 20));
  assert.ok(await holds());
}

test('an informer loses nothing over 10,000 writes, broken connections and a 410', async () => {
  const api = config.makeApiClient(k8s.CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  let lists = 0;
  const informer = k8s.makeInformer(config, path, () => {
    lists++;
    return api.listNamespacedConfigMap({ namespace });
  });
  let restarting: NodeJS.Timeout | undefined;
  let isEnded = false;
  const seen = new Set<string>();
  const note = ({ metadata }: k8s.V1ConfigMap) => seen.add(metadata!.uid!);
  informer.on('add', note);
  informer.on('update', note);
  informer.on('error', () => {
    if (isEnded || restarting !== undefined) return;
    restarting = setTimeout(() => {
      restarting = undefined;
      void informer.start();
    }, 5);
  });
  await informer.start();
  for (let n = 0; n < 10_000; n++) {
    write(n);
    if (n % 50 === 49) await new Promise((go) => setImmediate(go));
    if (n % 1_000 !== 899) continue;
    for (const socket of sockets) socket.destroy();
    // Half-way through, what the informer knows is too old before it can ask again.
    if (n < 5_000) continue;
    while (n % 1_000 !== 999) write(++n);
    cluster.simulation.store.compact(cluster.simulation.store.revision);
    await new Promise((go) => setTimeout(go, 30));
  }
  const listed = async () => contents((await api.listNamespacedConfigMap({ namespace })).items);
  await until(
    async () => JSON.stringify(contents(informer.list())) === JSON.stringify(await listed()),
  );
  const alive = (await api.listNamespacedConfigMap({ namespace })).items;
  assert.ok(alive.length > 400);
  for (const { metadata } of alive) assert.ok(seen.has(metadata!.uid!), metadata!.name!);
  assert.ok(lists >= 2, `${lists} lists: connections were broken, and a version was too old`);
  isEnded = true;
  await informer.stop();
});

test('a watch tells each change once, and 410 when it begins too early', async () => {
  const watch = new k8s.Watch(config);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const told: string[] = [];
  const { revision } = cluster.simulation.store;
  const follow = (resourceVersion: string) =>
    new Promise<unknown>((done) => {
      watch
        .watch(
          path,
          { resourceVersion, timeoutSeconds: 1 },
          (phase: string, object: k8s.V1ConfigMap & { code?: number }) =>
            told.push(`${phase} ${object.code ?? object.metadata?.name}`),
          done,
        )
        .catch(done);
    });
  const done = follow(String(revision));
  await new Promise((go) => setTimeout(go, 200));
  cluster.simulation.submit({ verb: 'delete', ...key, name: 'm1', options: {} }, 'user');
  await done;
  assert.equal(told, ['DELETED m1']);
  cluster.simulation.store.compact(cluster.simulation.store.revision);
  await follow('1');
  assert.is(told.at(-1), 'ERROR 410');
});

const collected = () => {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, next) {
      parts.push(part);
      next();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString('utf8') };
};

test('a Pod is made, listened to, and told what to do', async () => {
  const api = config.makeApiClient(k8s.CoreV1Api);
  const body = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'busybox' }] } };
  await api.createNamespacedPod({ namespace, body });
  const pod = await api.readNamespacedPod({ namespace, name: 'p' });
  assert.is(pod.status?.phase, 'Running');
  assert.ok(pod.metadata?.creationTimestamp instanceof Date);
  const logs = collected();
  await new k8s.Log(config).log(namespace, 'p', 'c', logs.stream, { tailLines: 1 });
  await until(() => logs.text() === 'two\n');

  const exec = (command: readonly string[], stdin: PassThrough | null) => {
    const [out, err] = [collected(), collected()];
    return new Promise<{ out: string; err: string; status: k8s.V1Status }>((resolve, reject) => {
      new k8s.Exec(config)
        .exec(namespace, 'p', 'c', [...command], out.stream, err.stream, stdin, false, (status) =>
          resolve({ out: out.text(), err: err.text(), status }),
        )
        .catch(reject);
    });
  };
  const { out, err, status } = await exec(['sh', '-c', 'echo out; echo err >&2; exit 3'], null);
  assert.equal([out, err, status.status], ['out\n', 'err\n', 'Failure']);
  assert.equal(status.details?.causes, [{ reason: 'ExitCode', message: '3' }]);
  const stdin = new PassThrough();
  const counted = exec(['head', '-n', '1'], stdin);
  stdin.write('first\nsecond\n');
  stdin.end();
  assert.is((await counted).out, 'first\n');
});

test('refusals are errors that carry a Status; objects are applied and patched', async () => {
  const apps = config.makeApiClient(k8s.AppsV1Api);
  try {
    await apps.readNamespacedDeployment({ namespace, name: 'nope' });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, k8s.ApiException);
    const { code, body } = error as k8s.ApiException<string>;
    assert.is(code, 404);
    assert.match(body, /deployments\.apps \\?"nope\\?" not found/);
  }
  const objects = k8s.KubernetesObjectApi.makeApiClient(config);
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  };
  const spec = { replicas: 2, selector: { matchLabels: { a: 'b' } }, template };
  const metadata = { name: 'web', namespace };
  const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec };
  const apply = k8s.PatchStrategy.ServerSideApply;
  await objects.patch(web, undefined, undefined, 'tests', undefined, apply);
  const { status } = await apps.readNamespacedDeployment({ namespace, name: 'web' });
  assert.is(status?.readyReplicas, 2);
});

test('port-forward, in two channels for each port', async () => {
  await config.makeApiClient(k8s.CoreV1Api).createNamespacedPod({
    namespace,
    body: { metadata: { name: 'site' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  });
  const read = (into: PassThrough) =>
    new Promise<string>((resolve) => {
      let text = '';
      into.on('data', (part: Buffer) => {
        text += part.toString('latin1');
        if (/request: GET|refused/.test(text)) resolve(text);
      });
    });
  const ask = async (port: number) => {
    const [output, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const answer = Promise.race([read(output), read(errors)]);
    const forward = new k8s.PortForward(config);
    await forward.portForward(namespace, 'site', [port], output, errors, input);
    input.write('GET /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n');
    return answer;
  };
  assert.match(await ask(80), /200 OK[\s\S]*container: c\nimage: nginx\nrequest: GET \/a/);
  assert.match(await ask(81), /error forwarding port 81 to pod .*connection refused/);
});

test.run();
