/** A cluster on the wire is the same cluster: scenarios over HTTP, and the same requests twice. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serve } from '../../src/http/server.ts';
import { encodeEntry } from '../../src/log/codec.ts';
import type { Entry } from '../../src/log/entry.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { playOverHttp } from '../fidelity/http.ts';

const test = suite('fidelity over HTTP');

const web = `
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web, namespace: default }
      spec:
        replicas: 3
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec: { containers: [{ name: c, image: "web:v1" }] }`;

const image = (text: string) =>
  `{ spec: { template: { spec: { containers: [{ name: c, image: "${text}" }] } } } }`;

const scenarios: Readonly<Record<string, string>> = {
  'a rolling update that is undone in its middle': `
steps:
  - create: |${web}
  - settle
  - patch: { kind: Deployment, name: web, patch: ${image('web:v2')} }
  - wait: 900ms
  - patch: { kind: Deployment, name: web, patch: ${image('web:v1')} }
  - settle`,
  'a machine that dies and another that comes': `
nodes: [{ name: n1 }, { name: n2 }]
steps:
  - create: |${web}
  - settle
  - crashNode: n1
  - addNode: { name: n3, labels: { zone: b } }
  - wait: 400s
  - recoverNode: n1
  - settle`,
  'a Job that gives up': `
behaviour: [{ image: "*", exit: 1, exitAfter: 1s }]
steps:
  - create: |
      apiVersion: batch/v1
      kind: Job
      metadata: { name: task, namespace: default }
      spec:
        backoffLimit: 2
        template: { spec: { restartPolicy: Never, containers: [{ name: c, image: i }] } }
  - settle`,
  'evictions by a budget, by place and by name': `
steps:
  - create: |${web}
      ---
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata: { name: web, namespace: default }
      spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
  - settle
  - evict: { selector: app=web, index: 1 }
  - evict: { selector: app=web, index: 1 }
  - patch: { kind: Pod, selector: app=web, index: 0, remember: first, patch: { metadata: { labels: { app: none } } } }
  - settle
  - delete: { kind: Pod, recall: first }
  - delete: { kind: Deployment, name: web, propagationPolicy: Foreground }
  - settle`,
};

/** What was written, when, and by which part of the control plane; who set which fields is left out. */
function writesOf(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((entry) => {
    if (entry.type !== 'write' && entry.type !== 'rejected') return [];
    const { by, t, kind, key, verb } = entry;
    const actor = by.startsWith('user') || by.startsWith('system:') ? 'user' : by;
    const story = [t, actor, verb, kind, key];
    if (entry.type === 'rejected') return [JSON.stringify([...story, entry.message])];
    const object = entry.after && {
      ...entry.after,
      metadata: { ...entry.after.metadata, managedFields: undefined },
    };
    return [JSON.stringify([...story, object])];
  });
}

for (const [name, source] of Object.entries(scenarios)) {
  test(`the same writes as in process, and told by watches: ${name}`, async () => {
    const scenario = parseScenario(source, 'scenario');
    const run = new Run(planFor(scenario, { kubelet: 'standIn', heartbeats: true }));
    while (run.simulation.script.waits !== undefined) run.step();
    const { cluster, recording } = await playOverHttp(scenario);
    const expected = writesOf(run.simulation.log.entries);
    const played = writesOf(cluster.simulation.log.entries);
    const at = played.findIndex((write, i) => write !== expected[i]);
    assert.is(played[at], expected[at], `they part at write ${at}`);
    assert.is(played.length, expected.length);
    const pods = recording.watch.filter(({ object }) => object.kind === 'Pod');
    const written = cluster.simulation.log.entries.filter(
      (entry) => entry.type === 'write' && entry.kind === 'Pod',
    );
    assert.ok(pods.length > 0);
    assert.is(pods.length, written.length);
  });
}

/** What a client does, and all that the cluster made of it. */
async function logOf(): Promise<readonly string[]> {
  const cluster = createCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }], heartbeats: true });
  const options = { port: 0, insecure: true, speed: 'max', paused: false, token: 'x' } as const;
  const serving = await serve({ cluster, ...options });
  const ask = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const response = await fetch(serving.url + path, {
      method,
      headers: { 'Content-Type': type, 'User-Agent': 'client/1' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as { items?: { metadata: { name: string } }[] };
  };
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const pods = '/api/v1/namespaces/default/pods';
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  await ask('POST', deployments, {
    metadata: { name: 'web' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec },
    },
  });
  await ask('PATCH', `${deployments}/web`, { spec: { replicas: 5 } }, mergePatch);
  const { items = [] } = await ask('GET', pods);
  await ask('DELETE', `${pods}/${items[0]!.metadata.name}`);
  await ask('POST', pods, { metadata: { generateName: 'own-' }, spec });
  await ask('POST', pods, { metadata: { name: 'Wrong' }, spec });
  await ask('DELETE', `${deployments}/web`);
  await serving.close();
  return cluster.simulation.log.entries.map((entry) => encodeEntry(entry));
}

const mergePatch = 'application/merge-patch+json';

test('the same requests at speed max give the same log', async () => {
  const first = await logOf();
  const second = await logOf();
  assert.ok(first.length > 100);
  assert.is(second.length, first.length);
  first.forEach((entry, i) => {
    assert.is(second[i], entry);
  });
});

test.run();
