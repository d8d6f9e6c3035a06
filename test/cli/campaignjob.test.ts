/** The manifest that divides a campaign over a real cluster, played by the simulator itself. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../src/api/job/job.ts';
import { readManifest } from '../../src/api/manifest.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { parseShard } from '../../src/cli/campaign/campaign.ts';
import { check } from '../../src/cli/check.ts';
import { readArguments } from '../../src/cli/command.ts';
import { readScenario } from '../../src/cli/input.ts';
import { environmentOf } from '../../src/kubelet/runtime/shell/environment.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { scenarioOf } from '../../src/sim/scenario/parse.ts';
import { defaultNodes, type Scenario } from '../../src/sim/scenario/types.ts';

const test = suite('campaign as a Job');
const file = 'examples/campaign-job.yaml';

function played(scenario: Scenario) {
  const run = new Run(planFor(scenario));
  assert.is(run.finish().type, 'rest');
  const view = run.simulation.store.view();
  return { view, job: view.get<Job>('Job', 'default/campaign')!, pods: view.list<Pod>('Pod') };
}

const endOf = ({ status }: Job) =>
  status?.conditions
    ?.filter(({ status }) => status === 'True')
    .map(({ type }) => type)
    .at(-1);

test('completes, with every index', () => {
  const { job, pods } = played(readScenario([file], undefined));
  assert.is(endOf(job), 'Complete');
  assert.is(job.status?.completedIndexes, '0-7');
  assert.is(pods.length, 8);
});

test('each Pod plays a shard of its own, and all are played', () => {
  const { view, pods } = played(readScenario([file], undefined));
  const shards = pods.map((pod) => {
    const [container] = pod.spec.containers;
    const environment = environmentOf(pod, container!, view, 0);
    const given = container as { command?: readonly string[]; args?: readonly string[] };
    assert.equal(given.command, ['kubestep', 'check']);
    const words = given.args!.map((word) =>
      word.replace(/\$\((\w+)\)/g, (_, name: string) => environment.get(name)!),
    );
    const args = readArguments(check, words);
    assert.is(args.text('output'), 'json');
    return parseShard(args.text('shard'));
  });
  const indexes = shards.map(({ index }) => index).sort();
  assert.equal(indexes, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal([...new Set(shards.map(({ of }) => of))], [8]);
});

test('a shard that finds a broken rule fails its index at once, and the others go on', () => {
  // The second Pod that any kubelet sees exits with 1.
  const exits = '{ exit: [0, 1, 0], exitAfter: 60s }';
  const text = readFileSync(file, 'utf8').replace(/\{ exit: 0,[^}]*\}/, exits);
  const objects = readManifest(text, file).map(({ object }) => object);
  const { job, pods } = played(scenarioOf(objects, defaultNodes));
  assert.is(endOf(job), 'Failed');
  assert.is(job.status?.failedIndexes, '1');
  assert.is(job.status?.completedIndexes, '0,2-7');
  assert.is(pods.length, 8, 'it was not tried again');
});

test.run();
