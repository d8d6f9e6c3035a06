/**
 * KWOK's Stages: what its own test data expect of each object, and what becomes of a cluster that is
 * played by them. Functions that know a cluster are marked in that data: `<Now>`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readManifest, readYaml } from '../../src/api/manifest.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { UsageError } from '../../src/errors.ts';
import { functionNames } from '../../src/kubelet/stages/functions.ts';
import { parseJq } from '../../src/kubelet/stages/jq.ts';
import type { Functions } from '../../src/kubelet/stages/render.ts';
import { render } from '../../src/kubelet/stages/render.ts';
import { isStage, parseStage, type Stage } from '../../src/kubelet/stages/stage.ts';
import type { Deed } from '../../src/kubelet/stages/steps.ts';
import { parseTemplate } from '../../src/kubelet/stages/template.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { create, until } from './lives.ts';

const test = suite('stages');
const recordings = '../shared/recordings/kwok-stages';
const isThere = existsSync(recordings);
if (!isThere) console.log(`SKIPPED: ${recordings} is not there; no Stage of KWOK was played`);
const compare = isThere ? test : test.skip;

const mark = (name: string, args: readonly unknown[]) =>
  `<${name}(${args.map((one) => JSON.stringify(one)).join(', ')})>`;

const marked = (name: string) => ({
  [`${name}With`]: (...args: readonly unknown[]) => mark(`${name}With`, args),
  [`${name}sWith`]: (...args: readonly unknown[]) =>
    [0, 1].map((i) => `<${i} of ${mark(`${name}sWith`, args).slice(1)}`),
});

const functions: Functions = {
  ...functionNames,
  Now: () => '<Now>',
  Version: () => '<Version>',
  NodeIP: () => '<NodeIP>',
  NodeName: () => '<NodeName>',
  NodePort: () => '<NodePort>',
  ...marked('NodeIP'),
  ...marked('PodIP'),
};

const stagesIn = (directory: string): readonly Stage[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .flatMap((file) => {
      const path = join(directory, file);
      return readManifest(readFileSync(path, 'utf8'), file)
        .filter(({ object }) => isStage(object as never))
        .map(({ object }) => parseStage(object as never, file));
    });

const types = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** KWOK's tests know no Go types: a patch is a merge patch there. */
const written = (deed: Deed): unknown => {
  if (deed.kind !== 'patch' && deed.kind !== 'apply') return deed;
  return { ...deed, type: types[deed.type ?? (deed.kind === 'apply' ? 'apply' : 'merge')] };
};

function played(stages: readonly Stage[], object: KubeObject): unknown {
  return stages
    .filter((stage) => stage.kind === object.kind && stage.matches(object))
    .map((stage) => {
      const delay = stage.delayOf(object, Date.UTC(2026));
      return {
        stage: stage.name,
        weight: stage.weightOf(object),
        next: stage.steps.flatMap((step) => step(object, functions)).map(written),
        ...(delay === undefined ? {} : { delay: delay.map((ms) => ms * 1e6) }),
      };
    });
}

const inputs = isThere
  ? (readdirSync(recordings, { recursive: true }) as string[])
      .filter((file) => file.endsWith('.input.yaml'))
      .sort()
  : [];

compare('there are objects to be played', () => assert.is(inputs.length, 16));

for (const file of inputs) {
  compare(`KWOK's ${file.replace('.input.yaml', '')}`, () => {
    const path = join(recordings, file);
    const object = readYaml(readFileSync(path, 'utf8'), file) as KubeObject;
    const output = readFileSync(path.replace('.input.', '.output.'), 'utf8');
    const { stages } = readYaml(output, file) as { stages: unknown };
    assert.equal(played(stagesIn(dirname(dirname(path))), object), stages);
  });
}

