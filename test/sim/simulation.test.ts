/** The simulation: determinism, caches that lag, crashes, faults, rest and livelock. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Deployment } from '../../src/api/deployment.ts';
import type { Draft } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { encodeEntry } from '../../src/log/codec.ts';
import { reexecute } from '../../src/replay/reexecute.ts';
import { controllerManager, createCluster } from '../../src/sim/cluster.ts';
import { type Controller, call } from '../../src/sim/controller.ts';
import { allFaults } from '../../src/sim/move.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { scenarioOf } from '../../src/sim/scenario/parse.ts';
import { defaultNodes } from '../../src/sim/scenario/types.ts';
import { settle } from '../../src/sim/settle.ts';
import type { Simulation } from '../../src/sim/simulation.ts';

const test = suite('simulation');

const web = (replicas = 3): Draft => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i:1' }] },
    },
  },
});

const plan = planFor(scenarioOf([web()], defaultNodes));

const deploymentOf = ({ store }: Simulation): Deployment =>
  store.get<Deployment>('Deployment', 'default/web')!;

test('a Deployment becomes running containers, and says so', () => {
  const run = new Run(plan);
  assert.equal(run.finish(), { type: 'rest' });
  const { status } = deploymentOf(run.simulation);
  assert.is(status.availableReplicas, 3);
  assert.is(
    status.conditions?.find(({ type }) => type === 'Progressing')?.reason,
    'NewReplicaSetAvailable',
  );
  const nodes = run.simulation.store
    .view()
    .list<Pod>('Pod')
    .map(({ spec }) => spec.nodeName);
  assert.equal([...new Set(nodes)].sort(), ['n1', 'n2', 'n3'], 'one on each node');
});

test('two processes write the same log, byte for byte', () => {
  const script = `
    import { planFor, Run } from './src/sim/run.ts';
    import { encodeEntry } from './src/log/codec.ts';
    const run = new Run(${JSON.stringify(plan)});
    run.finish();
    process.stdout.write(run.simulation.log.entries.map(encodeEntry).join('\\n'));`;
  const play = () =>
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
  const run = new Run(plan);
  run.finish();
  const here = run.simulation.log.entries.map(encodeEntry).join('\n');
  assert.is(play(), here);
});

test('a log is verified by playing its plan again, and the first difference is found', () => {
  const run = new Run(plan);
  run.finish();
  const { entries } = run.simulation.log;
  assert.equal(reexecute(plan, entries), { same: true, entries: entries.length, more: 0 });
  assert.equal(reexecute(plan, entries.slice(0, 50)), {
    same: true,
    entries: 50,
    more: entries.length - 50,
  });
  const forged = entries.map((entry) =>
    entry.n === 40 ? { ...entry, by: 'someone else' } : entry,
  );
  const verdict = reexecute(plan, forged);
  assert.is(verdict.same, false);
  assert.is(verdict.same ? 0 : verdict.n, 40);
});

test('a schedule of choices is played again exactly', () => {
  const list = Array.from({ length: 60 }, (_, i) => (i * 7919) % 23);
  const chosen = {
    ...plan,
    strategy: { type: 'choices', list, faults: { ...allFaults, hold: false } },
  } as const;
  const [one, two] = [new Run(chosen), new Run(chosen)];
  one.finish();
  two.finish();
  assert.equal(
    two.simulation.log.entries.map(encodeEntry),
    one.simulation.log.entries.map(encodeEntry),
  );
  assert.is(
    deploymentOf(one.simulation).status.availableReplicas,
    3,
    'and it converges all the same',
  );
});

test('a cache that is held back shows the past, and the present when it is let go', () => {
  const { simulation } = createCluster({ nodes: defaultNodes });
  settle(simulation);
  const process = simulation.process(controllerManager)!;
  const reflector = process.reflectors.findIndex(({ watch }) => watch.kind === 'Deployment');
  const named = { process: controllerManager, kind: 'Deployment', reflector };
  simulation.step({ type: 'hold', ...named });
  simulation.submit({ verb: 'create', kind: 'Deployment', namespace: 'default', object: web() });
  settle(simulation);
  assert.is(process.view.get('Deployment', 'default/web'), undefined);
  assert.is(simulation.store.view().list('ReplicaSet').length, 0);
  simulation.step({ type: 'release', ...named });
  settle(simulation);
  assert.is(deploymentOf(simulation).status.availableReplicas, 3);
});

test('a crash between any two requests loses what was known and nothing that was written', () => {
  const reference = new Run(plan);
  reference.finish();
  for (let at = 0; at < 40; at++) {
    const { simulation } = createCluster({ nodes: defaultNodes });
    settle(simulation);
    simulation.submit({ verb: 'create', kind: 'Deployment', namespace: 'default', object: web() });
    for (let i = 0; i < at; i++) simulation.calm();
    simulation.step({ type: 'crash', process: controllerManager });
    assert.equal(settle(simulation), { type: 'rest' });
    assert.is(deploymentOf(simulation).status.availableReplicas, 3, `crashed after ${at} moves`);
    assert.is(simulation.store.view().list('Pod').length, 3, `crashed after ${at} moves`);
    assert.is(simulation.store.view().list('ReplicaSet').length, 1);
  }
});

test('a request whose reply is lost was applied; one that is lost was not', () => {
  for (const fault of ['reply lost', 'request lost', 'conflict'] as const) {
    const { simulation } = createCluster({ nodes: defaultNodes });
    settle(simulation);
    simulation.submit({ verb: 'create', kind: 'Deployment', namespace: 'default', object: web() });
    while (simulation.inFlight.length === 0) simulation.calm();
    const before = simulation.store.revision;
    simulation.step({
      type: 'request',
      process: controllerManager,
      actor: 'deployment-controller',
      key: 'default/web',
      fault,
    });
    assert.is(simulation.store.revision - before >= 1, fault === 'reply lost', fault);
    settle(simulation);
    assert.is(deploymentOf(simulation).status.availableReplicas, 3, fault);
    assert.is(simulation.store.view().list('ReplicaSet').length, 1, fault);
  }
});

test('a broken watch is replaced by a list, and what is gone becomes a tombstone', () => {
  const { simulation } = createCluster({ nodes: defaultNodes });
  settle(simulation);
  simulation.submit({ verb: 'create', kind: 'Deployment', namespace: 'default', object: web() });
  settle(simulation);
  const process = simulation.process(controllerManager)!;
  const reflector = process.reflectors.findIndex(({ watch }) => watch.kind === 'Pod');
  const seen: [string, boolean][] = [];
  process.reflectors[reflector]!.subscribe(({ type, tombstone }) =>
    seen.push([type, tombstone === true]),
  );
  const named = { process: controllerManager, kind: 'Pod', reflector };
  simulation.step({ type: 'hold', ...named });
  const { name } = simulation.store.view().list('Pod')[0]!.metadata;
  const options = { gracePeriodSeconds: 0 };
  simulation.submit({ verb: 'delete', kind: 'Pod', namespace: 'default', name, options });
  simulation.step({ type: 'drop', ...named });
  simulation.step({ type: 'release', ...named });
  settle(simulation);
  assert.ok(seen.some(([type, tombstone]) => type === 'DELETED' && tombstone));
  assert.is(simulation.store.view().list('Pod').length, 3);
});

/** Flips a label to and fro for ever. */
const flipper = (): Controller => ({
  name: 'flipper',
  watches: ['Namespace'],
  keysFor: ({ key }, { queue }) => queue.add(key),
  *reconcile(key, { view }) {
    if (key !== 'default') return undefined;
    const on = view.get('Namespace', key)?.metadata.labels?.on === 'yes';
    const patch = { metadata: { labels: { on: on ? 'no' : 'yes' } } };
    yield { verb: 'patch', kind: 'Namespace', name: key, patchType: 'merge', patch };
    return undefined;
  },
});

