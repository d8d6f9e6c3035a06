/** `check` against a controller with a published bug: found, told in a few lines, saved, opened. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mutants } from '../../properties/mutants/index.ts';
import { plant } from '../mutants/plant.ts';
import { Cli } from './cli.ts';

const test = suite('what check finds');
const directory = mkdtempSync(join(tmpdir(), 'kubestep-found-'));
test.after(() => rmSync(directory, { recursive: true }));

test('k/k#129795: a slow watch, expired expectations, one Pod too many', async () => {
  const mutant = mutants.find(({ id }) => id === 'R1')!;
  const main = await plant(mutant, 'src/cli/main.ts', directory);
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [main, ...args], { cwd: directory, encoding: 'utf8' });
  const { status, stdout } = run('check', '--runs', '20000', '--seed', '3');
  assert.is(status, 1, stdout);
  const lines = stdout.trim().split('\n');
  assert.ok(lines.length <= 7, stdout);
  assert.match(lines[0]!, /^✗ \[R-S1\] no more active Pods than were wanted/);
  assert.match(stdout, /hold back Pod changes/, 'the watch is slow');
  assert.match(stdout, /wait 301 s/, 'the expectations expire');
  assert.match(stdout, /has \d+ active Pods, at most \d+ were wanted/);
  const [, file, at] = /kubestep step (\S+) --at (@\d+)$/.exec(lines.at(-1)!)!;
  const opened = spawnSync(process.execPath, [main, 'step', file!, '--at', at!], {
    cwd: directory,
    encoding: 'utf8',
    input: 'why\nq\n',
  });
  assert.is(opened.status, 0, opened.stderr);
  assert.match(opened.stdout, /replicaset-controller created Pod/);
});

test('k/k#59848: a kubelet that believes an old list starts the second web-0', () => {
  const cli = new Cli();
  const file = resolve('examples/stale-kubelet.yaml');
  const { code, out } = cli.run(['check', file, '--seed', '3']);
  assert.is(code, 1, out);
  const lines = out.trim().split('\n');
  assert.ok(lines.length <= 8, out);
  assert.match(lines[0]!, /^✗ \[S-S1\] an identity runs once/);
  assert.match(out, /restart kubelet\/n\d onto an API server that is \d+ revisions behind/);
  assert.match(out, /default\/web-0 runs twice/);
  assert.match(cli.ok('check', file, '--first-list', 'confirmed', '--runs', '300'), /none broken/);
  assert.is(
    cli.refused('check', file, '--first-list', 'maybe'),
    '--first-list: must be confirmed or believed, not maybe',
  );
  cli.end();
});

test('a Deployment with a volume for one node only: a second Pod never starts, and why', () => {
  const cli = new Cli();
  const { code, out } = cli.run(['check', resolve('examples/exclusive-volume.yaml')]);
  assert.is(code, 1, out);
  assert.match(out, /^✗ \[D-L1\] at rest a Deployment that can has all its replicas/);
  assert.match(
    out,
    /Pod default\/db-\S+: ContainerCreating: volume pvc-\S+ is at n\d, and may be at one node only/,
  );
  cli.end();
});

test.run();
