/** Stage documents on the command line: beside manifests, beside a scenario, in one. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cli } from './cli.ts';

const test = suite('stages on the command line');
const cli = new Cli();
test.after(() => cli.end());

const file = resolve('examples/stages.yaml');
const documents = readFileSync(file, 'utf8').split(/^---$/m);
const stages = documents.filter((text) => text.includes('kind: Stage')).join('---');
const deployment = documents.find((text) => text.includes('kind: Deployment'))!;

test('the example converges, and its log is played again without a difference', () => {
  const story = cli.ok('run', file, '--log', 'run.jsonl.gz');
  assert.match(story, /kwok-controller updated Pod web-\S+: Running and ready/);
  assert.match(story, /converged at/);
  assert.match(cli.ok('replay', '--verify', 'run.jsonl.gz'), /no divergence/);
});

test('a scenario takes Stages from another file, or says them itself', () => {
  const indented = (text: string) => text.replaceAll(/^/gm, '      ');
  const steps = `steps:\n  - create: |\n${indented(deployment)}\n  - settle\n`;
  const scenario = cli.file('scenario.yaml', steps);
  const whole = cli.file('whole.yaml', `stages: |\n${indented(stages)}\n${steps}`);
  const beside = cli.ok('run', scenario, cli.file('only.yaml', stages));
  assert.match(beside, /Running and ready/);
  assert.is(cli.ok('run', whole), beside);
});

test('a mistake in a Stage is told with its place', () => {
  const wrong = stages.replace('operator: DoesNotExist', 'operator: Absent');
  const told = cli.refused('run', cli.file('wrong.yaml', wrong));
  assert.match(told, /^wrong\.yaml:\d+: Stage pod-runs: operator "Absent" is not supported/);
});

test.run();