const clusterOf = (folders: readonly string[], nodes = 1): Cluster => {
  const stages = folders.flatMap((folder) =>
    readdirSync(join(recordings, folder))
      .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
      .flatMap((file) => readManifest(readFileSync(join(recordings, folder, file), 'utf8'), file))
      .map(({ object }) => object as never)
      .filter(isStage),
  );
  return createCluster({
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i + 1}` })),
    stages,
  });
};

const container = { name: 'c', image: 'web:1' };

compare('Pods live by Stages and nothing else, and end by them', () => {
  const cluster = clusterOf(['node/fast', 'pod/general']);
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [container], initContainers: [{ name: 'i', image: 'init:1' }] },
  } as never);
  until(cluster, 60);
  const pod = () => cluster.simulation.store.get<Pod>('Pod', 'default/p');
  const { phase, podIP, conditions = [] } = pod()!.status;
  assert.is(phase, 'Running');
  assert.match(podIP!, /^10\./);
  assert.equal(conditions.map(({ type, status }) => `${type} ${status}`).sort(), [
    'ContainersReady True',
    'Initialized True',
    'PodScheduled True',
    'Ready True',
  ]);
  const events = cluster.simulation.store.view().list('Event') as unknown as readonly {
    reason: string;
    message: string;
  }[];
  assert.ok(events.some(({ message }) => message === 'Created container'));
  assert.not(cluster.simulation.log.entries.some(({ type }) => type === 'runtime'));
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace: 'default', name: 'p' });
  until(cluster, 120);
  assert.is(pod(), undefined);
});

compare('a Deployment and a Job come to rest on fast Stages', () => {
  const cluster = clusterOf(['node/fast', 'node/heartbeat', 'pod/fast'], 3);
  const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [container] } };
  create(cluster, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'w' },
    spec: { replicas: 5, selector: { matchLabels: { app: 'w' } }, template },
  } as never);
  create(cluster, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  } as never);
  assert.is(settle(cluster.simulation, { horizonMs: 30_000 }).type, 'rest');
  const view = cluster.simulation.store.view();
  const status = (kind: string) =>
    view.list(kind)[0] as unknown as { status: Record<string, number> };
  assert.is(status('Deployment').status['readyReplicas'], 5);
  assert.is(status('Job').status['succeeded'], 1);
});

compare('Stages that only disturb stand beside the kubelets', () => {
  const cluster = clusterOf(['node/chaos', 'pod/chaos']);
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      labels: { 'pod-container-running-failed.stage.kwok.x-k8s.io': 'true' },
    },
    spec: { containers: [container] },
  } as never);
  until(cluster, 20);
  const { status } = cluster.simulation.store.get<Pod>('Pod', 'default/p')!;
  assert.is(status.phase, 'Failed');
  const ended = cluster.simulation.log.entries.filter(
    (entry) => entry.type === 'runtime' && entry.event === 'container exited',
  );
  assert.is(ended.length, 1, 'its kubelet stops it');
});

test('the chance of weights and delays comes of the seed', () => {
  const stage = (name: string) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'ConfigMap' },
      selector: { matchExpressions: [{ key: '.data.by', operator: 'DoesNotExist' }] },
      weight: 1,
      delay: { durationMilliseconds: 1_000, jitterDurationMilliseconds: 9_000 },
      next: { patches: [{ root: 'data', template: `by: ${name}` }] },
    },
  });
  const run = (seed: number) => {
    const cluster = createCluster({ seed, stages: [stage('heads'), stage('tails')] });
    for (let i = 0; i < 8; i++) {
      create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${i}` } });
    }
    until(cluster, 20);
    return cluster.simulation.log.entries.flatMap((entry) =>
      entry.type === 'write' && entry.by === 'kwok-controller' ? [[entry.t, entry.key]] : [],
    );
  };
  const first = run(1);
  assert.is(first.length, 8);
  assert.ok(first.every(([t]) => (t as number) >= 1_000 && (t as number) <= 10_000));
  assert.equal(run(1), first);
  assert.not.equal(run(2), first);
});

test('templates: whitespace, variables, pipelines, else', () => {
  const filled = (template: string, data: unknown) =>
    render(parseTemplate(template), data, functionNames);
  assert.is(filled('a {{- " b" -}}  c', {}), 'a bc');
  assert.is(filled('{{ $x := 1 }}{{ if .on }}{{ $x = 2 }}{{ end }}{{ $x }}', { on: true }), '2');
  assert.is(
    filled('{{ range $k, $v := . }}{{ $k }}={{ $v }};{{ end }}', { b: 1, a: 2 }),
    'a=2;b=1;',
  );
  assert.is(filled('{{ range .none }}x{{ else }}none{{ end }}', {}), 'none');
  assert.is(
    filled('{{ with .a }}{{ . }}{{ else with .b }}{{ .c }}{{ end }}', { b: { c: 3 } }),
    '3',
  );
  assert.is(filled('{{ .a.b | default "x" | printf "%s-%d" "y" }}', {}), 'y-x');
  assert.is(filled('{{ .missing }}', {}), '<no value>');
});

test('queries: paths over what is not there, pipes, functions', () => {
  const asked = (query: string, of: unknown) => parseJq(query)(of);
  const pod = { status: { conditions: [{ type: 'Ready', status: 'True' }, { type: 'X' }] } };
  assert.equal(asked('.status.conditions.[] | select( .type == "Ready" ) | .status', pod), [
    'True',
  ]);
  assert.equal(asked('.metadata.annotations["a/b"]', pod), [null]);
  assert.equal(asked('.status.conditions | map(.type) | length', pod), [2]);
  assert.equal(asked('.spec.replicas // 1', pod), [1]);
  assert.throws(() => asked('.metadata.ownerReferences.[].kind', pod), /cannot iterate over: null/);
});

test('a mistake in a Stage is told in one line', () => {
  const stage = (spec: object) => () =>
    parseStage(
      {
        metadata: { name: 's' },
        spec: { resourceRef: { apiGroup: 'v1', kind: 'Pod' }, ...spec },
      },
      'stage.yaml',
    );
  const told = (spec: object) => {
    try {
      stage(spec)();
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    return undefined;
  };
  const expression = (one: object) => ({ selector: { matchExpressions: [one] } });
  assert.is(
    told(expression({ key: '.a', operator: 'Is' })),
    'stage.yaml: Stage s: operator "Is" is not supported; write In, NotIn, Exists, DoesNotExist',
  );
  assert.match(
    told(expression({ key: '.a[', operator: 'Exists' }))!,
    /unexpected end of the query/,
  );
  assert.match(
    told({ next: { statusTemplate: '{{ if .a }}' } })!,
    /\{\{if\}\} without \{\{end\}\}/,
  );
  assert.match(told({ next: { statusTemplate: '{{ Foo }}' } })!, /function "Foo" not defined/);
});

test.run();
