/** Each command, as the README and the help show them. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTimestamp } from '../../src/api/time.ts';
import { Cli, example } from './cli.ts';

const test = suite('command line');
const cli = new Cli();
test.after(() => cli.end());

const log = 'run.jsonl.gz';
/** The entry with which the Deployment came. */
let made = 0;

test.before(() => {
  const story = cli.ok('run', example, '--log', log);
  made = Number(/#(\d+) .*user created Deployment/.exec(story)![1]);
});

test('run tells the story in the real words, and how it ended', () => {
  const story = cli.ok('run', example);
  const name = /replica set (nginx-deployment-[a-z0-9]+) from/.exec(story)?.[1];
  for (const sentence of [
    'user created Deployment nginx-deployment, 3 replicas of nginx:1.14.2',
    `ScalingReplicaSet: Scaled up replica set ${name} from 0 to 3`,
    `SuccessfulCreate: Created pod: ${name}-`,
    `Scheduled: Successfully assigned default/${name}-`,
    'Pulling: Pulling image "nginx:1.14.2"',
    'Started: Container started',
    'Running and ready',
    'Available False → True (MinimumReplicasAvailable)',
    'converged at 2.65 s',
  ]) {
    assert.ok(story.includes(sentence), sentence);
  }
});

test('run writes the same log in every process, and replay verifies it', () => {
  cli.ok('run', example, '--log', 'a.jsonl', '-o', 'none');
  cli.ok('run', example, '--log', 'b.jsonl', '-o', 'none');
  const text = (name: string) => readFileSync(join(cli.directory, name), 'utf8');
  assert.is(text('a.jsonl'), text('b.jsonl'));
  assert.match(cli.ok('replay', 'a.jsonl', '--verify'), /^verified: \d+ entries, no divergence/);
  cli.ok('run', example, '--seed', '2', '--log', 'b.jsonl', '-o', 'none');
  assert.is.not(text('a.jsonl'), text('b.jsonl'), 'another seed, other names');
});

test('replay --verify shows the first entry that differs', () => {
  cli.ok('run', example, '--log', 'a.jsonl', '-o', 'none');
  const lines = readFileSync(join(cli.directory, 'a.jsonl'), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes('"fieldPath":"spec.containers{nginx}"'));
  lines[at] = lines[at]!.replace('Pulling image', 'Fetching image');
  cli.file('changed.jsonl', lines.join('\n'));
  const { code, out } = cli.run(['replay', 'changed.jsonl', '--verify']);
  assert.is(code, 1);
  assert.match(out, new RegExp(`^diverges at #${at}\n`));
  assert.match(out, /after\.message: Fetching image .* → Pulling image/);
});

test('run says what is not as desired, and exits with 1', () => {
  const manifest = readFileSync(example, 'utf8').replace(
    'image: nginx:1.14.2',
    'image: nginx:1.14.2\n          resources: {requests: {cpu: "64"}}',
  );
  const { code, out } = cli.run(['run', cli.file('big.yaml', manifest), '--until', '5s']);
  assert.is(code, 1);
  assert.match(out, /but not as desired:/);
  assert.match(out, /0\/3 nodes are available: 3 Insufficient cpu\./);
});

test('run takes nodes and formats', () => {
  const entries = cli
    .ok('run', example, '--nodes', '5', '-o', 'json')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(entries.at(-1).n, entries.length);
  const nodes = entries.filter(({ kind, verb }) => kind === 'Node' && verb === 'create');
  assert.is(nodes.length, 5);
});

test('run reads what is piped in, and the manifests of a directory', () => {
  const piped = cli.run(['run', '-', '-o', 'none'], readFileSync(example, 'utf8'));
  assert.is(piped.code, 0, piped.err);
  mkdirSync(join(cli.directory, 'app'));
  cli.file('app/b.yaml', readFileSync(example, 'utf8'));
  cli.file('app/a.yml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: first }\n');
  cli.file('app/README.md', 'not a manifest');
  const story = cli.ok('run', 'app');
  assert.ok(story.indexOf('ConfigMap first') < story.indexOf('Deployment nginx-deployment'));
  assert.match(story, /ConfigMap first/);
});

test('run --record writes what the referee reads', () => {
  cli.ok('run', example, '--record', 'recorded', '-o', 'none');
  const files = readdirSync(join(cli.directory, 'recorded')).sort();
  assert.equal(files, ['final.json', 'watch.jsonl', 'writes.jsonl']);
  const final = JSON.parse(readFileSync(join(cli.directory, 'recorded/final.json'), 'utf8'));
  assert.is(final.Pod.length, 3);
});

test('get, describe and history show any moment', () => {
  assert.match(cli.ok('get', 'pods', '-f', log), /^NAME +READY +STATUS +RESTARTS +AGE\n/);
  assert.is(cli.ok('get', 'pods', '-f', log).match(/1\/1 +Running/g)?.length, 3);
  assert.is(cli.ok('get', 'pods', '-f', log, '--at', '@0'), 'No resources found\n');
  const deployment = JSON.parse(cli.ok('get', 'deploy/nginx-deployment', '-f', log, '-o', 'json'));
  assert.is(deployment.status.availableReplicas, 3);
  assert.ok(parseTimestamp(deployment.metadata.creationTimestamp) >= 0);
  const described = cli.ok('describe', 'deploy/nginx-deployment', '-f', log);
  assert.match(described, /Scaled up replica set nginx-deployment-\w+ from 0 to 3/);
  const history = cli.ok('history', 'deploy/nginx-deployment', '-f', log).trim().split('\n');
  assert.match(history[0]!, /user created Deployment/);
  assert.match(history.at(-1)!, /Available False → True/);
});

test('why leads from a Pod back to the user', () => {
  const why = cli.ok('why', 'pod', '-f', log);
  const steps = ['Running and ready', 'image pulled', 'bound Pod', 'created Pod', '◀ a user'];
  const places = steps.map((step) => why.indexOf(step));
  assert.ok(
    places.every((place, i) => place > (places[i - 1] ?? -1)),
    why,
  );
  assert.match(cli.ok('why', 'pod', '-f', log, '-o', 'mermaid'), /^flowchart LR\n/);
});

test('diff tells what lies between two cursors', () => {
  const diff = cli.ok('diff', log, `@${made}`, '@end');
  assert.match(diff, /\+ Pod nginx-deployment-/);
  assert.match(diff, /status\.conditions\[Available\]: none → \{"type":"Available"/);
});

test('step goes both ways, forks, and saves a branch that can be verified', () => {
  const lines = ['n', 'n 2', 'b', 'why', 'd', 'f', 'f 1', 's', 'save fork.jsonl', 'q'];
  const { code, out, err } = cli.run(
    ['step', log, '--at', `@${made + 10}`],
    `${lines.join('\n')}\n`,
  );
  assert.is(code, 0, err);
  assert.match(out, /branch b1 from @\d+; the past stays as it is/);
  assert.match(out, /\nfault: /);
  assert.match(cli.ok('replay', 'fork.jsonl', '--verify'), /no divergence/);
  assert.match(cli.ok('replay', log, '--verify'), /no divergence/, 'the first log is untouched');
});

test('check finds nothing wrong with the classic', () => {
  const out = cli.ok('check', example, '--runs', '60', '--seed', '3');
  assert.match(out, /^✓ 60 runs, \d+ rules, seed 3: none broken\n$/);
  assert.not(existsSync(join(cli.directory, '.kubestep')), 'nothing to save');
});

test('every command has a help with an example that it understands', () => {
  const usage = cli.ok('--help');
  const names = [...usage.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name!);
  assert.ok(names.length >= 9, usage);
  for (const name of names) {
    const help = cli.ok(name, '--help');
    assert.match(help, /^Example: kubestep /m, name);
    const flags = [...help.matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag!);
    const used = /^Example: .*$/m.exec(help)![0].match(/--[a-z-]+/g) ?? [];
    for (const flag of used) assert.ok(flags.includes(flag.slice(2)), `${name} ${flag}`);
  }
});

test.run();