test('[G13] a livelock is proved by a state that comes back', () => {
  const { simulation } = createCluster({ controllers: [flipper] });
  const settled = settle(simulation, { suspectAfterMoves: 50, movesMax: 2_000 });
  assert.is(settled.type, 'livelock');
});

/** Has something to tell about every Namespace, many times. */
const teller = (): Controller => ({
  name: 'teller',
  watches: ['Namespace'],
  keysFor: ({ key, type }, { queue }) => type === 'ADDED' && queue.add(key),
  *reconcile(name, context) {
    const response = yield* call({ verb: 'get', kind: 'Namespace', name });
    if (!response.ok) return undefined;
    for (let i = 0; i < 400; i++)
      context.record(response.object, 'Normal', `Told${i}`, 'nothing new');
    return undefined;
  },
});

test('[G13] a state that Events alone are written in is not one that comes back', () => {
  const { simulation } = createCluster({ controllers: [teller] });
  assert.is(settle(simulation, { suspectAfterMoves: 50 }).type, 'rest');
  assert.ok(simulation.store.view().list('Event').length > 50);
});

/** Asks to be woken later, and only then does what it does. */
const sleeper = (): Controller => ({
  name: 'sleeper',
  watches: ['Namespace'],
  keysFor: ({ key, type }, { queue }) => type === 'ADDED' && queue.addAfter(key, 30_000),
  *reconcile(key) {
    const patch = { metadata: { labels: { awake: 'yes' } } };
    yield { verb: 'patch', kind: 'Namespace', name: key, patchType: 'merge', patch };
    return undefined;
  },
});

test('[X2] rest is no rest while a timer waits within the horizon', () => {
  const { simulation } = createCluster({ controllers: [sleeper] });
  settle(simulation, { horizonMs: 10_000 });
  assert.is(simulation.store.get('Namespace', 'default')?.metadata.labels?.awake, undefined);
  settle(simulation, { horizonMs: 60_000 });
  assert.is(simulation.store.get('Namespace', 'default')?.metadata.labels?.awake, 'yes');
});

test.run();
