/**
 * The lives of real Pods, and of simulated ones under the same circumstances: a rollout and a crash
 * loop on Kubernetes 1.36, and workflows of older releases. Masked fields are named in `lives.ts`;
 * for the older releases also PodReadyToStartContainers, messages, and reasons that changed since.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/pod/pod.ts';
import { createCluster } from '../../src/sim/cluster.ts';
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

const pod = (name: string) =>
  join(recordings, `pulumi-await-recordings/workflows/kubernetes/pod/${name}.json`);

const recordedPods = (name: string): readonly Pod[] =>
  JSON.parse(readFileSync(pod(name), 'utf8')) as Pod[];

/** One state of a Pod that crashes, and the simulated one of as many restarts. */
const crashes = [
  { file: 'crashLoopBackoff', policy: 'File' },
  { file: 'crashLoopBackoffWithFallbackToLogsOnError', policy: 'FallbackToLogsOnError' },
] as const;

for (const { file, policy } of crashes) {
  compare(`workflow ${file}`, () => {
    const [recorded] = recordedPods(file);
    const { restartCount } = recorded!.status.containerStatuses![0]!;
    const cluster = quiet([{ image: 'bash', exit: 1, exitAfter: '1s', logs: ['see ya!'] }]);
    const containers = [{ name: 'crash', image: 'bash', terminationMessagePolicy: policy }];
    const metadata = { name: 'crashloop' };
    create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } } as never);
    until(cluster, 200);
    const waits = livesIn(cluster)
      .get('crashloop')!
      .filter(({ status }) => {
        const [container] = status.containerStatuses ?? [];
        const { waiting } = container?.state ?? {};
        return container?.restartCount === restartCount && waiting?.reason === 'CrashLoopBackOff';
      });
    assert.equal(told(waits[0]!), told(recorded!));
    const messageIn = ({ status }: Pod) =>
      status.containerStatuses![0]!.lastState!.terminated!.message;
    assert.is(messageIn(waits[0]!), messageIn(recorded!));
  });
}

compare('workflow unavailable: a Pod whose node has gone silent', () => {
  const [recorded] = recordedPods('unavailable');
  const cluster = createCluster({ nodes: [{ name: 'n1' }], heartbeats: true });
  const resources = { requests: { cpu: '10m' } };
  const spec = { containers: [{ name: 'app', image: 'app', resources }] };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'foo' }, spec } as never);
  until(cluster, 30);
  cluster.crashNode('n1');
  until(cluster, 120);
  assert.equal(told(livesIn(cluster).get('foo')!.at(-1)!), told(recorded!));
});

compare('workflow unscheduled', () => {
  const recorded = distinct(recordedPods('unscheduled').map(older));
  const cluster = quiet([]);
  const resources = { requests: { memory: '128Gi' } };
  const spec = { containers: [{ name: 'nginx', image: 'nginx', resources }] };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'foo' }, spec } as never);
  until(cluster, 30);
  assert.equal(distinct(livesIn(cluster).get('foo')!.map(older)), recorded);
});

/** Docker said 127 and ContainerCannotRun of what containerd says 128 and StartError of. */
const asContainerd = (pods: readonly Pod[]): readonly unknown[] =>
  pods.map(older).map((one) => {
    const text = JSON.stringify(one);
    return JSON.parse(text.replaceAll('127,"ContainerCannotRun"', '128,"StartError"')) as unknown;
  });

compare('workflow containerTerminatedError: what cannot be executed', () => {
  const recorded = distinct(asContainerd(recordedPods('containerTerminatedError')));
  const cluster = quiet([{ image: 'nginx', startError: 'no such file' }]);
  const spec = { containers: [{ name: 'nginx', image: 'nginx' }] };
  create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'foo' }, spec } as never);
  until(cluster, 5);
  const simulated = distinct(asContainerd(livesIn(cluster).get('foo')!));
  assert.equal(simulated.slice(0, recorded.length), recorded);
});

/**
 * The recording begins in a back-off; the Pod is deleted, and made again with an image that exists.
 * Masked: the last states of the first Pod, whose container never was: dockershim said that it ended
 * with 0 at no time.
 */
