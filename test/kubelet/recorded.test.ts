/**
 * The lives of real Pods, and of simulated ones under the same circumstances: a rollout and a crash
 * loop on Kubernetes 1.36, and workflows of older releases. Masked fields are named in `lives.ts`;
 * for the older releases also PodReadyToStartContainers, messages, and reasons that changed since.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/pod.ts';
import type { BehaviourSpec } from '../../src/sim/scenario/types.ts';
import { create, distinct, livesIn, quiet, told, until } from './lives.ts';

const test = suite('recorded lives of Pods');
const recordings = '../shared/recordings';
const isThere = existsSync(recordings);
if (!isThere) console.log(`SKIPPED: ${recordings} is not there; no recorded Pod was compared`);
const compare = isThere ? test : test.skip;

const lines = (file: string): readonly unknown[] =>
  readFileSync(join(recordings, 'k8shark', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

function recordedRollout(): ReadonlyMap<string, readonly Pod[]> {
  const lives = new Map<string, Pod[]>();
  for (const line of lines('rolling-update.watch.ndjson')) {
    const { object } = line as { object: Pod };
    if (object.kind !== 'Pod') continue;
    const { name } = object.metadata;
    lives.set(name, [...(lives.get(name) ?? []), object]);
  }
  return lives;
}

const template = (image: string) => ({
  metadata: { labels: { app: 'api' } },
  spec: {
    containers: [{ name: 'app', image, resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
  },
});

function simulatedRollout(): ReadonlyMap<string, readonly Pod[]> {
  const cluster = quiet([]);
  const spec = {
    replicas: 3,
    selector: { matchLabels: { app: 'api' } },
    template: template('api:1'),
  };
  const metadata = { name: 'api' };
  create(cluster, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec } as never);
  until(cluster, 60);
  cluster.simulation.submit({
    verb: 'patch',
    kind: 'Deployment',
    namespace: 'default',
    name: 'api',
    patchType: 'strategic',
    patch: { spec: { template: template('api:2') } },
  });
  until(cluster, 120);
  return livesIn(cluster);
}

const startsIn = (lives: ReadonlyMap<string, readonly Pod[]>, image?: string) =>
  [...lives.values()]
    .filter(([first]) => first!.status.conditions === undefined)
    .filter(([first]) => image === undefined || first!.spec.containers[0]!.image === image)
    .map((life) => distinct(life.map((pod) => told(pod))));

const endsIn = (lives: ReadonlyMap<string, readonly Pod[]>) =>
  [...lives.values()]
    .filter((life) => life.at(-1)!.metadata.deletionTimestamp !== undefined)
    .map((life) => {
      const running = life.findLastIndex(
        ({ metadata }) => metadata.deletionTimestamp === undefined,
      );
      return distinct(life.slice(running).map((pod) => told(pod)));
    });

compare('Pods of a rollout start as real ones did', () => {
  const recorded = startsIn(recordedRollout());
  const simulated = startsIn(simulatedRollout(), 'api:2');
  assert.is(recorded.length, 3);
  assert.is(simulated.length, 3);
  for (const one of recorded) assert.equal(simulated[0], one);
  for (const one of simulated) assert.equal(one, recorded[0]);
});

compare('Pods of a rollout end as real ones did', () => {
  const recorded = endsIn(recordedRollout());
  const simulated = endsIn(simulatedRollout());
  assert.is(recorded.length, 3);
  assert.is(simulated.length, 3);
  for (const one of simulated) assert.equal(one, recorded[0]);
});

compare('a crash loop looks as a real one did after its sixth restart', () => {
  let recorded: Pod | undefined;
  for (const line of lines('crash-loop.polls.ndjson')) {
    const { api_path: path, response_body: body } = line as {
      api_path: string;
      response_body: { items?: readonly Pod[] };
    };
    if (path.endsWith('/pods')) recorded = body.items?.[0] ?? recorded;
  }
  const cluster = quiet([{ image: 'flaky', exit: 1, exitAfter: '3s' }]);
  const spec = {
    containers: [
      { name: 'worker', image: 'flaky', resources: recorded!.spec.containers[0]!.resources ?? {} },
    ],
  };
  const namespace = recorded!.metadata.namespace!;
  create(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  create(
    cluster,
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'worker' }, spec } as never,
    namespace,
  );
  until(cluster, 900);
  const waits = livesIn(cluster)
    .get('worker')!
    .filter(({ status }) => {
      const [container] = status.containerStatuses ?? [];
      return (
        container?.restartCount === 6 && container.state?.waiting?.reason === 'CrashLoopBackOff'
      );
    });
  assert.equal(told(waits[0]!), told(recorded!));
});

interface Workflow {
  readonly file: string;
  readonly behaviour: Omit<BehaviourSpec, 'image'>;
  readonly restartPolicy?: string;
  /** How many of the simulated states, to where the recording ends. */
  readonly states?: number;
}

const workflows: readonly Workflow[] = [
  { file: 'added', behaviour: {}, states: 1 },
  { file: 'scheduled', behaviour: {}, states: 2 },
  { file: 'createSuccess', behaviour: {} },
  { file: 'unready', behaviour: {}, states: 3 },
  { file: 'imagePullError', behaviour: { pullError: 'not found' }, states: 5 },
  {
    file: 'containerTerminatedSuccessRestartNever',
    behaviour: { exit: 0, exitAfter: '0s' },
    restartPolicy: 'Never',
  },
  { file: 'containerTerminatedSuccess', behaviour: { exit: 0, exitAfter: '0s' }, states: 6 },
];

/** Without what older kubelets did not write. */
function older(pod: Pod): unknown {
  const conditions = (pod.status.conditions ?? []).filter(
    ({ type }) => type !== 'PodReadyToStartContainers',
  );
  const status = { ...pod.status, conditions, qosClass: undefined };
  return told({ ...pod, status } as unknown as Pod, { messages: false });
}

for (const { file, behaviour, restartPolicy, states } of workflows) {
  compare(`workflow ${file}`, () => {
    const path = join(recordings, `pulumi-await-recordings/workflows/kubernetes/pod/${file}.json`);
    const recorded = distinct((JSON.parse(readFileSync(path, 'utf8')) as Pod[]).map(older));
    const cluster = quiet([{ image: 'nginx', ...behaviour }]);
    const containers = [{ name: 'nginx', image: 'nginx' }];
    const spec = { containers, ...(restartPolicy === undefined ? {} : { restartPolicy }) };
    create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'foo' }, spec } as never);
    until(cluster, 30);
    const simulated = distinct(livesIn(cluster).get('foo')!.map(older));
    assert.equal(simulated.slice(0, states), recorded);
  });
}

test.run();