compare('workflow imagePullErrorResolved', () => {
  const recorded = distinct(recordedPods('imagePullErrorResolved').map(older));
  const cluster = quiet([{ image: 'wrong', pullError: 'not found' }]);
  const start = (image: string) => {
    const spec = { containers: [{ name: 'nginx', image }] };
    create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'foo' }, spec } as never);
  };
  start('wrong');
  until(cluster, 22);
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace: 'default', name: 'foo' });
  until(cluster, 30);
  start('nginx');
  until(cluster, 40);
  const lives = livesIn(cluster).get('foo')!;
  const second = lives.findIndex(
    ({ metadata }, i) => i > 0 && metadata.uid !== lives[i - 1]!.metadata.uid,
  );
  const first = distinct(lives.slice(0, second).map(older));
  const backsOff = first.findIndex((one) => JSON.stringify(one).includes('ImagePullBackOff'));
  assert.equal(first.slice(backsOff, backsOff + 2), recorded.slice(0, 2));
  assert.equal(distinct(lives.slice(second).map(older)), recorded.slice(-4));
});

/**
 * What a Job's status says. Masked: times, `ready` and `terminating`; the conditions that announce an
 * end since 1.31, and the reason that Complete has since then. Left out: the states in which Pods are
 * being counted, which there are since Pods are tracked by finalizers.
 */
function toldJob({ status = {} }: { readonly status?: Readonly<Record<string, unknown>> }) {
  const { active, succeeded, failed, startTime, completionTime, conditions = [] } = status;
  return {
    counts: [active ?? 0, succeeded ?? 0, failed ?? 0],
    isStarted: startTime !== undefined,
    isComplete: completionTime !== undefined,
    conditions: (conditions as readonly Readonly<Record<string, string>>[])
      .filter(({ type }) => type === 'Complete' || type === 'Failed')
      .map((one) =>
        one['type'] === 'Complete'
          ? [one['type'], one['status']]
          : [one['type'], one['status'], one['reason'], one['message']],
      ),
  };
}

const isCounting = ({ status = {} }: { readonly status?: Readonly<Record<string, unknown>> }) => {
  const { conditions = [], uncountedTerminatedPods = {} } = status;
  const isAnnounced = (conditions as readonly { type: string }[]).some(({ type }) =>
    ['SuccessCriteriaMet', 'FailureTarget'].includes(type),
  );
  const hasEnded = (conditions as readonly { type: string }[]).some(({ type }) =>
    ['Complete', 'Failed'].includes(type),
  );
  const uncounted = Object.values(uncountedTerminatedPods as Record<string, unknown[]>).flat();
  return uncounted.length > 0 || (isAnnounced && !hasEnded);
};

interface JobWorkflow {
  readonly file: string;
  readonly spec: object;
  readonly behaviour: Omit<BehaviourSpec, 'image'>;
  readonly states?: number;
}

const jobWorkflows: readonly JobWorkflow[] = [
  { file: 'added', spec: {}, behaviour: {}, states: 1 },
  { file: 'running', spec: {}, behaviour: { exitAfter: '10m' } },
  { file: 'succeeded', spec: {}, behaviour: { exit: 0, exitAfter: '5s' } },
  { file: 'backoffLimitResolved', spec: { backoffLimit: 0 }, behaviour: { exit: 0 } },
  { file: 'backoffLimitExceeded', spec: { backoffLimit: 0 }, behaviour: { exit: 1 } },
  { file: 'deadlineExceeded', spec: { activeDeadlineSeconds: 1 }, behaviour: {} },
];

for (const { file, spec, behaviour, states } of jobWorkflows) {
  compare(`Job ${file}`, () => {
    const path = join(recordings, `pulumi-await-recordings/workflows/kubernetes/job/${file}.json`);
    const recorded = distinct(
      (JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof toldJob>[0][]).map(toldJob),
    );
    const cluster = quiet([{ image: 'perl', ...behaviour }]);
    const containers = [{ name: 'pi', image: 'perl' }];
    const template = { spec: { restartPolicy: 'Never', containers } };
    create(cluster, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'foo' },
      spec: { ...spec, template },
    } as never);
    until(cluster, 60);
    const simulated = distinct(
      cluster.simulation.log.entries.flatMap((entry) =>
        entry.type === 'write' &&
        entry.kind === 'Job' &&
        entry.after !== undefined &&
        !isCounting(entry.after as never)
          ? [toldJob(entry.after as never)]
          : [],
      ),
    );
    assert.equal(simulated.slice(0, states), recorded);
  });
}

test.run();
